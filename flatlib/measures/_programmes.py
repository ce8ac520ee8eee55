"""What is to be least over an orbit: a convex function of the logarithms for each measure."""

from collections.abc import Callable

import numpy as np

from flatlib.measures._log_forms import Convex, LinearForm, QuadraticForm, minimize
from flatlib.measures._orbit_space import OrbitSpace
from flatlib.measures._schatten import Schatten
from flatlib.measures._spectra import Spectrum
from flatlib.measures._top_product import TopProduct

# of the largest modulus: what is below counts as 0 where the blocks are of one size
_RANK = 1e-12


def _trace(
    matrix: np.ndarray | None,
    space: OrbitSpace,
    sizes: np.ndarray,
    stays: np.ndarray,
    exponents: np.ndarray,
) -> Convex:
    return LinearForm(np.diag(sizes * stays), exponents)


def _frobenius(
    matrix: np.ndarray | None,
    space: OrbitSpace,
    sizes: np.ndarray,
    stays: np.ndarray,
    exponents: np.ndarray,
) -> Convex:
    return QuadraticForm((sizes * stays) ** 2, exponents)


def _spectral(
    matrix: np.ndarray,
    space: OrbitSpace,
    sizes: np.ndarray,
    stays: np.ndarray,
    exponents: np.ndarray,
) -> Convex:
    kept = matrix * stays[np.ix_(space.members, space.members)]
    return Schatten(kept, exponents[space.members], np.inf)


def log_product(
    matrix: np.ndarray,
    space: OrbitSpace,
    sizes: np.ndarray,
    k: int,
    stays: np.ndarray,
    exponents: np.ndarray,
) -> TopProduct:
    """It starts where the Frobenius norm is least: far off, rounding hides small eigenvalues."""
    kept = matrix * stays[np.ix_(space.members, space.members)]
    start = np.zeros(exponents.shape[1])
    if start.size:
        start = minimize(_frobenius(matrix, space, sizes, stays, exponents))
    own = exponents[space.members]
    rank = int((Spectrum.of(kept, own, start).logs > np.log(_RANK)).sum())
    if k > rank:
        raise ValueError(
            f"k must be at most the rank of the Hessian, which is {rank}, got {k}. "
            "Pass a smaller k: the product of more eigenvalues is 0."
        )
    return TopProduct(kept, own, k, start, k == rank)


PROGRAMMES: dict[str, Callable[..., Convex]] = {
    "trace": _trace,
    "spectral": _spectral,
    "frobenius": _frobenius,
}
