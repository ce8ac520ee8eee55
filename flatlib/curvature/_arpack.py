"""SciPy's ARPACK, from a start that is always the same, at any scale of the operator."""

import inspect

import numpy as np
from scipy.sparse.linalg import LinearOperator, eigsh

from flatlib.curvature._finite import finite
from flatlib.curvature._memory import BUDGET
from flatlib.curvature._operators import TOO_LARGE, multiply, power_of_two

# Products for each parameter after which a matrix that fits the budget is written out, too: an end
# that is crowded, as the lower one of a scaled net is, can take ARPACK many times P.
PATIENCE = 0.25


def arpack(
    operator: LinearOperator, k: int, which: str, *, vectors: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues in ARPACK's order, and their vectors (P, k), or (0, k) if none are asked for.

    Raises:
        ArpackNoConvergence: after `PATIENCE` where the matrix fits the budget.
    """
    num_params = operator.shape[0]
    # always the same, and of no symmetry that a network could share
    start = np.cos(np.sqrt(2.0) * np.arange(num_params) ** 2)
    size = np.abs(multiply(operator, start)).max()
    if size == 0:  # ARPACK does not take a zero matrix
        return np.zeros(k), np.eye(num_params, k)
    scale = power_of_two(size)
    scaled = LinearOperator(
        operator.shape, matvec=lambda v: multiply(operator, v) / scale, dtype=np.float64
    )
    options = {"which": which, "v0": start, "return_eigenvectors": vectors}
    if fits(operator):  # a restart takes about ncv - k products
        options["ncv"] = max(2 * k + 1, 20)
        options["maxiter"] = max(1, int(PATIENCE * num_params / (options["ncv"] - k)))
    if "rng" in inspect.signature(eigsh).parameters:  # SciPy 1.17: where ARPACK restarts from
        options["rng"] = np.random.default_rng(0)
    found = eigsh(scaled, k, **options)
    values, columns = found if vectors else (found, np.empty((0, k)))
    return finite("the eigenvalues", TOO_LARGE, lambda: scale * values), columns


def fits(operator: LinearOperator) -> bool:
    """Whether the matrix may be written out where products take too long."""
    return 8 * operator.shape[0] ** 2 <= BUDGET
