"""The page *Low-complexity solutions*: what it draws, what it claims."""

from flatbook.low_complexity import claims_bounds, claims_fits
from flatbook.low_complexity.figures import attacked_fits, networks_and_ridge

CLAIMS = (
    claims_bounds,
    claims_fits,
)

__all__ = ["CLAIMS", "attacked_fits", "networks_and_ridge"]
