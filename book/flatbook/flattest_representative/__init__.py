"""The page *The flattest representative*: what it draws, what it claims, what it trained."""

from flatbook.flattest_representative import (
    claims_balance,
    claims_flattest,
    claims_ladder,
    experiment_representatives,
)
from flatbook.flattest_representative.figures_balance import balance_paths, ends
from flatbook.flattest_representative.figures_flattest import flattest_point
from flatbook.flattest_representative.figures_ladder import ladder

CLAIMS = (
    claims_balance,
    claims_flattest,
    claims_ladder,
)
EXPERIMENTS = (experiment_representatives,)

__all__ = ["CLAIMS", "EXPERIMENTS", "balance_paths", "ends", "flattest_point", "ladder"]
