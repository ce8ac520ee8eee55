"""The page *What training adds*: what it draws, what it claims, and its stored networks."""

from flatbook.what_training_adds import experiment_trained

EXPERIMENTS = (experiment_trained,)

__all__ = ["EXPERIMENTS"]
