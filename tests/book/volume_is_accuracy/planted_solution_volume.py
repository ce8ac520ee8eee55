"""Errors planted in what the claims on bits, and on the estimated volume of solutions, rest on."""

from dataclasses import replace
from math import comb

import numpy as np

from flatbook.volume_is_accuracy import claims_bits
from flatlib.measures import SolutionVolume, _many, _slices


def _ties_are_right(monkeypatch):
    monkeypatch.setattr(
        claims_bits, "_right", lambda outputs, labels: (outputs * labels >= 0).all(axis=1)
    )


def _price_of_a_right_label(monkeypatch):
    monkeypatch.setattr(claims_bits, "_price_of_a_wrong_label", lambda a: float(-np.log2(a)))


def _one_dimension_too_many(monkeypatch):
    monkeypatch.setattr(claims_bits, "comb", lambda n, k: comb(n, k + 1))


def _volume_is_off(monkeypatch):
    """By a fifth."""
    true = SolutionVolume.volume.fget

    def wrong(run):
        found = true(run)
        return replace(found, value=1.2 * found.value, samples=1.2 * found.samples)

    monkeypatch.setattr(SolutionVolume, "volume", property(wrong))


def _only_the_newest_example(monkeypatch):
    """Moves that look at the label that came last, and forget the others."""
    true = _slices._Blocks.__call__

    def wrong(move, normals, count, rng):
        newest = slice(count - 1, count)
        problem = replace(
            move.problem, inputs=move.problem.inputs[newest], labels=move.problem.labels[newest]
        )
        return true(_slices._Blocks(problem, move.blocks), normals, 1, rng)

    monkeypatch.setattr(_slices._Blocks, "__call__", wrong)


def _ties_survive(monkeypatch):
    """A silent network is right on everything."""
    wrong = lambda outputs, labels, _: outputs[:, :, 0] * labels >= 0  # noqa: E731
    monkeypatch.setattr(_many, "right_on", wrong)
    monkeypatch.setattr(_slices, "right_on", wrong)


def _the_dead_live_on(monkeypatch):
    """A floor for the share of a level without survivors."""
    true = SolutionVolume.volume.fget

    def wrong(run):
        found = true(run)
        return replace(found, value=max(found.value, 1e-3)) if run.dead else found

    monkeypatch.setattr(SolutionVolume, "volume", property(wrong))


def _mean_of_logarithms(monkeypatch):
    true = SolutionVolume.volume.fget

    def wrong(run):
        found = true(run)
        mean = np.exp(np.log(np.maximum(found.samples, 1e-300)).mean())
        return replace(found, value=float(mean), samples=np.full(len(found.samples), mean))

    monkeypatch.setattr(SolutionVolume, "volume", property(wrong))


PLANTED = [
    ("SR5", _ties_are_right),
    ("SR5", _price_of_a_right_label),
    ("SR5", _one_dimension_too_many),
    ("SR5", _volume_is_off),
    ("SR6", _volume_is_off),
    ("SR6", _only_the_newest_example),
    ("SR6", _ties_survive),
    ("SR6", _the_dead_live_on),
    ("SR6", _mean_of_logarithms),
]
