"""The page *The sharpest direction*: what it draws, what it claims."""

from flatbook.sharpest_direction import claims_floor, claims_ranking, claims_sharpest, claims_wlog
from flatbook.sharpest_direction.figures_orbit import orbit_curves
from flatbook.sharpest_direction.figures_ranking import rank_flip

CLAIMS = (
    claims_sharpest,
    claims_wlog,
    claims_floor,
    claims_ranking,
)

__all__ = ["CLAIMS", "orbit_curves", "rank_flip"]
