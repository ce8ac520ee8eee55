"""The page *What training adds*: what it draws, what it claims, and its stored networks."""

from flatbook.what_training_adds import (
    claims_margin,
    claims_start,
    claims_trained,
    experiment_trained,
)
from flatbook.what_training_adds.claims_trained import advantage
from flatbook.what_training_adds.figures import cloud, deeper, eight_times_the_start
from flatbook.what_training_adds.linear import accuracies, ends, law

CLAIMS = (claims_start, claims_margin, claims_trained)
EXPERIMENTS = (experiment_trained,)

__all__ = [
    "CLAIMS",
    "EXPERIMENTS",
    "accuracies",
    "advantage",
    "cloud",
    "deeper",
    "eight_times_the_start",
    "ends",
    "law",
]
