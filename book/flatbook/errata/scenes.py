"""Corollary 1 of Wu et al. on random nets and on those that were designed against it."""

import numpy as np

from flatbook.fisher_bound import counterexamples
from flatbook.fisher_bound.scenes import EIGHT, random_sides
from flatlib.measures import bounds


def attempts(
    rng: np.random.Generator, number: int
) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """Left over printed right side by activation: of random nets, (number,), and of our design.

    Nets whose left side is below a thousandth of the right are shown at a thousandth.
    """
    drawn, designed = {}, {}
    for activation in EIGHT:
        sides = random_sides(activation, rng, number)
        drawn[activation.name] = np.maximum(sides.left / sides.printed, 1e-3)
    for name, make in counterexamples.ALL.items():
        sides, kind = bounds.corollary_bound(*make()), name.split(",")[0]
        designed[kind] = max(designed.get(kind, 0.0), sides.left / sides.printed)
    return drawn, designed
