"""The page *Optimizers and initialization*: what it draws, what it claims, what it trained."""

from flatbook.optimizers import (
    claims_initializations,
    claims_optimizers,
    claims_positive_measure,
    experiment_initializations,
    experiment_optimizers,
    experiment_table1_mnist,
)
from flatbook.optimizers.figures import printed_tables, runs_so_far, starts

CLAIMS = (
    claims_initializations,
    claims_optimizers,
    claims_positive_measure,
)
EXPERIMENTS = (
    experiment_initializations,
    experiment_optimizers,
    experiment_table1_mnist,
)

__all__ = ["CLAIMS", "EXPERIMENTS", "printed_tables", "runs_so_far", "starts"]
