"""The one outermost eigenvalue of a Hessian, which is what most measures ask for."""

from typing import Any

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator

from flatlib.curvature._arpack import arpack
from flatlib.curvature._operators import multiply
from flatlib.curvature.matrices import hessian
from flatlib.curvature.products import hessian_operator
from flatlib.params import flatten

# Parameters from which products are taken. They are the faster road from 200 on; until the matrix
# and its eigenvalues take a tenth of a second, numbers stay as they were to the last bit. At 2410
# parameters it is 0.03 s against 1.3, at 4810 0.04 against 13.
MANY = 1000
# Of the eigenvalue: how long Hv less it times v may be. It is no further than that from one of H.
RESIDUAL = 1e-12


def outermost_eigenvalue(
    function: Any, params: Any, which: str, scale: np.ndarray | None = None
) -> float:
    r"""The largest ("LA") eigenvalue, or the one of largest modulus ("LM"), of :math:`SHS`.

    H is the Hessian and S diagonal, 1 unless told. From `MANY` parameters on it comes from
    products, right to `RESIDUAL` of itself; what does not pass that is computed from the matrix,
    as are functions of fewer.

    Args:
        function: as for `flatlib.hessian`.
        params: as for `flatlib.hessian`.
        which: "LA" or "LM".
        scale: the diagonal of S, shape (P,).
    """
    if flatten(params).size >= MANY:
        found = by_products(hessian_operator(function, params), which, scale)
        if found is not None:
            return found
    matrix = hessian(function, params)
    values = np.linalg.eigvalsh(matrix if scale is None else np.outer(scale, scale) * matrix)
    return float(values[-1] if which == "LA" else values[np.abs(values).argmax()])


def by_products(
    operator: LinearOperator, which: str, scale: np.ndarray | None = None
) -> float | None:
    """The same of an operator; None where ARPACK gives up, or what it says is no eigenvalue."""
    if scale is not None:
        operator = LinearOperator(
            operator.shape,
            matvec=lambda v, inner=operator: scale * (inner @ (scale * v.reshape(-1))),
            dtype=np.float64,
        )
    try:
        (value,), vectors = arpack(operator, 1, which, vectors=True)
    except ArpackNoConvergence:
        return None
    vector = vectors.ravel()
    error = np.linalg.norm(multiply(operator, vector) - value * vector)
    return float(value) if error <= RESIDUAL * abs(value) else None
