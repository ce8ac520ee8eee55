"""The page *What survives*: what it draws, what it claims."""

from flatbook.what_survives import claims
from flatbook.what_survives.figures import invariance_heatmap, moving_measures

CLAIMS = (claims,)

__all__ = ["CLAIMS", "invariance_heatmap", "moving_measures"]
