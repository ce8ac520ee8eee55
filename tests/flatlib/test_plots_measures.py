"""Measures before and after, and the heat map, are the numbers that came in."""

import numpy as np
import pytest
from matplotlib.collections import QuadMesh
from plot_cases import AFTER, BEFORE, MATRIX

from flatlib import plots
from flatlib.plots import style

pytestmark = pytest.mark.usefixtures("closed_figures")


def test_rings_are_before_and_dots_after_in_the_same_row():
    ax = plots.compare(BEFORE, AFTER)
    names = [label.get_text() for label in ax.get_yticklabels()]
    points = {line.get_label(): line.get_xydata() for line in ax.lines}
    before = {names[round(y)]: x for x, y in points["before"]}
    after = {names[round(y)]: x for x, y in [*points["after"], *points["after, unmoved"]]}
    assert (before, after) == (BEFORE, AFTER)
    assert names == list(BEFORE)
    assert points["after, unmoved"].tolist() == [[0.25, names.index("loss")]]
    (bars,) = ax.collections
    ends = [segment[:, 0].tolist() for segment in bars.get_segments()]
    assert ends == [[BEFORE[name], AFTER[name]] for name in names]
    assert [text.get_text() for text in ax.texts] == ["×0.1", "×2e4", "="]
    assert ax.get_xscale() == "log"
    low, high = ax.get_ylim()
    assert low > high  # the first on top


def test_arrays_with_names_are_drawn_as_dicts_are():
    names = list(BEFORE)
    one = plots.compare(BEFORE, AFTER)
    two = plots.compare([*BEFORE.values()], [AFTER[name] for name in names], names=names)
    for line, other in zip(one.lines, two.lines, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), other.get_xydata())


@pytest.mark.parametrize(
    ("factor", "text"),
    [
        (1 + 1e-7, "="),
        (1.001, "≈1"),
        (28.2, "×28"),
        (0.5, "×0.5"),
        (1e-3, "×1e−3"),
        (3e12, "×3e12"),
    ],
)
def test_factors(factor, text):
    ax = plots.compare({"a": 2.0}, {"a": 2.0 * factor})
    assert ax.texts[0].get_text() == text


def shades(matrix):
    """The modulus of the logarithm of the factor farthest from 1, 2 at most; NaN for none."""
    table = np.full((len(matrix.measures), len(matrix.families)), np.nan)
    for row, measure in enumerate(matrix.measures):
        for column, family in enumerate(matrix.families):
            cell = matrix[measure, family]
            factors = cell.after / cell.before
            if np.isfinite(factors).all():
                worst = max(factors, key=lambda factor: abs(factor - 1))
                table[row, column] = min(abs(np.log10(abs(worst))), 2.0)
    return table


def test_cells_are_shaded_by_the_factor():
    ax = plots.invariance(MATRIX)
    (mesh,) = [c for c in ax.collections if isinstance(c, QuadMesh)]
    drawn = np.ma.filled(mesh.get_array(), np.nan).reshape(3, 3)
    np.testing.assert_allclose(drawn, shades(MATRIX), rtol=1e-12)
    assert np.isnan(drawn).any() and drawn[0, 0] > 0.1
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(drawn, shades(MATRIX).T, rtol=1e-12)
    assert [label.get_text() for label in ax.get_yticklabels()] == list(MATRIX.measures)
    assert [label.get_text() for label in ax.get_xticklabels()] == list(MATRIX.families)


def test_ticks_stand_where_a_measure_stays():
    ax = plots.invariance(MATRIX)
    for text in ax.texts:
        column, row = text.get_position()
        cell = MATRIX[MATRIX.measures[row], MATRIX.families[column]]
        assert (text.get_text() == "✓") == (cell.verdict == "invariant")
        assert (text.get_text() == "–") == (cell.verdict == "undefined")
        assert (text.get_color() == style.COLORS["function"]) == (cell.verdict == "invariant")
    assert len(ax.texts) == 9
