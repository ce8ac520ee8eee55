"""The page *Where flat is provably good*: what it draws, what it claims, what it measured."""

from flatbook.low_rank import experiment_sensing

EXPERIMENTS = (experiment_sensing,)
