"""The page *Convex models*: what it draws, what it claims."""

from flatbook.convex_models import claims
from flatbook.convex_models.figures import interpolants

CLAIMS = (claims,)

__all__ = ["CLAIMS", "interpolants"]
