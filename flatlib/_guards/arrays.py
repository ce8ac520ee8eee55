"""Guards of arrays: real numbers in a shape that is said, and nothing broadcast."""

from typing import Any

import numpy as np
from autograd.tracer import isbox


def require_array(
    value: Any, name: str, *, ndim: int | None = None, finite: bool = True
) -> np.ndarray:
    """Return ``value`` as a float64 array; let an autograd box through untouched.

    float32 and integers are converted. Complex, object, boolean, text, sparse and masked arrays are
    refused, because each of them would be broadcast, truncated or unmasked without a word.
    """
    if isbox(value):
        return value
    _refuse_other_kinds(value, name)
    array = as_array(value, name)
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must hold real numbers, got dtype {array.dtype}. "
            f"Convert it first: np.asarray({name}, dtype=float) where they are numbers, "
            f"{name}.real where they are complex."
        )
    if ndim is not None and array.ndim != ndim:
        raise ValueError(
            f"{name} must have {ndim} dimension{'s' * (ndim != 1)}, got shape {array.shape}. "
            f"{_remedy_for_dimensions(ndim)}"
        )
    array = array.astype(np.float64, copy=False)
    if finite and not np.isfinite(array).all():
        raise _not_finite(array, name)
    return array


def _refuse_other_kinds(value: Any, name: str) -> None:
    """What NumPy would take for something else: a hidden entry for a number, a matrix for a box."""
    if isinstance(value, np.ma.MaskedArray) and np.ma.is_masked(value):
        raise TypeError(
            f"{name} must not be masked, got {np.ma.count_masked(value)} hidden entries out of "
            f"{value.size}. Leave their rows out, or pass {name}.filled(value)."
        )
    if hasattr(value, "toarray"):
        raise TypeError(
            f"{name} must be a dense array, got {type(value).__name__}. Pass {name}.toarray()."
        )


def _not_finite(array: np.ndarray, name: str) -> ValueError:
    bad = int((~np.isfinite(array)).sum())
    return ValueError(
        f"{name} must be finite, got {bad} NaN or infinite entries out of {array.size}. "
        "Find where they came from before measuring anything."
    )


def as_array(value: Any, name: str) -> np.ndarray:
    """Whatever NumPy makes of ``value``, but for a ragged sequence."""
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be one rectangular array, got a ragged sequence. "
            "Pass arrays of equal lengths."
        ) from None


def _remedy_for_dimensions(ndim: int) -> str:
    if ndim == 2:
        return "Rows are examples: pass array.reshape(1, -1) for one example."
    return "Pass array.ravel() for a flat vector." if ndim == 1 else "Reshape it."


def require_shape(array: Any, shape: tuple[int, ...], name: str) -> None:
    """Refuse an array (or autograd box) of any other shape: nothing is ever broadcast."""
    if np.shape(array) != tuple(shape):
        raise ValueError(
            f"{name} must have shape {tuple(shape)}, got {np.shape(array)}. "
            "Nothing is broadcast here: reshape it to say what you mean."
        )


def require_positive_vector(value: Any, length: int, name: str, why: str) -> np.ndarray:
    """Return a vector of ``length`` numbers > 0."""
    vector = require_array(value, name, ndim=1)
    require_shape(vector, (length,), name)
    if (vector <= 0).any():
        raise ValueError(
            f"{name} must be positive ({why}), got {vector.min():g} among them. "
            "Pass numbers above 0."
        )
    return vector


def require_indices(value: Any, name: str) -> np.ndarray:
    """Return a vector of integers; 1.0 is refused, since 1.5 would be cut to 1 without a word."""
    array = as_array(value, name)
    if array.size and array.dtype.kind not in "iu":
        raise TypeError(
            f"{name} must be integers, got dtype {array.dtype}. "
            f"Pass np.flatnonzero({name}) for a mask."
        )
    require_array(array, name, ndim=1)
    return array.astype(int)
