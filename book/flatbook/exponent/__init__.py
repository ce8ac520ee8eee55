"""The page *An exponent that no scaling moves*: what it draws, what it claims, what it sampled."""

from flatbook.exponent import experiment_estimates, experiment_volumes

EXPERIMENTS = (experiment_estimates, experiment_volumes)

__all__ = ["EXPERIMENTS"]
