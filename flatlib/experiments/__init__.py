"""Experiments that take minutes: many nets, their results kept beside the code that made them.

A page reads the table; ``make sweeps`` makes all tables again; a test trains a random sample of
their nets afresh and compares.
"""

from flatlib.experiments import mlenet_spectra
from flatlib.experiments.experiment import Experiment, KeptNets

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment for module in (mlenet_spectra,) for experiment in module.EXPERIMENTS
}

__all__ = ["EXPERIMENTS", "Experiment", "KeptNets"]
