"""The page *Networks and their symmetries*: what it draws, what it claims."""

from flatbook.symmetries import (
    claims_behaviour,
    claims_convolutions,
    claims_homogeneity,
    claims_metric,
    claims_orbits,
)
from flatbook.symmetries.figures import hyperbolas

CLAIMS = (
    claims_behaviour,
    claims_metric,
    claims_homogeneity,
    claims_convolutions,
    claims_orbits,
)

__all__ = ["CLAIMS", "hyperbolas"]
