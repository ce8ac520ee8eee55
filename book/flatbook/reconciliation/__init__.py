"""The page *The reconciliation*: what it draws, what it claims, what it trained."""

from flatbook.reconciliation import (
    claims_connection,
    claims_evidence,
    claims_metric_of_weights,
    claims_prior,
    claims_reply,
    experiment_connection,
)
from flatbook.reconciliation.figures_clouds import scaled_clouds
from flatbook.reconciliation.figures_connected import connected
from flatbook.reconciliation.figures_correlations import correlations

CLAIMS = (
    claims_reply,
    claims_evidence,
    claims_prior,
    claims_connection,
    claims_metric_of_weights,
)
EXPERIMENTS = (experiment_connection,)

__all__ = ["CLAIMS", "EXPERIMENTS", "connected", "correlations", "scaled_clouds"]
