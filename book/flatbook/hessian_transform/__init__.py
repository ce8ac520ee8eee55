"""The page *How the Hessian transforms*: what it draws, what it claims."""

from flatbook.hessian_transform import claims
from flatbook.hessian_transform.figures import spectrum

CLAIMS = (claims,)

__all__ = ["CLAIMS", "spectrum"]
