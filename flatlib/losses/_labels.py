"""Labels of classes as one-hot rows, or a refusal that says what they look like."""

import numpy as np

from flatlib._guards import as_array, require_array, require_shape
from flatlib._types import ArrayLike


def require_labels(targets: ArrayLike, num_examples: int, num_outputs: int) -> np.ndarray:
    """Rows of shape (N, C), from labels or one-hot rows."""
    _require_numbers(as_array(targets, "targets").dtype.kind)
    array = require_array(targets, "targets")
    if array.ndim != 1:
        require_shape(array, (num_examples, num_outputs), "targets")
        return _require_one_hot(array)
    require_shape(array, (num_examples,), "targets")
    if np.asarray(targets).dtype.kind not in "iu":
        raise TypeError(
            f"targets must be integer labels, got dtype {np.asarray(targets).dtype}. "
            "Pass np.asarray(targets).astype(int), or one-hot rows."
        )
    if num_outputs == 1 and array.max() == 1 and array.min() >= 0:
        raise ValueError(
            "targets must be labels of the network's outputs, got two classes for one output. "
            'Build the network with 2 outputs, or pass "logistic" and 2 * np.asarray(targets) - 1.'
        )
    if array.min() < 0 or array.max() >= num_outputs:
        raise ValueError(
            f"targets must be labels from 0 to {num_outputs - 1}, got values from "
            f"{array.min():g} to {array.max():g}. Count classes from 0."
        )
    return np.eye(num_outputs)[array.astype(int)]


def _require_numbers(kind: str) -> None:
    """Names and truth values are labels too, but which is which the caller must say."""
    if kind == "b":
        raise TypeError(
            "targets must be integer labels, got truth values. "
            "Pass np.asarray(targets).astype(int): False is then class 0, True class 1."
        )
    if kind in "US":
        raise TypeError(
            "targets must be integer labels, got text. "
            "Pass np.unique(targets, return_inverse=True)[1], which numbers the names."
        )


def _require_one_hot(array: np.ndarray) -> np.ndarray:
    if not (((array == 0) | (array == 1)).all() and (array.sum(axis=1) == 1).all()):
        raise ValueError(
            "targets must be integer labels or one-hot rows, got rows with other entries. "
            "Pass labels of shape (N,)."
        )
    return array
