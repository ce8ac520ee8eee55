"""The page *Exact Hessians and honest minima*: what it draws, what it claims."""

from flatbook.exact_hessians import claims_decomposition, claims_estimator, claims_kinks
from flatbook.exact_hessians.figures_kinks import zoom
from flatbook.exact_hessians.figures_speed import speed
from flatbook.exact_hessians.figures_step_sweep import step_sweep

CLAIMS = (
    claims_kinks,
    claims_decomposition,
    claims_estimator,
)

__all__ = ["CLAIMS", "speed", "step_sweep", "zoom"]
