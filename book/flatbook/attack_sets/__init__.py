"""The page *Attack sets*: what it draws, what it claims, what it trained."""

from flatbook.attack_sets import (
    claims,
    experiment_attack_sets,
    experiment_volume_beside,
    experiment_volume_digits,
)
from flatbook.attack_sets.figures import attacked_answers, nearest_neighbour

CLAIMS = (claims,)
EXPERIMENTS = (
    experiment_attack_sets,
    experiment_volume_beside,
    experiment_volume_digits,
)

__all__ = ["CLAIMS", "EXPERIMENTS", "attacked_answers", "nearest_neighbour"]
