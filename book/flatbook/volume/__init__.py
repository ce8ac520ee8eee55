"""The page *Volume*: what it draws, what it claims."""

from flatbook.volume import claims_boxes, claims_errata, claims_growth, claims_remarks
from flatbook.volume.figures_boxes import boxes
from flatbook.volume.figures_growth import volume_growth

CLAIMS = (
    claims_boxes,
    claims_remarks,
    claims_errata,
    claims_growth,
)

__all__ = ["CLAIMS", "boxes", "volume_growth"]
