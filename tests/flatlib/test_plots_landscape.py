"""Slices and surfaces show the loss where they say."""

import numpy as np
import pytest
from bad_calls import PARAMS, SQUARED
from matplotlib.contour import ContourSet
from plot_cases import WAYS

from flatlib import Objective, flatten, hessian, plots
from flatlib.networks import MLP

pytestmark = pytest.mark.usefixtures("closed_figures")


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
