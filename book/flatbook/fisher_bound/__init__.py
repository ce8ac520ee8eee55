"""The page *The two-layer Fisher bound*: what it draws, what it claims."""

from flatbook.fisher_bound import (
    claims_appendix,
    claims_converse,
    claims_corollary,
    claims_cross_entropy,
    claims_fisher,
    claims_node_scaling,
)
from flatbook.fisher_bound.figures_bounds import bound_scatter, counterexample_bars
from flatbook.fisher_bound.figures_node_scaling import node_scaling

CLAIMS = (
    claims_fisher,
    claims_corollary,
    claims_appendix,
    claims_node_scaling,
    claims_converse,
    claims_cross_entropy,
)

__all__ = ["CLAIMS", "bound_scatter", "counterexample_bars", "node_scaling"]
