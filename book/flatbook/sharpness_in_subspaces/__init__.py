"""The page *Sharpness in random subspaces*: what it draws, what it claims."""

from flatbook.sharpness_in_subspaces import claims_missed, claims_subspaces
from flatbook.sharpness_in_subspaces.figures_line import along_a_line
from flatbook.sharpness_in_subspaces.figures_subspaces import random_subspaces

CLAIMS = (
    claims_missed,
    claims_subspaces,
)

__all__ = ["CLAIMS", "along_a_line", "random_subspaces"]
