"""Experiments that take minutes: many nets, their results kept beside the code that made them.

A page reads the table; ``make sweeps`` makes all tables again; a test trains a random sample of
their nets afresh and compares.
"""

from flatlib.experiments import attack_sets, volume_digits, volume_noise, volume_signals
from flatlib.experiments.experiment import Experiment

EXPERIMENTS: dict[str, Experiment] = {
    experiment.name: experiment
    for module in (attack_sets, volume_digits, volume_signals, volume_noise)
    for experiment in module.EXPERIMENTS
}

__all__ = ["EXPERIMENTS", "Experiment"]
