"""The page *Many eigenvalues at once*: what it draws, what it claims."""

from flatbook.many_eigenvalues import claims_count, claims_eigenvalues, claims_exact_count
from flatbook.many_eigenvalues.figures import eigenvalue_growth

CLAIMS = (
    claims_eigenvalues,
    claims_count,
    claims_exact_count,
)

__all__ = ["CLAIMS", "eigenvalue_growth"]
