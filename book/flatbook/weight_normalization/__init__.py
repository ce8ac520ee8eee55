"""The page *Weight normalization*: what it draws, what it claims."""

from flatbook.weight_normalization import (
    claims_directions,
    claims_length_and_direction,
    claims_preconditioning,
)
from flatbook.weight_normalization.figures import directions

CLAIMS = (
    claims_directions,
    claims_length_and_direction,
    claims_preconditioning,
)

__all__ = ["CLAIMS", "directions"]
