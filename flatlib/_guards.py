"""Refuse bad input at the door: which argument, what rule, what came, what to do."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from autograd.builtins import DictBox, SequenceBox
from autograd.tracer import isbox

# how often a computation may be repeated: the mean of a million samples errs by a thousandth
MOST = 10**6
# a list or tuple, also while autograd is tracing it
SEQUENCES = (list, tuple, SequenceBox)
MAPPINGS = (dict, DictBox)


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
        bad = int((~np.isfinite(array)).sum())
        raise ValueError(
            f"{name} must be finite, got {bad} NaN or infinite entries out of {array.size}. "
            "Find where they came from before measuring anything."
        )
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


def shown(value: Any) -> str:
    """What came, short enough for one line: arrays print over many."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


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


def require_scalar(value: Any, name: str) -> float:
    """Return one finite real number as a float."""
    array = require_array(value, name)
    if np.ndim(array) != 0:
        raise ValueError(
            f"{name} must be one number, got shape {np.shape(array)}. Pass its entries one by one."
        )
    return float(array)


def require_positive(value: Any, name: str, *, why: str = "") -> float:
    """Return one number > 0 as a float."""
    number = require_scalar(value, name)
    if number <= 0:
        reason = f" ({why})" if why else ""
        raise ValueError(f"{name} must be positive{reason}, got {number:g}. Pass a number above 0.")
    return number


def require_non_negative(value: Any, name: str) -> float:
    """Return one number >= 0 as a float."""
    number = require_scalar(value, name)
    if number < 0:
        raise ValueError(f"{name} must not be negative, got {number:g}. Pass 0 or more.")
    return number


def require_integer(value: Any, name: str, *, minimum: int) -> int:
    """Return an integer of at least ``minimum``; a float such as 3.0 is refused."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise TypeError(
            f"{name} must be an integer, got {shown(value)} ({type(value).__name__}). "
            f"Pass int({name}) if that is what you mean."
        )
    if value < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {value}. Pass {minimum} or more.")
    return int(value)


def require_count(value: Any, name: str, *, minimum: int) -> int:
    """Return how often a computation is to be repeated; 10**9 would run on without a word."""
    number = require_integer(value, name, minimum=minimum)
    if number > MOST:
        raise ValueError(
            f"{name} must be at most {MOST}, got {number}. Ask for as many as you can wait for."
        )
    return number


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


def require_choice(value: Any, name: str, choices: Iterable[str]) -> str:
    """Return ``value`` if it is one of the names in ``choices``."""
    names = list(choices)
    if not isinstance(value, str) or value not in names:
        raise ValueError(
            f"{name} must be one of {', '.join(names)}, got {shown(value)}. "
            "Pass one of these names."
        )
    return value


def require_generator(rng: Any, *, name: str = "rng") -> np.random.Generator:
    """Randomness enters as a Generator, never through a global state or a bare seed."""
    if not isinstance(rng, np.random.Generator):
        raise TypeError(
            f"{name} must be a numpy.random.Generator, got {type(rng).__name__}. "
            "Pass np.random.default_rng(seed)."
        )
    return rng


def require_callable(value: Any, name: str) -> Callable:
    """Return ``value`` if it can be called."""
    if not callable(value):
        raise TypeError(
            f"{name} must be callable, got {type(value).__name__}. "
            "Pass a function of the parameters."
        )
    return value


def require_sequence(value: Any, name: str, length: int, *, each: str = "for each") -> Sequence:
    """Return a list or tuple of exactly ``length`` items."""
    if not isinstance(value, SEQUENCES):
        raise TypeError(
            f"{name} must be a tuple or list, got {type(value).__name__}. "
            f"Pass {length} items, one by one."
        )
    if len(value) != length:
        raise ValueError(f"{name} must have {length} items, got {len(value)}. Pass one {each}.")
    return value


def require_path(value: Any, name: str) -> Path:
    """Return a path for text or a path."""
    if not isinstance(value, (str, os.PathLike)):
        raise TypeError(
            f"{name} must be a path, got {shown(value)} ({type(value).__name__}). "
            "Pass text or a pathlib.Path."
        )
    return Path(value)
