"""The page *What training can stay at*: what it draws, what it claims."""

from flatbook.stability import (
    claims_batches,
    claims_leaving,
    claims_methods,
    claims_window,
    experiment_leaving,
)
from flatbook.stability.figures import windows
from flatbook.stability.long_runs import long_runs
from flatbook.stability.scenes import run, teacher, two_weights

CLAIMS = (claims_window, claims_leaving, claims_batches, claims_methods)
EXPERIMENTS = (experiment_leaving,)

__all__ = ["CLAIMS", "EXPERIMENTS", "long_runs", "run", "teacher", "two_weights", "windows"]
