"""What the figures of spectra and basins show is what the library computes."""

import numpy as np
import pytest

from flatbook.spectra_and_basins.figures_basins import basin_map
from flatbook.spectra_and_basins.figures_solutions import solution_spectra

EDGES = np.logspace(-9, 3, 13)


@pytest.fixture(scope="module")
def wells():
    return basin_map([-0.5, 0.5], [0.25, 4.0], bend=0.0)


@pytest.mark.parametrize("ridge", [-0.5, 0.5])
@pytest.mark.parametrize("curvature", [0.25, 4.0])
def test_bars_are_the_area_up_to_the_ridge_and_the_share_of_the_roots(wells, ridge, curvature):
    right = wells.figure(ridge=ridge, curvature=curvature).axes[1]
    area, curved = (bar.get_height() for bar in right.patches)
    # the starts are on a grid of 72 columns
    np.testing.assert_allclose(area, 100 * (1.5 + ridge) / 3, atol=100 / 72)
    np.testing.assert_allclose(curved, 100 / (1 + np.sqrt(curvature)), rtol=1e-12)


def test_the_alt_text_says_both_shares(wells):
    assert len(set(wells.alts)) == 4
    assert "67 %" in wells.alts[-1] and "33 %" in wells.alts[-1]


def test_spectra_show_the_counts_of_the_first_and_the_top_of_all():
    rng = np.random.default_rng(0)
    rows = [
        {
            "positive": rng.integers(1, 9, size=12),
            "negative": rng.integers(1, 9, size=12),
            "zeros": 5,
            "top": np.sort(rng.uniform(size=50))[::-1],
            "test_accuracy": accuracy,
        }
        for accuracy in (0.9, 0.5)
    ]
    figure = solution_spectra(rows, EDGES)
    left, right = figure.figure().axes
    heights = np.array([bar.get_height() for bar in left.patches])
    np.testing.assert_array_equal(heights, [*rows[0]["positive"], *-rows[0]["negative"]])
    for line, row in zip(right.lines, rows, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), row["top"])
    assert [text.get_text() for text in right.texts] == ["90%", "50%"]
    assert "5 are 0" in figure.alts[0]
