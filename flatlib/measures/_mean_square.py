r"""The mean square of a displacement under steps on batches: its exact rate."""

import numpy as np
import scipy  # its rooms load when they are used

from flatlib.curvature._derivatives import Closed
from flatlib.losses import SquaredLoss
from flatlib.networks import ParamsLike
from flatlib.objective import Objective


def mean_square_rate(gram: np.ndarray, factor: float, batch_size: int) -> float:
    r""":math:`1/\eta_b` from the Gram matrix K of the gradients, H_n being ``factor`` g_n g_n^T.

    In the basis of H = diag(h), with rows g_n there, it is the mu for which the largest eigenvalue
    of :math:`\frac\kappa N\mathrm{factor}^2\sum_{ab}g_{ia}g_{ja}g_{ib}g_{jb}/
    (\mu(h_a+h_b) - (1-\kappa)h_ah_b)` is 1.
    """
    count = len(gram)
    squares, axes = np.linalg.eigh(gram)
    keep = squares > 1e-13 * squares[-1]
    squares, rows = squares[keep], axes[:, keep] * np.sqrt(squares[keep])
    h = factor * squares / count
    kappa = (count - batch_size) / (batch_size * max(count - 1, 1))
    low = h[-1] / 2
    high = (1 - kappa) * low + kappa * factor * np.diag(gram).max()
    weight = kappa * factor**2 / count

    def top(mu: float) -> float:
        inner = weight / (mu * np.add.outer(h, h) - (1 - kappa) * np.multiply.outer(h, h))
        pairs = rows[:, None, :] * rows
        matrix = np.einsum("ija,ija->ij", pairs @ inner, pairs)
        return float(np.linalg.eigvalsh(matrix)[-1])

    if batch_size == count:
        return float(low)
    if batch_size == 1:
        return top(1.0)
    if top(low) <= 1 or top(high) >= 1:  # a bound is reached, up to rounding
        return float(low if top(low) <= 1 else high)
    return float(scipy.optimize.brentq(lambda mu: top(mu) - 1, low, high, xtol=1e-300, rtol=1e-14))


def output_gradients(objective: Objective, params: ParamsLike) -> np.ndarray:
    """Of each example, shape (N, P): those of a loss of which every residual is 1."""
    said = objective.outputs(params)
    told = Objective(objective.network, SquaredLoss(), objective.inputs, said - 1.0)
    arrays = objective.network.require_params(params)
    return Closed(told).engine.example_gradients(told, arrays, slice(None))
