"""The page *Networks and their symmetries*: what it draws, what it claims."""

from flatbook.symmetries import claims_behaviour, claims_homogeneity, claims_metric, claims_orbits
from flatbook.symmetries.figures import hyperbolas

CLAIMS = (
    claims_behaviour,
    claims_metric,
    claims_homogeneity,
    claims_orbits,
)

__all__ = ["CLAIMS", "hyperbolas"]
