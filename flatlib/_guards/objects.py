"""Guards of what is no number: a name, a generator, a function, a sequence, a path."""

import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from autograd.builtins import DictBox, SequenceBox

# a list or tuple, also while autograd is tracing it
SEQUENCES = (list, tuple, SequenceBox)
MAPPINGS = (dict, DictBox)


def shown(value: Any) -> str:
    """What came, short enough for one line: arrays print over many."""
    text = " ".join(repr(value).split())
    return text if len(text) <= 60 else f"{text[:57]}..."


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
