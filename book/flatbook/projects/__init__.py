"""The page *Three projects*: what it draws."""

from flatbook.projects import experiment_edge, experiment_noise, experiment_rank
from flatbook.projects.figures import edge

EXPERIMENTS = (
    experiment_edge,
    experiment_noise,
    experiment_rank,
)

__all__ = ["EXPERIMENTS", "edge"]
