"""The page *Wu's product over Dinh's orbit*: what it draws, what it claims."""

from flatbook.product_over_orbit import claims_fibre
from flatbook.product_over_orbit.fibre import UNIT, kept, masses, unit_fibre, unit_law
from flatbook.product_over_orbit.figures import strip

CLAIMS = (claims_fibre,)

__all__ = ["CLAIMS", "UNIT", "kept", "masses", "strip", "unit_fibre", "unit_law"]
