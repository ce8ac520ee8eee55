"""The page *Three notions of flat*: what it draws, what it claims."""

from flatbook.three_notions import (
    claims_flat_volume,
    claims_notions,
    claims_one_picture,
    claims_sharpness,
)
from flatbook.three_notions.figures import notions

CLAIMS = (
    claims_notions,
    claims_flat_volume,
    claims_sharpness,
    claims_one_picture,
)

__all__ = ["CLAIMS", "notions"]
