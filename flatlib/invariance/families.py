"""The columns of the matrix: families of symmetries, each with a way to draw one."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.random import Generator
from scipy.linalg import expm

from flatlib._guards import require_callable, require_choice
from flatlib.invariance.remembered import Remembered
from flatlib.params import flatten, unflatten
from flatlib.transforms import (
    AffineMap,
    InputMap,
    InsertIdentity,
    LogitShift,
    Permutation,
    Power,
    RadialPower,
    Scaling,
    SplitNeuron,
    WeightNormalization,
    scale_layers,
    scale_neurons,
)
from flatlib.transforms.logits import num_below


@dataclass(frozen=True)
class Family:
    """A family of symmetries.

    Page: ``book/what_survives``.

    Attributes:
        name: of the column.
        draw: ``(objective, params, strength, rng)`` to something with `apply` and `check`, such as
            a `flatlib.transforms.Symmetry`. As strength goes to 0 with the same generator it tends
            to the identity, where the family is a continuous one.
        about: one phrase.
    """

    name: str
    draw: Callable
    about: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Refuse what cannot draw."""
        require_callable(self.draw, "draw")


def _layers(objective: Any, params: Any, strength: float, rng: Generator) -> Scaling:
    logs = rng.normal(size=objective.network.depth)
    alphas = np.exp(strength * (logs - logs.mean()))
    return scale_layers(objective.network, alphas / alphas.prod() ** (1 / len(alphas)))


def _neurons(objective: Any, params: Any, strength: float, rng: Generator) -> Scaling:
    sizes = objective.network.hidden_sizes
    return scale_neurons(
        objective.network, [np.exp(strength * rng.normal(size=size)) for size in sizes]
    )


def _permute(objective: Any, params: Any, strength: float, rng: Generator) -> Permutation:
    # one cycle through all units, so that none of them stays
    cycle = rng.permutation(objective.network.hidden_sizes[0])
    order = np.empty_like(cycle)
    order[cycle] = np.roll(cycle, 1)
    return Permutation(objective.network, 1, order)


def _logits(objective: Any, params: Any, strength: float, rng: Generator) -> LogitShift:
    network = objective.network
    weights = strength * rng.normal(size=num_below(network))
    return LogitShift(network, weights, bias=strength * rng.normal() if network.bias else 0.0)


def _rotate(objective: Any, params: Any, strength: float, rng: Generator) -> InputMap:
    square = rng.normal(size=(objective.inputs.shape[-1],) * 2)
    # the exponential of a skew matrix is orthogonal; the projection takes off its rounding
    left, _, right = np.linalg.svd(expm(strength * (square - square.T) / 2))
    return InputMap(objective.network, AffineMap(left @ right))


def _units(objective: Any, params: Any, strength: float, rng: Generator) -> InputMap:
    factors = np.exp(strength * rng.normal(size=objective.inputs.shape[-1]))
    return InputMap(objective.network, AffineMap(np.diag(factors)))


def _affine(objective: Any, params: Any, strength: float, rng: Generator) -> InputMap:
    size = objective.inputs.shape[-1]
    matrix = expm(strength * rng.normal(size=(size, size)) / 2)
    center = strength * rng.normal(size=size)
    return InputMap(
        objective.network, AffineMap(matrix, center=center if objective.network.bias else None)
    )


def _weight_norm(objective: Any, params: Any, strength: float, rng: Generator) -> Remembered:
    return Remembered(WeightNormalization(objective.network, layer=1), group="weight normalization")


def _radial(objective: Any, params: Any, strength: float, rng: Generator) -> Remembered:
    return Remembered(RadialPower(np.exp(strength * rng.normal() / 2)), group="radial coordinates")


def _power(objective: Any, params: Any, strength: float, rng: Generator) -> Remembered:
    origin = unflatten(np.zeros(flatten(params).size), like=params)
    # away from 1: where the exponent is small, the curvature of the map hardly shows
    exponent = np.exp(strength * rng.uniform(0.3, 1.0))
    return Remembered(Power(origin, a=(1 / exponent - 1) / 2, b=0.0), group="power coordinates")


def _split(objective: Any, params: Any, strength: float, rng: Generator) -> SplitNeuron:
    unit = int(rng.integers(objective.network.hidden_sizes[0]))
    return SplitNeuron(objective.network, 1, unit, fraction=rng.uniform(0.2, 0.4))


def _deepen(objective: Any, params: Any, strength: float, rng: Generator) -> InsertIdentity:
    return InsertIdentity(objective.network, layer=1)


FAMILIES: dict[str, Family] = {
    name: Family(name, draw, about=about)
    for name, draw, about in (
        ("layers", _layers, "whole layers times factors whose product is 1"),
        ("neurons", _neurons, "into a hidden unit times a factor, out of it divided"),
        ("permute", _permute, "hidden units of the first layer in another order"),
        ("logits", _logits, "one vector added to the weights of every output"),
        ("rotate", _rotate, "inputs rotated, the first layer turned back"),
        ("units", _units, "each input in another unit, the first layer compensated"),
        ("affine", _affine, "inputs mapped affinely, the first layer compensated"),
        ("weight norm", _weight_norm, "the first layer in lengths and directions"),
        ("radial", _radial, "coordinates in which lengths are raised to a power"),
        ("power", _power, "coordinates in which each weight is raised to a power"),
        ("split", _split, "one unit of the first hidden layer split in two"),
        ("deepen", _deepen, "an identity layer put in after the first hidden layer"),
    )
}


def as_families(value: Any) -> tuple[Family, ...]:
    """Families out of names, families and single symmetries; all of them for None."""
    if value is None:
        return tuple(FAMILIES.values())
    items = [value] if isinstance(value, str) or hasattr(value, "apply") else value
    families = tuple(_one(item) for item in items)
    names = [family.name for family in families]
    if not names or len(set(names)) < len(names):
        raise ValueError(
            f"transforms must have names, each its own, got {names}. Pass Family(name, draw)."
        )
    return families


def _one(item: Any) -> Family:
    """A family as it is; a single symmetry as the family that only holds it."""
    if isinstance(item, Family):
        return item
    if isinstance(item, str):
        return FAMILIES[require_choice(item, "transforms", FAMILIES)]
    if not (hasattr(item, "apply") and hasattr(item, "check")):
        raise TypeError(
            "transforms must be names of families, Family objects or symmetries, got "
            f"{type(item).__name__}. Pass for instance ['neurons', alpha_scale(net, 2.0)]."
        )
    return Family(item.group, lambda objective, params, strength, rng: item, about="the one given")
