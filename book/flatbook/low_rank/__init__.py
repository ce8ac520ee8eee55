"""The page *Where flat is provably good*: what it draws, what it claims, what it measured."""

from flatbook.low_rank import (
    claims_depth,
    claims_factorization,
    claims_interpolant,
    experiment_sensing,
)
from flatbook.low_rank.factors import Factors, interpolating
from flatbook.low_rank.figures import forty, spectrum
from flatbook.low_rank.ladder import correlations, interval
from flatbook.low_rank.sensing import (
    Certificate,
    Flattest,
    Sensing,
    certify_truth,
    draw,
    flattest_interpolant,
)

CLAIMS = (
    claims_factorization,
    claims_interpolant,
    claims_depth,
)
EXPERIMENTS = (experiment_sensing,)

__all__ = [
    "CLAIMS",
    "EXPERIMENTS",
    "Certificate",
    "Factors",
    "Flattest",
    "Sensing",
    "certify_truth",
    "correlations",
    "draw",
    "flattest_interpolant",
    "forty",
    "interpolating",
    "interval",
    "spectrum",
]
