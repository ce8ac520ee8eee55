"""The page *Epsilon-sharpness*: what it draws, what it claims."""

from flatbook.epsilon_sharpness import claims_epsilon, claims_keskar, claims_subspaces
from flatbook.epsilon_sharpness.figures_discs import discs
from flatbook.epsilon_sharpness.figures_subspaces import random_subspaces

CLAIMS = (
    claims_epsilon,
    claims_keskar,
    claims_subspaces,
)

__all__ = ["CLAIMS", "discs", "random_subspaces"]
