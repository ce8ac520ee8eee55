"""Section 2: the volume of the set around a minimum where the loss is low."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.measures import flat_interval


@claim(
    "DINH-D1",
    paper="dinh2017",
    place="section 2, Definition 1",
    verdict="holds",
    page="three_notions",
)
def volume_flatness(rng: np.random.Generator) -> Check:
    """Flatness is the volume of C(L, theta, epsilon), where L < L(theta) + epsilon, around theta.

    C is the largest connected set of that kind: it exists, is open, and leaves other wells out.
    """
    height, tilt = rng.uniform(0.2, 0.8), rng.uniform(0.05, 0.2)
    left, right = flat_interval(_double, 1.0, height)
    return Check.all_of(
        "the component is found by walking outwards, in agreement with closed forms and a grid",
        [
            Check.equal(
                "double well (x^2 - 1)^2: ends of the component of 1",
                [(1 - height**0.5) ** 0.5, (1 + height**0.5) ** 0.5],
                [left, right],
            ),
            Check.equal(
                "open: the ends are at the level", [height] * 2, [_double(left), _double(right)]
            ),
            *_against_a_grid(right - left, height, tilt),
            Check.equal(
                "at the height of the barrier, strictly below: one well; higher up: both",
                [2.0**0.5, 2 * 2.2**0.5],
                [flat_interval(_double, 1.0, h).length for h in (1.0, 1.44)],
            ),
        ],
    )


def _against_a_grid(length: float, height: float, tilt: float) -> list[Check]:
    """The component without the other well, which on a grid is seen."""
    grid = np.linspace(-2.5, 2.5, 500_001)
    tilted = flat_interval(lambda x: _double(x) + tilt * (x - 1) ** 2, 1.0, height)
    return [
        Check.equal(
            "the other well is not counted: length over that of the whole set",
            0.5,
            length / _measure(_double(grid) < height, grid),
            tolerance=1e-3,
        ),
        Check.equal(
            "a tilted double well, against a grid",
            _grid_length(_double(grid) + tilt * (grid - 1) ** 2 < height, grid),
            tilted.length,
            tolerance=1e-3,
        ),
    ]


def _double(x):
    return (x * x - 1) ** 2


def _measure(inside, grid):
    return inside.sum() * (grid[1] - grid[0])


def _grid_length(inside, grid):
    """Length of the run of grid points inside, around x = 1."""
    outside = grid[~inside]
    return outside[outside > 1].min() - outside[outside < 1].max()
