"""The page *Volume is accuracy*: what it draws, what it claims."""

from flatbook.volume_is_accuracy import (
    claims_bits,
    claims_bound,
    claims_chain,
    claims_law,
    claims_mnist,
    claims_unbiased,
    experiment_guessed,
    experiment_mnist,
)
from flatbook.volume_is_accuracy.figures import bound_beside_accuracy, guaranteed, staircase
from flatbook.volume_is_accuracy.figures_two_digits import random_on_mnist
from flatbook.volume_is_accuracy.scenes import NET, Task, measured, task

CLAIMS = (
    claims_chain,
    claims_bound,
    claims_law,
    claims_bits,
    claims_unbiased,
    claims_mnist,
)
EXPERIMENTS = (experiment_guessed, experiment_mnist)

__all__ = [
    "CLAIMS",
    "EXPERIMENTS",
    "NET",
    "Task",
    "bound_beside_accuracy",
    "guaranteed",
    "measured",
    "random_on_mnist",
    "staircase",
    "task",
]
