"""The nets of a sweep: which function, which settings, which seed; and what each is called."""

import hashlib
import inspect
import json
import math
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_callable, require_integer, shown
from flatlib.training.run import IncompleteRun


@dataclass(frozen=True)
class Net:
    """One net that is asked for.

    Attributes:
        function: full name of what makes it.
        setting: keyword arguments for it: numbers, text, None, and tuples of these.
        seed: of its generator.
    """

    function: str
    setting: dict[str, Any]
    seed: int

    @property
    def identity(self) -> dict[str, Any]:
        """What makes it this net and no other."""
        return {"function": self.function, "setting": self.setting, "seed": self.seed}

    @property
    def key(self) -> str:
        """A name for its file."""
        return hashlib.sha256(canonical(self.identity).encode()).hexdigest()[:24]

    def __str__(self) -> str:
        """For a message or a log."""
        setting = ", ".join(f"{name}={value!r}" for name, value in self.setting.items())
        return f"{self.function}({setting}) with seed {self.seed}"


def canonical(value: Any) -> str:
    """One text for one value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def require_nets(function: Callable, settings: Any, seeds: Any) -> list[Net]:
    """Every setting with every seed, in the order given; refused if one would come twice."""
    name = full_name(function)
    settings = [_require_setting(setting) for setting in _require_many(settings, "settings")]
    for setting in settings:
        _require_arguments(function, setting)
    seeds = [require_integer(seed, "seeds", minimum=0) for seed in _require_many(seeds, "seeds")]
    nets = [Net(name, setting, seed) for setting in settings for seed in seeds]
    keys = [net.key for net in nets]
    if len(set(keys)) < len(keys):
        twice = next(net for net in nets if keys.count(net.key) > 1)
        raise ValueError(
            f"settings and seeds must differ, got {shown(twice.setting)} with seed {twice.seed} "
            "twice. Pass each once."
        )
    return nets


def make_net(function: Callable, setting: dict[str, Any], seed: int) -> Any:
    """What the function returns for one net, as a sweep asks it: on one thread of BLAS."""
    from threadpoolctl import threadpool_limits  # not at the top: only sweeps need it

    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("error", IncompleteRun)
        return function(np.random.default_rng(seed), **setting)


def full_name(function: Callable) -> str:
    """Module and name; a name that says which function it is, today and next year."""
    name = getattr(require_callable(function, "function"), "__qualname__", "<unnamed>")
    if "<" in name:
        raise ValueError(
            f"function must have a name in its module, got {name}. "
            "Define it with def, at the top of a module, for its name goes into each result."
        )
    return f"{function.__module__}.{name}"


def _require_many(values: Any, name: str) -> list:
    if isinstance(values, (str, bytes, dict)) or not isinstance(values, Iterable):
        raise TypeError(
            f"{name} must be several, got {shown(values)} ({type(values).__name__}). "
            "Pass a list, also for one."
        )
    values = list(values)
    if not values:
        raise ValueError(f"{name} must be at least one, got none. Pass a list of them.")
    return values


def _require_setting(setting: Any) -> dict[str, Any]:
    if not isinstance(setting, dict) or not all(isinstance(name, str) for name in setting):
        raise TypeError(
            f"settings must be dicts of keyword arguments, got {shown(setting)}. "
            "Pass for instance a list of {'width': 40}."
        )
    if "seed" in setting:
        raise ValueError(
            f"settings must leave the seed to seeds, got {shown(setting)}. "
            "The function gets a generator made of it."
        )
    return {name: _plain(value, name) for name, value in setting.items()}


def _require_arguments(function: Callable, setting: dict[str, Any]) -> None:
    """Before the first net is made, and in one sentence for all workers."""
    try:
        inspect.signature(function).bind(None, **setting)
    except TypeError as error:
        raise TypeError(
            f"settings must be arguments of {function.__name__}, got {shown(setting)} ({error}). "
            "Name what it takes after its generator."
        ) from None


def _plain(value: Any, name: str) -> Any:
    """Numbers of Python, text, None, and tuples: what a file can hold and give back unchanged."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, (list, tuple)):
        return tuple(_plain(item, name) for item in value)
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"settings must be finite, got {name}={value}. Use None or text for it.")
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    raise TypeError(
        f"settings must hold numbers, text, None or tuples, got {name}={shown(value)}. "
        "Pass what it is made from, and build it in the function."
    )
