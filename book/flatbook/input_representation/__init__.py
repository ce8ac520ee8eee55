"""The page *Input representation*: what it draws, what it claims."""

from flatbook.input_representation import (
    claims_bent_axis,
    claims_complexity,
    claims_discussion,
    claims_drift,
    claims_inputs,
)
from flatbook.input_representation.figures_bent_axis import bent_axis
from flatbook.input_representation.figures_drift import drift
from flatbook.input_representation.figures_pixels import ranking_flip

CLAIMS = (
    claims_inputs,
    claims_drift,
    claims_bent_axis,
    claims_discussion,
    claims_complexity,
)

__all__ = ["CLAIMS", "bent_axis", "drift", "ranking_flip"]
