"""A slider's parameter: its name, its values, their texts, and which of them is shown first."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real

import numpy as np

from flatbook.explore._text import number_texts, pretty_name


@dataclass(frozen=True)
class Parameter:
    """One slider. ``values`` are Python ints or floats, in the order of the slider."""

    name: str
    label: str
    values: tuple[float, ...]
    texts: tuple[str, ...]
    start: int  # index into values

    def __str__(self) -> str:
        return (
            f"{self.name}: {len(self.values)} values from {self.texts[0]} to {self.texts[-1]}; "
            f"shown at {self.texts[self.start]}"
        )


def make_parameters(sequences, start, labels, formats) -> tuple[Parameter, ...]:
    """The sliders of a figure, first the slow one; refuses what `explore` says it refuses."""
    if not 1 <= len(sequences) <= 2:
        raise ValueError(
            f"explore takes one or two parameters, got {len(sequences)}. "
            "Write explore(draw, alpha=values), or still(draw) for none."
        )
    labels = require_options(labels, "labels", sequences)
    formats = require_options(formats, "formats", sequences)
    if not isinstance(start, Mapping):
        start = {} if start is None else dict(zip(sequences, [start], strict=False))
        if start and len(sequences) == 2:
            raise ValueError(
                f"start must be a mapping when there are two parameters, got "
                f"{next(iter(start.values()))!r}. Write "
                f"start={{{next(iter(sequences))!r}: ...}}."
            )
    start = require_options(start, "start", sequences)
    return tuple(
        make_parameter(name, values, start, labels, formats) for name, values in sequences.items()
    )


def make_parameter(name, values, start, labels, formats) -> Parameter:
    values = require_values(name, values)
    return Parameter(
        name=name,
        label=labels.get(name, pretty_name(name)),
        values=values,
        texts=make_texts(name, values, formats.get(name)),
        start=find(name, values, start[name]) if name in start else len(values) // 2,
    )


def require_options(options, argument, names) -> dict:
    options = {} if options is None else options
    if not isinstance(options, Mapping):
        raise TypeError(
            f"{argument} must be a mapping from parameter names, got {options!r}. "
            f"Write {argument}={{{next(iter(names))!r}: ...}}."
        )
    for name in options:
        if name not in names:
            raise ValueError(
                f"{argument} must name parameters of this figure, got {name!r}. "
                f"Use one of {', '.join(names)}."
            )
    return dict(options)


def require_values(name, values) -> tuple[float, ...]:
    """Python numbers, because a draw that indexes a list needs an int and not a NumPy scalar."""
    array = np.asarray(values)
    if array.ndim != 1 or len(array) < 2:
        raise ValueError(
            f"{name} must be a sequence of at least 2 numbers, got {shown(values)}. "
            "For a single picture use still(draw)."
        )
    if array.dtype.kind not in "iuf":
        raise TypeError(
            f"{name} must hold real numbers, got {shown(values)}. "
            "Number the cases, and let draw look them up."
        )
    if not np.isfinite(array).all():
        raise ValueError(f"{name} must be finite, got {shown(values)}. Leave those values out.")
    steps = array[1:].astype(float) - array[:-1].astype(float)
    if not ((steps > 0).all() or (steps < 0).all()):
        raise ValueError(
            f"{name} must rise or fall strictly, got {shown(values)}. Pass numpy.unique({name})."
        )
    return tuple(array.tolist())


def shown(values) -> str:
    """One short line, also of an array."""
    return " ".join(repr(values).split())[:80]


def make_texts(name, values, template) -> tuple[str, ...]:
    if template is None:
        return number_texts(values)
    try:
        write = template if callable(template) else template.format
        texts = tuple(write(value) for value in values)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        texts = ()
    if not all(texts) or len(set(texts)) != len(values):
        raise ValueError(
            f"formats[{name!r}] must be a format string or a function that gives each "
            f"value a text of its own, got {template!r}. Try '{{:.3g}}'."
        )
    return texts


def find(name, values, wanted) -> int:
    """Where ``wanted`` is, up to rounding: numpy.logspace does not give 0.1 exactly."""
    if isinstance(wanted, bool) or not isinstance(wanted, Real):
        raise TypeError(
            f"start must be a number for {name}, got {wanted!r}. Use one of its values."
        )
    hits = np.flatnonzero(abs(np.array(values) - wanted) <= 1e-9 * abs(wanted))
    if len(hits) == 0:
        nearest = min(values, key=lambda value: abs(value - wanted))
        raise ValueError(
            f"start must be among the values of {name}, got {wanted!r}. The nearest is {nearest!r}."
        )
    return int(hits[0])
