"""Products of curvature with vectors, as SciPy operators: the matrix is never formed."""

from collections.abc import Callable
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from flatlib._guards import require_array, require_integer
from flatlib.curvature import matrices
from flatlib.curvature._derivatives import derivatives_of
from flatlib.curvature._finite import SMALLER, finite
from flatlib.curvature._memory import BUDGET, require_dense
from flatlib.networks import ParamsLike
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.weighted import WeightedSum


class CurvatureOperator(LinearOperator):
    """A symmetric matrix of curvature at one point, known by its products.

    Page: ``book/exact_hessians``.

    It can do what SciPy's operators can: ``operator @ V``, sums and multiples of operators,
    ``scipy.sparse.linalg.eigsh(operator)``, ``lobpcg``, ``expm_multiply``. Built by
    `flatlib.hessian_operator` and `flatlib.gauss_newton_operator`. It holds an open room for its
    temporaries, so it is not to be pickled: send params to another process, and build it there.

    Attributes:
        shape: (P, P).
        dtype: float64.
    """

    def __init__(
        self,
        products: Callable[[np.ndarray], np.ndarray],
        num_params: int,
        *,
        matrix: Callable[[], np.ndarray] | None = None,
        remedy: str = SMALLER,
    ):
        super().__init__(dtype=np.dtype(np.float64), shape=(num_params, num_params))
        self._matrix = matrix
        self._products = lambda vectors: finite("the product", remedy, lambda: products(vectors))

    def matrix(self) -> np.ndarray:
        """The matrix itself, (P, P), by its closed form: much faster than P products.

        Raises:
            MemoryError: if it takes more than 1 GiB and than the operator's budget.
        """
        if self._matrix is not None:
            return self._matrix()
        require_dense(self.shape[0])
        columns = self.matmat(np.eye(self.shape[0]))
        return columns / 2 + columns.T / 2

    def matvec(self, x: Any) -> np.ndarray:
        """Product with one vector of shape (P,) or (P, 1), in the shape that it came in."""
        vector = _require_rows(x, self.shape[0])
        if vector.ndim == 2 and vector.shape[1] != 1:
            raise ValueError(
                f"vector must have shape ({self.shape[0]},), got {vector.shape}. "
                "Pass several columns to operator.matmat."
            )
        return self._products(vector.reshape(-1, 1)).reshape(vector.shape)

    def matmat(self, X: Any) -> np.ndarray:
        """Products with the columns of an array of shape (P, c), all of them at once."""
        vectors = _require_rows(X, self.shape[0])
        if vectors.ndim != 2:
            raise ValueError(
                f"vectors must have 2 dimensions, got shape {vectors.shape}. "
                "Pass one vector to operator.matvec."
            )
        return self._products(vectors)

    def dot(self, x: Any) -> Any:
        """What ``operator @ x`` is; as `matvec` and `matmat`, it says itself what is wrong with x.

        SciPy checks shapes before it calls either, from 1.18 on and in words of its own.
        """
        if isinstance(x, LinearOperator) or np.isscalar(x):
            return super().dot(x)
        vectors = _require_rows(x, self.shape[0])
        return self._products(vectors.reshape(len(vectors), -1)).reshape(vectors.shape)

    def __rmatmul__(self, x: Any) -> Any:
        """``x @ operator``, rows for columns: the matrix is symmetric."""
        if isinstance(x, LinearOperator) or np.isscalar(x):
            return super().__rmatmul__(x)
        return self.dot(require_array(x, "vectors").T).T

    def rmatvec(self, x: Any) -> np.ndarray:
        """The same as `matvec`: the matrix is symmetric."""
        return self.matvec(x)

    def rmatmat(self, X: Any) -> np.ndarray:
        """The same as `matmat`: the matrix is symmetric."""
        return self.matmat(X)

    def _matmat(self, X: np.ndarray) -> np.ndarray:
        return self._products(X)

    def _adjoint(self) -> "CurvatureOperator":
        return self

    def _transpose(self) -> "CurvatureOperator":
        return self


def hessian_operator(objective: Any, params: Any, *, budget: int = BUDGET) -> CurvatureOperator:
    r"""The Hessian :math:`\nabla^2 L(\theta)` as an operator, by analytic products.

    A product costs a few passes over the data, some 5 N P multiplications, and is exact: no
    finite difference is taken. The forward and backward pass at ``params`` is run here, once.

    Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data, or a `flatlib.WeightedSum`; or any callable ``params ->
            float`` written with ``autograd.numpy``. Of a callable the gradient is followed here,
            and what autograd keeps of it stays; a product is one backward pass for each column.
        params: as for `flatlib.gradient`; copied, so that changing them later changes nothing.
        budget: bytes for what is kept and for temporaries of the closed form, whatever the numbers
            of examples and of columns. A pass that does not fit is run anew for each product.

    Returns:
        An operator of shape (P, P), symmetric up to rounding; entries ordered as
        `flatlib.flatten` orders params. At a kink it multiplies by the matrix that
        `flatlib.hessian` returns.

    Raises:
        ValueError: for a wrong shape, NaN or infinity, here or in a vector.
        TypeError: for complex or object arrays, or a function that does not return one number or
            that autograd cannot follow.

    Example:
        >>> from flatlib import MLP, Objective
        >>> hessian_operator(lambda p: p[0] ** 2 * p[1], np.array([2.0, 5.0])) @ [1.0, 0.0]
        array([10.,  4.])
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> hessian_operator(objective, ([[10.0]], [[0.1]])) @ [1.0, 0.0]
        array([0.01, 1.  ])
    """
    return _operator(objective, params, budget, residual=True)


def gauss_newton_operator(
    objective: Objective | WeightedSum, params: ParamsLike, *, budget: int = BUDGET
) -> CurvatureOperator:
    r"""The Gauss–Newton matrix :math:`\frac1N\sum_n J_n^\top \ell''_n J_n` as an operator.

    For most losses here it is the Fisher information too: see `flatlib.fisher`.

    Paper: Wu et al., equation (7), first term. Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data; for the losses of `flatlib.fisher` targets do not matter.
        params: as for `flatlib.hessian_operator`.
        budget: as for `flatlib.hessian_operator`.

    Returns:
        An operator of shape (P, P), positive semidefinite if the loss is convex in the outputs:
            all are but perhaps a `flatlib.Loss` of your own.

    Raises:
        ValueError, TypeError: as `flatlib.hessian_operator` does.
    """
    return _operator(objective, params, budget, residual=False)


def _operator(objective: Any, params: Any, budget: int, *, residual: bool) -> CurvatureOperator:
    known = derivatives_of(objective)
    params = deepcopy(known.require_params(params))
    require_integer(budget, "budget", minimum=1)
    with np.errstate(all="ignore"):  # a product that is not finite is refused
        products = known.products(params, residual, budget)
    dense = matrices.hessian if residual else matrices.gauss_newton
    matrix = partial(dense, objective, params, budget=budget)
    return CurvatureOperator(products, flatten(params).size, matrix=matrix, remedy=known.remedy)


def _require_rows(value: Any, num_params: int) -> np.ndarray:
    """Real and finite, with P rows."""
    array = require_array(value, "vectors")
    if array.ndim not in (1, 2) or len(array) != num_params:
        raise ValueError(
            f"vectors must have P = {num_params} rows, got shape {array.shape}. "
            "Each column is one vector, ordered as flatlib.flatten orders params."
        )
    return array
