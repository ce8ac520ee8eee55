"""Guards of single numbers: their sign, whether they are whole, and how large a count may be."""

from typing import Any

import numpy as np

from flatlib._guards.arrays import require_array
from flatlib._guards.objects import shown

# how often a computation may be repeated: the mean of a million samples errs by a thousandth
MOST = 10**6


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
