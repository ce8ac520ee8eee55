"""What is drawn is what came in, in one look; nothing of Matplotlib's is changed or left open."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from bad_calls import NET, PARAMS, SQUARED
from bad_calls_plots import CASES
from matplotlib import colors, pyplot
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.text import Text
from refusals import assert_refused

from flatlib import Objective, flatten, hessian, invariance_matrix, plots
from flatlib.curvature import SpectralDensity, spectral_density
from flatlib.networks import MLP
from flatlib.plots import style

P = NET.num_params
RNG = np.random.default_rng(0)
FEW = np.array([3.0, -0.5, 1.0, 0.25])
MANY = np.sort(np.concatenate([10 ** RNG.uniform(-5, 0, 300), -(10 ** RNG.uniform(-5, -3, 40))]))
DENSITY = spectral_density(np.diag(MANY), RNG, num_steps=120, num_probes=3)
BEFORE, AFTER = {"trace": 3.0, "norm": 2.0, "loss": 0.25}, {"norm": 5e4, "loss": 0.25, "trace": 0.3}
MATRIX = invariance_matrix(
    np.random.default_rng(0),
    measures=["trace", "κ_max, last", "θHθᵀ"],
    transforms=["neurons", "radial", "permute"],
)
WAYS = np.random.default_rng(1).normal(size=(2, P))
CALLS = {
    "few": lambda ax=None: plots.spectrum(FEW, ax=ax),
    "many": lambda ax=None: plots.spectrum(MANY, ax=ax),
    "many and their density": lambda ax=None: plots.spectrum(MANY, density=DENSITY, ax=ax),
    "density": lambda ax=None: plots.spectrum(DENSITY, ax=ax),
    "slice": lambda ax=None: plots.slice(SQUARED, PARAMS, WAYS[0], num_points=5, ax=ax),
    "top slice": lambda ax=None: plots.slice(SQUARED, PARAMS, num_points=5, ax=ax),
    "surface": lambda ax=None: plots.surface(SQUARED, PARAMS, tuple(WAYS), num_points=5, ax=ax),
    "top surface": lambda ax=None: plots.surface(SQUARED, PARAMS, num_points=5, ax=ax),
    "compare": lambda ax=None: plots.compare(BEFORE, AFTER, ax=ax),
    "invariance": lambda ax=None: plots.invariance(MATRIX, ax=ax),
}
EACH = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@pytest.fixture(autouse=True)
def _closed():
    pyplot.switch_backend("agg")
    pyplot.close("all")
    yield
    pyplot.close("all")


def test_the_library_does_not_import_matplotlib():
    code = "import sys, flatlib.plots.style; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@EACH
def test_on_axes_of_the_caller_nothing_is_opened_and_no_setting_changes(call):
    with matplotlib.rc_context({"font.size": 31, "lines.linewidth": 7.0, "axes.grid": True}):
        before = dict(matplotlib.rcParams)
        ax = Figure().subplots()
        assert call(ax) is ax
        assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == []


@EACH
def test_without_axes_one_figure_is_opened_and_no_setting_changes(call):
    before = dict(matplotlib.rcParams)
    ax = call()
    assert pyplot.get_fignums() == [ax.figure.number]
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_refusal_leaves_no_figure_open(case):
    assert_refused(*case[1:])
    assert pyplot.get_fignums() == []


@EACH
def test_words_are_there_and_large_enough_and_inside(call):
    ax = call()
    figure = ax.figure
    figure.canvas.draw()
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert min(text.get_fontsize() for text in words) >= 9
    assert ax.get_xlabel()
    assert ax.get_ylabel() or [label.get_text() for label in ax.get_yticklabels()]
    width, height = figure.get_size_inches() * figure.dpi
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1


def luminance(color):
    rgb = np.array(colors.to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_words_can_be_read_on_white_and_on_a_dark_page():
    assert contrast(style.WORDS, "white") >= 4.5
    assert contrast(style.WORDS, "#121212") >= 3.5
    assert contrast(style.COLORS["ink"], "#121212") < 3.5  # why words are not in ink


def test_the_settings_are_those_of_the_room_while_it_draws():
    with style.drawing(None) as ax:
        assert matplotlib.rcParams["font.family"] == ["DejaVu Sans"]
        cycle = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    assert cycle == [style.COLORS[name] for name in style.STORY]
    np.testing.assert_array_equal(ax.figure.get_size_inches(), style.SIZE)
    with pytest.raises(TypeError):
        style.COLORS["alpha"] = "red"


def test_polar_axes_are_refused():
    ax = Figure().subplots(subplot_kw={"projection": "polar"})
    assert_refused(lambda: plots.spectrum(FEW, ax=ax), TypeError, "got polar Axes")


# spectrum


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


# slice and surface


def along(params, direction, step):
    """Params a step away, array by array."""
    moved, start = [], 0
    for array in params:
        piece = direction[start : start + array.size].reshape(array.shape)
        moved.append(array + step * piece)
        start += array.size
    return tuple(moved)


def as_arrays(direction):
    return along(tuple(np.zeros_like(array) for array in PARAMS), direction, 1.0)


@pytest.mark.parametrize("form", [np.array, as_arrays, lambda way: list(as_arrays(way))])
def test_a_slice_is_the_loss_along_the_direction(form):
    ax = plots.slice(SQUARED, PARAMS, form(WAYS[0]), extent=0.5, num_points=11)
    line, dot = ax.lines
    steps, heights = line.get_data()
    np.testing.assert_array_equal(steps, np.linspace(-0.5, 0.5, 11))
    expected = [SQUARED(along(PARAMS, WAYS[0], step)) for step in steps]
    np.testing.assert_allclose(heights, expected, rtol=1e-13)
    assert dot.get_xydata().tolist() == [[0.0, SQUARED(PARAMS)]]
    backwards = [SQUARED(along(PARAMS, WAYS[0], -step)) for step in steps]
    with pytest.raises(AssertionError):  # a planted sign
        np.testing.assert_allclose(heights, backwards, rtol=1e-13)


def quadratic(p):
    return (4 * p[0] ** 2 + 6 * p[1] ** 2 + p[2] ** 2) / 2


def test_the_slice_is_along_the_eigenvector_of_the_largest_eigenvalue():
    line, _ = plots.slice(quadratic, np.zeros(3)).lines
    steps, heights = line.get_data()
    np.testing.assert_allclose(heights, 3 * steps**2, rtol=1e-12, atol=1e-15)


def test_a_larger_net_is_sliced_along_the_eigenvector_of_its_matrix():
    net, rng = MLP((6, 12, 3), "tanh"), np.random.default_rng(3)
    inputs, labels = rng.normal(size=(20, 6)), rng.integers(3, size=20)
    objective, params = Objective(net, "cross_entropy", inputs, labels), net.init(rng)
    assert net.num_params > 100  # by products
    values, vectors = np.linalg.eigh(hessian(objective, params))
    ax = plots.slice(objective, params, num_points=5)
    assert ax.get_xlabel().endswith(f"λ = {values[-1]:.3g}")
    steps, heights = ax.lines[0].get_data()
    way = vectors[:, -1] * np.sign(vectors[np.argmax(np.abs(vectors[:, -1])), -1])
    expected = [objective(along(params, way, step)) for step in steps]
    # ARPACK stops at rounding; a loss differs by the gradient times that
    np.testing.assert_allclose(heights, expected, rtol=1e-9)


def test_a_net_of_no_curvature_has_a_slice():
    net = MLP((9, 12, 2))
    flat = Objective(net, "squared", np.zeros((2, 9)), np.zeros((2, 2)))
    zeros = tuple(np.zeros(shape) for shape in net.param_shapes)
    assert plots.slice(flat, zeros, num_points=3).get_xlabel()


def contours(ax):
    """(level, vertices) of every contour line."""
    lines = [c for c in ax.collections if isinstance(c, ContourSet) and not c.filled]
    for level, path in zip(lines[0].levels, lines[0].get_paths(), strict=True):
        yield level, path.vertices


def test_contours_of_a_linear_loss_are_where_it_has_their_level():
    slope, first, second = np.array([1.0, -2.0, 3.0]), [1.0, 0.0, 0.5], [0.0, 0.2, 1.0]
    ax = plots.surface(lambda p: slope @ p, np.ones(3), (first, second), extent=2.0, num_points=5)
    count = 0
    for level, vertices in contours(ax):
        # contours are interpolated linearly: of a linear loss exact
        moved = np.ones(3) + vertices @ np.array([first, second])
        np.testing.assert_allclose(moved @ slope, level, rtol=1e-12, atol=1e-12)
        with pytest.raises(AssertionError):  # the axes changed over
            turned = np.ones(3) + vertices[:, ::-1] @ np.array([first, second])
            np.testing.assert_allclose(turned @ slope, level, rtol=1e-12, atol=1e-12)
        count += len(vertices)
    assert count > 20


def test_levels_of_a_bowl_are_equally_far_from_each_other():
    ax = plots.surface(lambda p: p @ p, np.zeros(2), ([1.0, 0.0], [0.0, 1.0]), extent=1.0)
    radii = np.sqrt([level for level, _ in contours(ax)])
    np.testing.assert_allclose(np.diff(radii, prepend=0.0), np.sqrt(2) / 10, rtol=1e-12)


def test_a_surface_is_in_the_plane_of_the_two_largest_eigenvalues():
    ax = plots.surface(quadratic, np.zeros(3), num_points=41)
    assert (ax.get_xlabel()[-5:], ax.get_ylabel()[-5:]) == ("λ = 6", "λ = 4")
    for level, vertices in contours(ax):
        heights = (6 * vertices[:, 0] ** 2 + 4 * vertices[:, 1] ** 2) / 2
        # linear interpolation on squares of side h is off by at most λ h² / 8 in each direction
        np.testing.assert_allclose(heights, level, atol=10 * 0.05**2 / 8, rtol=0)
        np.testing.assert_array_less(0.0, level)


def test_a_plateau_is_drawn():
    assert plots.surface(lambda p: 0.0 * p[0], np.zeros(2), ([1, 0], [0, 1]), num_points=3)


def test_directions_of_a_surface_may_be_of_either_form():
    pairs = (WAYS[0], as_arrays(WAYS[1])), (as_arrays(WAYS[0]), WAYS[1])
    one, two = (plots.surface(SQUARED, PARAMS, pair, num_points=5) for pair in pairs)
    for (level, vertices), (same, others) in zip(contours(one), contours(two), strict=True):
        assert level == same
        np.testing.assert_array_equal(vertices, others)
    np.testing.assert_array_equal(flatten(as_arrays(WAYS[0])), WAYS[0])


# compare and invariance


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
