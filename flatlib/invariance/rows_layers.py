"""Rows: measures of one layer, of the first, the second and the last."""

from collections.abc import Callable
from typing import Any

from flatlib.invariance.laws import COORDINATES, Law, laws
from flatlib.invariance.measure import Measure
from flatlib.measures import kappa_max, relative_flatness

_ALL = "layers, neurons, permute, logits, rotate, units, affine, split, deepen"


def _but(*names: str) -> str:
    """All linear families but these."""
    return ", ".join(name for name in _ALL.split(", ") if name not in names)


def _laws(moves: str = "") -> dict[str, Law]:
    return laws(stays=_but(*moves.split(", ")), moves=moves, undefined=COORDINATES)


def _relative(form: str, layer: int) -> Callable[[Any, Any], float]:
    return lambda objective, params: relative_flatness(
        objective, params, layer=_numbered(objective, layer), form=form
    )


def _kappa_max(layer: int) -> Callable[[Any, Any], float]:
    return lambda objective, params: kappa_max(objective, params, layer=_numbered(objective, layer))


def _numbered(objective: Any, layer: int) -> int:
    """The layer's number; 0 is the last, whatever the depth."""
    return layer or objective.network.depth


# the unit that is split is in layer 1, and so feeds layer 2; the identity becomes layer 2
LAYERS = (
    Measure("relative flatness, layer 1", _relative("rows", 1), _laws("units, affine")),
    Measure("relative flatness, layer 2", _relative("rows", 2), _laws("neurons, split, deepen")),
    Measure("relative flatness, last", _relative("rows", 0), _laws("neurons")),
    Measure("normalized features, layer 1", _relative("normalized", 1), _laws("rotate, affine")),
    Measure("normalized features, layer 2", _relative("normalized", 2), _laws("split, deepen")),
    Measure("normalized features, last", _relative("normalized", 0), _laws()),
    Measure("column form, layer 1", _relative("columns", 1), _laws("rotate, affine")),
    Measure("column form, layer 2", _relative("columns", 2), _laws("split")),
    Measure("column form, last", _relative("columns", 0), _laws()),
    Measure(
        "‖W‖² tr H, layer 1", _relative("published", 1), _laws("neurons, units, affine, split")
    ),
    Measure("‖W‖² tr H, last", _relative("published", 0), _laws("neurons, logits")),
    Measure("κ_max, layer 1", _kappa_max(1), _laws("units, affine, split")),
    Measure("κ_max, last", _kappa_max(0), _laws("neurons, logits")),
)
