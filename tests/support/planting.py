"""Errors that the claims of several pages are planted with: each gives what sets it in place."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from flatbook.check import Check
from flatbook.experiment import Experiment
from flatlib.params import block_sizes
from flatlib.training import Table
from flatlib.transforms import Scaling, alpha_scale


class Objection(Exception):
    """A part of a claim does not hold, so the claim does not."""


def object_at_once(monkeypatch):
    """Let the first part of a claim that fails end it: none is computed that decides nothing."""
    made = Check.__init__

    def make(self, *arguments, **options):
        made(self, *arguments, **options)
        if not self.holds:
            raise Objection(str(self))

    monkeypatch.setattr(Check, "__init__", make)


def off(module, name, factor=1.001):
    """What a module calls ``name`` returns 0.1 % too much, or ``factor`` times as much."""
    return replaced(module, name, times(factor))


def replaced(module, name, wrong):
    """What a module calls ``name`` becomes ``wrong(true)``."""

    def plant(monkeypatch):
        monkeypatch.setattr(module, name, wrong(getattr(module, name)))

    return plant


def everywhere(*modules):
    """What sets a function in the place of another, in each of these modules that uses it."""

    def put(monkeypatch, name, function):
        for module in modules:
            if hasattr(module, name):
                monkeypatch.setattr(module, name, function)

    return put


def times(factor):
    """A function whose results are multiplied by the factor."""
    return lambda true: lambda *a, **k: factor * true(*a, **k)


def value_times(factor):
    """A function whose estimates have their values multiplied, and their errors left alone."""

    def wrong(true):
        def estimate(*a, **k):
            found = true(*a, **k)
            return replace(found, value=factor * found.value)

        return estimate

    return wrong


def alpha_is_off(module):
    """A little too small, so that known bad points stay inside the ball."""
    return replaced(
        module, "alpha_scale", lambda true: lambda net, a, **k: true(net, 0.999 * a, **k)
    )


def biases_are_not_scaled(*modules):
    """The multipliers of all one-dimensional arrays set to 1."""

    def wrong(net, alpha, **layers):
        scaling = alpha_scale(net, alpha, **layers)
        is_bias = np.concatenate(
            [np.full(int(np.prod(shape)), len(shape) == 1) for shape in net.param_shapes]
        )
        return Scaling(net, np.where(is_bias, 1.0, scaling.multipliers))

    def plant(monkeypatch):
        for module in modules:
            monkeypatch.setattr(module, "alpha_scale", wrong)

    return plant


def last_entry_off(true):
    """A function whose last entry is 0.1 % off: a norm of the whole would hardly move."""

    def wrong(*arguments):
        matrix = np.array(true(*arguments))
        matrix[..., -1] *= 1.001
        return matrix

    return wrong


def rows(name: str, change: Callable[[dict[str, Any]], dict[str, Any]]):
    """Every row of one stored table changed, the others left alone."""
    return _table(name, lambda kept: (row | change(row) for row in kept))


def shuffled(name: str, column: str):
    """The column of another net: what an experiment without any relation would give."""

    def wrong(kept):
        order = np.random.default_rng(0).permutation(len(kept))
        return (row | {column: kept[int(n)][column]} for row, n in zip(kept, order, strict=True))

    return _table(name, wrong)


def _table(name, wrong):
    def plant(monkeypatch):
        true = Experiment.table

        def table(self):
            kept = true(self)
            return kept if self.name != name else Table(tuple(wrong(kept)), kept.provenance)

        monkeypatch.setattr(Experiment, "table", table)

    return plant


def beside(kind: str, change: Callable[[dict[str, Any]], dict[str, Any]]):
    """The nets of ``volume_beside`` that have learned one kind of labels."""
    return rows("volume_beside", lambda row: change(row) if row["beside"] == kind else {})


def one_layer_off(network, layer):
    """1.001 on the weights of one layer, 1 elsewhere."""
    sizes = block_sizes(network.init(np.random.default_rng(0)))
    factors = np.ones(len(sizes))
    factors[(layer - 1) * (1 + network.bias)] = 1.001
    return np.repeat(factors, sizes)


def one_direction_is_forgotten(owner):
    """A normalization that takes the first entry of a direction for none."""

    def plant(monkeypatch):
        true = owner.is_direction.fget

        def wrong(self):
            mask = np.array(true(self))
            mask[np.flatnonzero(mask)[0]] = False
            return mask

        monkeypatch.setattr(owner, "is_direction", property(wrong))

    return plant


def stretch_is_off(owner):
    """Every entry takes alpha, the lengths too."""

    def plant(monkeypatch):
        true = owner.stretch

        def wrong(self, eta, alpha):
            moved = list(true(self, eta, alpha))
            moved[-1] = moved[-1] * 1.001
            return tuple(moved)

        monkeypatch.setattr(owner, "stretch", wrong)

    return plant
