"""Sections 3.2 and 5.2: basins of attraction, and the curvature at their bottoms."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.spectra_and_basins.wells import EDGE, curvatures, euler, line, plane, shares
from flatlib.measures import TwoWells, basins

_wu = partial(claim, paper="wu2017", page="spectra_and_basins")
_LINE = line()
_CELL = 2 * EDGE / len(_LINE)  # how far the end of a basin may be from where it is found


@_wu("WU-R6", place="section 3.2", verdict="illustrated")
def basins_by_the_flow(rng: np.random.Generator) -> Check:
    """The basin of an attractor is the set of starts from which the gradient flow ends in it.

    In the plane its area can be measured, and it is not what the curvature at the bottom says.
    """
    ridge, bend = rng.uniform(0.4, 0.75), rng.uniform(0.3, 0.6)
    starts = plane()
    straight, bent = TwoWells(ridge), TwoWells(ridge, bend=bend)
    found = basins(straight.gradient, starts, straight.minima)
    curved = basins(bent.gradient, starts, bent.minima)
    decided = found.labels >= 0
    return Check.all_of(
        f"two wells in the plane, a ridge at {ridge:.2f}, 576 starts",
        [
            Check.at_least("fraction of the starts that are decided", 0.99, decided.mean()),
            Check.equal(
                "straight valley: the basins are the half-planes on both sides of the ridge",
                (starts[:, 0] > ridge)[decided].astype(float),
                found.labels[decided].astype(float),
            ),
            Check.equal(
                "bent valley: the same basins by 600 small steps of descent, up to 1 % of starts",
                1.0,
                np.mean(curved.labels == euler(bent, starts)),
                tolerance=0.01,
            ),
            *_areas_beside_curvatures(straight, found.shares, starts),
        ],
    )


def _areas_beside_curvatures(wells: TwoWells, areas: np.ndarray, starts: np.ndarray) -> list[Check]:
    """Equal curvatures with unequal areas, and unequal curvatures with the same areas."""
    stiff = TwoWells(wells.ridge, curvature=9.0)
    return [
        Check.equal("det^(-1/2) has both equal", 1.0, np.divide(*wells.determinants)),
        Check.at_least("the areas are not: left over right", 1.7, np.divide(*areas)),
        Check.equal(
            "with 9 times the curvature on the left, the same areas, up to 1 %",
            areas,
            shares(stiff, starts),
            tolerance=0.01,
        ),
    ]


@_wu(
    "WU-R5",
    place="section 5.2",
    verdict="holds, with a condition the paper leaves out",
    quote="a large basin often implies that the local valley around the attractor is very flat and "
    "vice versa",
)
def flat_bottoms_and_large_basins(rng: np.random.Generator) -> Check:
    """A large basin often means a flat valley around the attractor, and the other way round.

    The condition: the valleys are of one shape, one a magnified image of the other and as deep.
    Otherwise the curvature of a bottom does not know where the ridge is: equal curvatures with
    unequal basins, and unequal curvatures with equal basins.
    """
    ridge, factor = rng.uniform(0.5, 0.75), rng.uniform(1.5, 3.0)
    wells = TwoWells(ridge)
    widths = 2 * EDGE * shares(wells, _LINE)
    return Check.all_of(
        f"double wells on a line, ridges at {ridge:.2f} and 0",
        [
            *_equal_curvatures(wells, widths, ridge),
            *_equal_widths(),
            _one_shape(wells, widths, factor),
        ],
    )


def _equal_curvatures(wells: TwoWells, widths: np.ndarray, ridge: float) -> list[Check]:
    """With unequal basins."""
    return [
        Check.equal("equal losses at the bottoms", [0.0, 0.0], wells.loss(wells.minima)),
        Check.equal("and equal curvatures", [1.0, 1.0], curvatures(wells), tolerance=1e-4),
        Check.equal(
            "but the widths are those up to the ridge, up to a cell",
            [EDGE + ridge, EDGE - ridge],
            widths,
            tolerance=_CELL / EDGE,
        ),
        Check.at_least("left over right", 1.9, np.divide(*widths)),
    ]


def _equal_widths() -> list[Check]:
    """With unequal curvatures."""
    stiff = TwoWells(0.0, curvature=9.0)
    return [
        Check.equal("curvatures of 9 and 1", [9.0, 1.0], curvatures(stiff), tolerance=1e-3),
        Check.equal(
            "and equal widths, up to a cell",
            [EDGE, EDGE],
            2 * EDGE * shares(stiff, _LINE),
            tolerance=_CELL / EDGE,
        ),
    ]


def _one_shape(wells: TwoWells, widths: np.ndarray, factor: float) -> Check:
    """The same wells, smaller by a factor in all lengths."""
    smaller = basins(lambda x: factor * wells.gradient(factor * x), _LINE / factor,
                     wells.minima / factor, radius=0.05 / factor, time=40 / factor**2)  # fmt: skip
    return Check.equal(
        "valleys of one shape: widths shrink by the factor of the magnification",
        widths / factor,
        2 * EDGE / factor * smaller.shares,
        tolerance=_CELL / EDGE,
    )
