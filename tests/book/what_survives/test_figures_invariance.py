"""What the figures of the invariance matrix say in words is what is the case."""

import re

import numpy as np
import pytest

from flatbook.what_survives import invariance_heatmap, moving_measures
from flatlib import invariance_matrix
from flatlib.invariance import FAMILIES, MEASURES, Trial, default_scene

ROWS = ["trace", "adaptive sharpness, worst", "column form, last"]


@pytest.fixture(scope="module")
def scene():
    return default_scene(np.random.default_rng(0))


def race(scene, families, strengths):
    return moving_measures(
        *scene, np.random.default_rng(1), measures=ROWS, transforms=families, strengths=strengths
    )


def test_dots_that_stay_are_counted_and_named(scene):
    alts = race(scene, ["neurons", "logits"], [0.0, 0.5]).alts
    assert "3 of them stay at 1" in alts[0]
    assert "2 of them stay at 1 (adaptive sharpness, worst, column form, last)" in alts[1]
    assert "2 of them stay at 1 (trace, column form, last)" in alts[3]


def test_the_range_that_is_said_is_the_range_that_is_measured(scene):
    objective, params = scene
    alt = race(scene, ["neurons", "rotate"], [0.25, 1.0]).alts[1]
    low, high = map(float, re.search(r"from ([\d.]+) to ([\d.]+)\.", alt).groups())
    # the seed that the figure draws
    seed = int(np.random.default_rng(1).integers(2**32))
    moved = Trial(objective, params, FAMILIES["neurons"], seed, 1.0).moved
    ratios = [MEASURES[row](*moved) / MEASURES[row](objective, params) for row in ROWS]
    assert low == pytest.approx(min(ratios), rel=0.05)
    assert high == pytest.approx(max(ratios), rel=0.05)


def test_the_heat_map_counts_the_ticks_of_the_matrix():
    matrix = invariance_matrix(
        np.random.default_rng(0), measures=ROWS, transforms=["neurons", "logits"], num_draws=1
    )
    verdicts = [cell.verdict for cell in matrix.cells.values()]
    alt = invariance_heatmap(matrix).alts[0]
    assert f"{verdicts.count('invariant')} of the 6 pairs are invariant" in alt
    assert "trace: logits; adaptive sharpness, worst: neurons" in alt
    alone = invariance_heatmap(matrix, measures=["trace"]).alts[0]
    assert "A table of 1 measures against 2 families" in alone
