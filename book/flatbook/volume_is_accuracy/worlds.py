"""Worlds so small that every sample can be written down: a few inputs, a few hypotheses.

All masses are exact fractions, so an identity holds to the last digit or it does not hold.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

import numpy as np


@dataclass(frozen=True)
class World:
    """Hypotheses with their masses, and on which inputs each is right."""

    masses: tuple[Fraction, ...]
    right: tuple[tuple[int, ...], ...]  # a row for each hypothesis, a column for each input
    law: tuple[Fraction, ...]  # of the inputs

    def accuracy(self, hypothesis: int) -> Fraction:
        """The chance that it is right on a fresh example."""
        return sum(
            (p for p, is_right in zip(self.law, self.right[hypothesis], strict=True) if is_right),
            Fraction(0),
        )

    def samples(self, count: int) -> Iterator[tuple[Fraction, tuple[int, ...]]]:
        """All sequences of so many examples, each with its chance."""
        for sample in product(range(len(self.law)), repeat=count):
            chance = Fraction(1)
            for example in sample:
                chance *= self.law[example]
            yield chance, sample

    def solutions(self, sample: tuple[int, ...]) -> list[int]:
        """The hypotheses that are right on all of it."""
        return [h for h, row in enumerate(self.right) if all(row[example] for example in sample)]

    def mass(self, hypotheses: list[int]) -> Fraction:
        """Of these hypotheses together."""
        return sum((self.masses[h] for h in hypotheses), Fraction(0))

    def mean_accuracy(self, hypotheses: list[int]) -> Fraction:
        """Of one of these, drawn by mass; 0 where there is none."""
        mass = self.mass(hypotheses)
        total = sum((self.masses[h] * self.accuracy(h) for h in hypotheses), Fraction(0))
        return total / mass if mass else Fraction(0)

    def expected_accuracy(self, count: int) -> Fraction:
        """Of a random solution of so many examples, over the samples."""
        return sum(
            (
                chance * self.mean_accuracy(self.solutions(sample))
                for chance, sample in self.samples(count)
            ),
            Fraction(0),
        )


def random_world(rng: np.random.Generator) -> World:
    """Five hypotheses on four inputs; the last one is wrong everywhere."""
    masses, law = (rng.integers(1, 20, size=k) for k in (5, 4))
    right = rng.integers(0, 2, size=(5, 4))
    right[-1] = 0
    return World(
        tuple(Fraction(int(m), int(masses.sum())) for m in masses),
        tuple(tuple(int(r) for r in row) for row in right),
        tuple(Fraction(int(p), int(law.sum())) for p in law),
    )


# Easy images and hard ones: an example can make the next guess worse.
FALLING = World(
    (Fraction(89, 100), Fraction(1, 10), Fraction(1, 100)),
    ((1, 0), (0, 1), (1, 1)),
    (Fraction(3, 5), Fraction(2, 5)),
)


def bits(count: int, chance: Fraction) -> World:
    """As many hypotheses as inputs have bits; each is right where its own bit is 1."""
    right = tuple(product((0, 1), repeat=count))
    law = tuple(chance ** sum(row) * (1 - chance) ** (count - sum(row)) for row in right)
    return World((Fraction(1, count),) * count, tuple(zip(*right, strict=True)), law)
