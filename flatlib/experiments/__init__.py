"""Experiments that take minutes: many nets, their results kept beside the code that made them.

A page reads the table; ``make sweeps`` makes all tables again; a test trains a random sample of
their nets afresh and compares.
"""

from flatlib.experiments import initializations, optimizers
from flatlib.experiments.experiment import Experiment

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for module in (optimizers, initializations)
    for experiment in module.EXPERIMENTS
}

__all__ = ["EXPERIMENTS", "Experiment"]
