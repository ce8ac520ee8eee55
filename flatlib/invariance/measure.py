"""A row of the matrix: a measure, and what theory says of it under each family."""

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import partial
from typing import Any

import numpy as np

from flatlib._guards import require_array, require_callable, shown
from flatlib.invariance.laws import Law


@dataclass(frozen=True, eq=False)
class Measure:
    """A measure with its name and its laws. Call it on (objective, params).

    Page: ``book/what_survives``.

    Attributes:
        name: of the row.
        function: ``(objective, params) -> float``. TypeError and ValueError are its ways of saying
            that it is not defined there.
        laws: what theory says, by the name of the family; families that are left out are open.
        logarithmic: whether it is the logarithm of something; ratios are then of the something.
        sampled: whether the function returns a vector of independent estimates, all positive and
            always as many. Their geometric mean is the measure, and two of them are compared in
            law, with the standard error of the difference.
    """

    name: str
    function: Callable
    laws: Mapping[str, Law] = field(default_factory=dict)
    _: KW_ONLY
    logarithmic: bool = False
    sampled: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be called."""
        require_callable(self.function, "measures")

    def __call__(self, objective: Any, params: Any) -> float:
        """The measure."""
        return self.mean(self.estimates(objective, params))

    def estimates(self, objective: Any, params: Any) -> np.ndarray:
        """What the function returns, as a vector: of one number unless it samples.

        Raises:
            ValueError, TypeError: if it is not finite real numbers, or several without `sampled`.
        """
        name = f"the value of {self.name}"
        values = require_array(self.function(objective, params), name)
        if values.ndim != int(self.sampled):
            kind = "a vector of estimates" if self.sampled else "one number"
            raise ValueError(
                f"{name} must be {kind}, got shape {values.shape}. Take their sum, say."
            )
        if self.sampled and not (values > 0).all():
            raise ValueError(
                f"{name} must be positive estimates, got {values.min():g} among them. "
                "Sample what has a logarithm."
            )
        return np.atleast_1d(values)

    def mean(self, estimates: np.ndarray) -> float:
        """One number for several estimates."""
        return float(np.exp(np.log(estimates).mean()) if self.sampled else estimates[0])


def as_measures(value: Any, known: Mapping[str, Measure]) -> tuple[Measure, ...]:
    """Measures out of names, callables, a dict of them, or None for all that are known."""
    if value is None:
        return tuple(known.values())
    if isinstance(value, Mapping):
        return tuple(_one(function, name, known) for name, function in value.items())
    items = [value] if callable(value) or isinstance(value, str) else value
    measures = tuple(_one(item, None, known) for item in items)
    names = [measure.name for measure in measures]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"measures must have names, each its own, got {names}. Pass a dict of name: function."
        )
    return measures


def _one(item: Any, name: str | None, known: Mapping[str, Measure]) -> Measure:
    if isinstance(item, Measure):
        return item
    if isinstance(item, str):
        if item not in known:
            raise ValueError(
                f"measures must be callables or names of known ones, got {shown(item)}. "
                "The names are those in flatlib.invariance.MEASURES."
            )
        return known[item]
    require_callable(item, "measures")
    return Measure(name or _name(item), item)


def _name(function: Callable) -> str:
    """What it is called; a partial function with the options that it holds."""
    if isinstance(function, partial):
        options = ", ".join(f"{key}={value!r}" for key, value in function.keywords.items())
        return f"{_name(function.func)}({options})"
    return getattr(function, "__name__", type(function).__name__)
