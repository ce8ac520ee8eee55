"""The page *Spectra and basins*: what it draws, what it claims, what it trained."""

from flatbook.spectra_and_basins import (
    claims_basins,
    claims_bowl,
    claims_frobenius,
    claims_spectra,
    experiment_mlenet_mnist,
    experiment_mlenet_spectra,
)
from flatbook.spectra_and_basins.figures_basins import basin_map
from flatbook.spectra_and_basins.figures_solutions import solution_spectra

CLAIMS = (
    claims_basins,
    claims_bowl,
    claims_frobenius,
    claims_spectra,
)
EXPERIMENTS = (
    experiment_mlenet_mnist,
    experiment_mlenet_spectra,
)

__all__ = ["CLAIMS", "EXPERIMENTS", "basin_map", "solution_spectra"]
