"""The page *Epsilon-sharpness*: what it draws, what it claims."""

from flatbook.epsilon_sharpness import claims_epsilon, claims_keskar
from flatbook.epsilon_sharpness.figures_discs import discs

CLAIMS = (
    claims_epsilon,
    claims_keskar,
)

__all__ = ["CLAIMS", "discs"]
