"""Volumes far too small to be hit: double the particles that are left, move them, go on."""

from collections.abc import Callable, Sequence

import numpy as np

from flatlib.measures._slices import angles_that_fit, turn

Losses = Callable[[np.ndarray], np.ndarray]  # of K points, a row each


def halved_levels(
    losses: Losses,
    blocks: Sequence[np.ndarray],
    rng: np.random.Generator,
    *,
    num_particles: int = 400,
    num_halvings: int = 40,
    num_sweeps: int = 3,
) -> np.ndarray:
    """Levels below which a half, a quarter, an eighth ... of the normal law has its loss.

    The median loss of the particles is the next level. Those below it are doubled, and each is
    moved along elliptical slices, one block of coordinates after the other, which leaves the
    normal law below the level alone.

    Page: ``book/exponent``.

    Args:
        losses: of points (K, P), which are normal with variance 1 to begin with.
        blocks: coordinates that move together; all of them, in all.
        rng: draws the points.
        num_particles: K, even.
        num_halvings: J.
        num_sweeps: through all blocks after each halving.

    Returns:
        Natural logarithms of the levels, shape (J,), falling.
    """
    size = sum(len(block) for block in blocks)
    points, levels = rng.normal(size=(num_particles, size)), []
    found = losses(points)
    for _ in range(num_halvings):
        order = np.argsort(found)
        half = num_particles // 2
        level = found[order[half - 1 : half + 1]].mean()
        points = points[order[:half]].repeat(2, axis=0)
        for _ in range(num_sweeps):
            for block in blocks:
                points = _moved(losses, points, block, level, rng)
        found = losses(points)
        levels.append(np.log(level))
    return np.array(levels)


def _moved(losses: Losses, points, block, level: float, rng: np.random.Generator) -> np.ndarray:
    fresh = rng.normal(size=(len(points), len(block)))

    def turned(rows, angles):
        found, (cos, sin) = points[rows], turn(angles)
        found[:, block] = cos * found[:, block] + sin * fresh[rows]
        return found

    angles = angles_that_fit(lambda rows, at: losses(turned(rows, at)) < level, len(points), rng)
    return turned(np.arange(len(points)), angles)


def exponent_of(levels: np.ndarray, multiplicity: int = 1, *, skip: int = 15) -> float:
    """The exponent that a run of `halved_levels` shows, by least squares on its later levels.

    A mass of 2^-j below the level e is fitted by a constant times e^exponent times a power of
    ln(1/e), whose exponent has to be known: no slope shows it.

    Page: ``book/exponent``.

    Args:
        levels: natural logarithms, shape (J,); below 0 after those that are skipped.
        multiplicity: the power of ln(1/e), plus 1.
        skip: halvings at the beginning that do not count.
    """
    masses = -np.log(2) * np.arange(1, len(levels) + 1)[skip:]
    later = levels[skip:]
    return float(np.polyfit(later, masses - (multiplicity - 1) * np.log(-later), 1)[0])
