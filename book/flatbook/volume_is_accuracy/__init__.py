"""The page *Volume is accuracy*: what it draws, what it claims."""

from flatbook.volume_is_accuracy import (
    claims_bits,
    claims_bound,
    claims_chain,
    claims_law,
    claims_unbiased,
)
from flatbook.volume_is_accuracy.figures import bound_beside_accuracy, guaranteed, staircase
from flatbook.volume_is_accuracy.scenes import NET, Task, measured, task

CLAIMS = (
    claims_chain,
    claims_bound,
    claims_law,
    claims_bits,
    claims_unbiased,
)

__all__ = [
    "CLAIMS",
    "NET",
    "Task",
    "bound_beside_accuracy",
    "guaranteed",
    "measured",
    "staircase",
    "task",
]
