"""What the products of a dense net's Hessian need of its params: recorded once, used many times."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from flatlib.curvature._backprop import Tape, record
from flatlib.networks import Params, require_mlp
from flatlib.objective import Objective


@dataclass(frozen=True)
class Pass:
    """What one forward and one backward pass over n examples leave for the products.

    Attributes:
        inputs: a_k, shape (n_k, n), with a row of ones where there is a bias.
        weights: W_k without its bias row.
        slopes: phi'(z_k), shape (m_k, 1, n), hidden layers only.
        bents: phi''(z_k) times dL/da_{k+1}, the same shapes; None where it is 0.
        deltas: dL/dz_k, shape (m_k, n).
        curve: multiplication by S: (C, c, n) to the same shape, possibly in place.
    """

    inputs: list[np.ndarray]
    weights: list[np.ndarray]
    slopes: list[np.ndarray]
    bents: list[np.ndarray | None]
    deltas: list[np.ndarray]
    curve: Callable[[np.ndarray], np.ndarray]


def record_pass(objective: Objective, params: Params, examples: slice) -> Pass:
    """Run the network forwards and backwards on ``examples``."""
    tape = record(objective, params, examples)
    bents = [bend if bend is None else _lying(bend)[:, None] for bend in bent_deltas(tape)]
    weights, bias = require_mlp(objective.network).layers(params)[-1]
    outputs = tape.layer_inputs[-1][:, : len(weights)] @ weights
    outputs = outputs if bias is None else outputs + bias
    return Pass(
        # not copied: as it lies, BLAS multiplies from the left faster
        inputs=[a.T for a in tape.layer_inputs],
        weights=tape.weights,
        slopes=[_lying(slope)[:, None] for slope in tape.slopes],
        bents=bents,
        deltas=[_lying(delta) for delta in tape.deltas],
        curve=objective.loss.curve(outputs, tape.targets, objective.num_examples),
    )


def bent_deltas(tape: Tape) -> list[np.ndarray | None]:
    """phi''(z_k) times dL/da_{k+1}, shape (n, m_k), hidden layers only; None where it is 0."""
    return [
        bend * (delta @ down.T) if bend.any() else None
        for bend, delta, down in zip(tape.bends, tape.deltas[1:], tape.weights[1:], strict=True)
    ]


def _lying(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array.T)
