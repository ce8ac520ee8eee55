"""Experiments that take minutes: many nets, their results kept beside the code that made them.

A page reads the table; ``make sweeps`` makes all tables again; a test trains a random sample of
their nets afresh and compares.
"""

from flatlib.experiments import (
    attack_sets,
    attacked_alike,
    connection,
    initializations,
    mlenet_mnist,
    mlenet_spectra,
    optimizers,
    project_edge,
    project_noise,
    project_rank,
    ranking,
    representatives,
    volume_beside,
    volume_digits,
    volume_signals,
)
from flatlib.experiments.experiment import Experiment, KeptNets

MODULES = (
    attack_sets,
    attacked_alike,
    connection,
    initializations,
    mlenet_mnist,
    mlenet_spectra,
    optimizers,
    project_edge,
    project_noise,
    project_rank,
    ranking,
    representatives,
    volume_beside,
    volume_digits,
    volume_signals,
)
EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for module in MODULES for experiment in module.EXPERIMENTS
}

__all__ = ["EXPERIMENTS", "Experiment", "KeptNets"]
