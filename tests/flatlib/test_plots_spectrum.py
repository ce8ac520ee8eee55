"""Stems, bars and curves of a spectrum are the eigenvalues and the density that came in."""

import numpy as np
import pytest
from matplotlib import colors
from matplotlib.collections import LineCollection
from plot_cases import DENSITY, FEW, MANY

from flatlib import plots
from flatlib.curvature import SpectralDensity
from flatlib.plots import style

pytestmark = pytest.mark.usefixtures("closed_figures")


def marks(ax):
    """Every marker as (x, y, colour), by x."""
    dots = [line for line in ax.lines if line.get_marker() not in ("None", "")]
    return sorted((*xy, line.get_color()) for line in dots for xy in line.get_xydata())


def test_stems_are_the_eigenvalues_in_order_and_negative_ones_are_marked():
    ax = plots.spectrum(FEW)
    x, y, color = zip(*marks(ax), strict=True)
    np.testing.assert_array_equal(x, [1, 2, 3, 4])
    np.testing.assert_array_equal(y, [3.0, 1.0, 0.25, -0.5])
    assert color == (style.COLORS["hessian"],) * 3 + (style.COLORS["alpha"],)
    stems = [s for c in ax.collections if isinstance(c, LineCollection) for s in c.get_segments()]
    ends = sorted([*map(tuple, stem)] for stem in stems)
    assert ends == [[(k, 0.0), (k, v)] for k, v in zip(x, y, strict=True)]
    assert ax.get_yscale() == "linear"
    assert plots.spectrum([1.0, 1e-3, -1e-5]).get_yscale() == "symlog"


def drawn(x, ax):
    """Where matplotlib's symmetric-log axis puts x, by its definition, for a linscale of 1."""
    linear = ax.xaxis.get_transform().linthresh
    x, size = np.asarray(x, dtype=float), np.abs(x)
    outside = np.sign(x) * linear * (10 / 9 + np.log10(np.maximum(size, linear) / linear))
    return np.where(size <= linear, x * 10 / 9, outside)


def assert_bars_hold(ax, values):
    """Every value in a bar, every bar of its values, all of one width on the axis as drawn."""
    widths = []
    for bar in ax.patches:
        low, high = bar.get_x(), bar.get_x() + bar.get_width()
        assert bar.get_height() == sum(low <= value < high for value in values)
        side = "muted" if low < 0 < high else ("alpha" if high <= 0 else "hessian")
        assert colors.to_hex(bar.get_facecolor()).upper() == style.COLORS[side]
        widths.append(float(np.diff(drawn([low, high], ax))[0]))
    assert sum(bar.get_height() for bar in ax.patches) == len(values)
    # an edge far out is known to a part in 1e16, and so is its place
    np.testing.assert_allclose(widths, widths[0], rtol=1e-9)


def test_bars_count_the_eigenvalues():
    ax = plots.spectrum(MANY)
    assert ax.get_xscale() == "symlog"
    assert_bars_hold(ax, MANY)
    said = [text.get_text() for text in ax.get_legend().get_texts()]
    assert sum(int(text.split()[0]) for text in said) == len(MANY)
    with pytest.raises(AssertionError):
        assert_bars_hold(ax, np.append(MANY[1:], MANY[-1]))
    with pytest.raises(AssertionError):
        assert_bars_hold(plots.spectrum(np.abs(MANY)), MANY)


@pytest.mark.parametrize("values", [np.zeros(60), np.ones(60), -np.ones(60), np.arange(60.0)])
def test_bars_of_values_without_decades_are_on_a_linear_axis(values):
    ax = plots.spectrum(values)
    assert ax.get_xscale() == "linear"
    assert sum(bar.get_height() for bar in ax.patches) == 60


def assert_density_holds(ax, density):
    """The curve against a loop over probes and nodes, and P eigenvalues under it."""
    (line,) = ax.lines
    x, heights = line.get_data()
    places = drawn(x, ax)
    width = np.ptp(places) / (len(places) / 10 - 1)
    expected = 0.0
    for nodes, weights in zip(density.nodes, density.weights, strict=True):
        for node, weight in zip(nodes, weights, strict=True):
            z = (places - drawn(node, ax)) / (width / 2)
            expected += weight * np.exp(-(z**2) / 2) / np.sqrt(np.pi / 2)
    expected *= density.num_params / len(density.nodes)
    np.testing.assert_allclose(heights, expected, rtol=1e-6, atol=1e-12 * heights.max())
    # the axis ends 1.5 bars beyond, three standard deviations: 0.14 % of what is there is cut
    mass = np.trapezoid(heights, places) / width
    np.testing.assert_allclose(mass, density.num_params, rtol=1.4e-3)


@pytest.mark.parametrize("eigenvalues", [MANY, None])
def test_the_curve_is_the_density(eigenvalues):
    given = {} if eigenvalues is None else {"density": DENSITY}
    ax = plots.spectrum(DENSITY if eigenvalues is None else eigenvalues, **given)
    assert_density_holds(ax, DENSITY)
    wrong = SpectralDensity(DENSITY.nodes, DENSITY.weights[::-1, ::-1], len(MANY), 0)
    with pytest.raises(AssertionError):
        assert_density_holds(ax, wrong)


def test_a_density_alone_marks_its_negative_part():
    ax = plots.spectrum(DENSITY)
    fills = {colors.to_hex(fill.get_facecolor()[0]).upper(): fill for fill in ax.collections}
    below = fills[style.COLORS["alpha"]].get_paths()[0].vertices[:, 0]
    above = fills[style.COLORS["hessian"]].get_paths()[0].vertices[:, 0]
    assert below.max() < 0 < above.min()
