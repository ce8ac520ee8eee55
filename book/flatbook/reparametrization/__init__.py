"""The page *Reparametrization*: what it draws, what it claims."""

from flatbook.reparametrization import (
    claims_batch_normalization,
    claims_chain_rule,
    claims_folds,
    claims_power_family,
    claims_radial,
)
from flatbook.reparametrization.figures_coordinates import coordinates
from flatbook.reparametrization.figures_radial import radial

CLAIMS = (
    claims_chain_rule,
    claims_folds,
    claims_power_family,
    claims_radial,
    claims_batch_normalization,
)

__all__ = ["CLAIMS", "coordinates", "radial"]
