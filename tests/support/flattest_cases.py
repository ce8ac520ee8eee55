"""How flat a net is by each measure, at params that were scaled by hand."""

import numpy as np
import oracles

MEASURES, GROUPS = ("trace", "spectral", "frobenius"), ("layers", "neurons")
NORMS = {
    "trace": np.trace,
    "spectral": lambda matrix: np.linalg.norm(matrix, 2),
    "frobenius": np.linalg.norm,
}
# a convex programme solved to gradients of 1e-12; the spectral norm is promised to 1e-8
EXACT, PROMISED = 1e-10, 1e-8


def by_hand(case, factors, start=None):
    """Every hidden unit's incoming weights and bias times its factor, outgoing ones over it."""
    step = 1 + case.bias
    params = [np.array(array) for array in (case.params if start is None else start)]
    for k, factor in enumerate(factors):
        params[k * step] *= factor
        if case.bias:
            params[k * step + 1] *= factor
        params[(k + 1) * step] /= factor[:, None]
    return tuple(params)


def curvature(case, params, measure):
    theta = np.concatenate([array.reshape(-1) for array in params])
    return NORMS[measure](oracles.complex_step_hessian(theta, case))
