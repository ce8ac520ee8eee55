"""To an interpolating two-layer relu net in a few dozen steps, by Levenberg and Marquardt."""

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from flatlib.networks import MLP, Params

ENOUGH = 1e-22  # mean squared residual: what is left of the residual is then rounding


def interpolate(
    network: MLP, params: Params, inputs: np.ndarray, targets: np.ndarray, *, steps: int = 200
) -> Params:
    r"""Solve f(x_n) = y_n from ``params`` on, all examples in every step.

    A step is :math:`-J^\top(JJ^\top + \mu N I)^{-1}r`. With fewer examples than parameters this
    N x N system is the small one, and for two layers :math:`JJ^\top` is a product of what the
    layers see: no Jacobian is formed.

    Args:
        network: one hidden layer of relu units with biases, one output.
        params: where to start; not modified.
        inputs: shape (N, d).
        targets: shape (N,).
        steps: when to give up; whoever calls looks at the loss.
    """
    seen, damping = inputs @ inputs.T + 1.0, 1.0
    hidden, active, residuals = _forward(network, params, inputs, targets)
    for _ in range(steps):
        rows = active * params[2][:, 0]
        gram = seen * (rows @ rows.T) + hidden @ hidden.T + 1.0
        gram[np.diag_indices_from(gram)] += damping * len(targets)
        weights = cho_solve(cho_factor(gram, lower=True, overwrite_a=True), residuals)
        there = _step(params, inputs, rows * weights[:, None], hidden, weights)
        new = _forward(network, there, inputs, targets)
        if new[2] @ new[2] >= residuals @ residuals:
            damping *= 3.0
            continue
        params, (hidden, active, residuals), damping = there, new, damping / 4.0
        if residuals @ residuals <= ENOUGH * len(targets):
            break
    return params


def _forward(network: MLP, params: Params, inputs, targets):
    """Hidden activities, which units are on, and residuals."""
    hidden, outputs = network.pre_activations(params, inputs)
    return np.maximum(hidden, 0), (hidden > 0).astype(float), outputs[:, 0] - targets


def _step(params: Params, inputs, rows, hidden, weights) -> Params:
    """Subtract J^T w, layer by layer."""
    moves = (inputs.T @ rows, rows.sum(axis=0), (hidden.T @ weights)[:, None], weights.sum()[None])
    return tuple(array - move for array, move in zip(params, moves, strict=True))
