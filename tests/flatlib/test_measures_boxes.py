"""Certified boxes: bounds against closed forms, random and searched points, laws under scaling."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, cases

import flatlib
from flatlib import MLP, AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool, Objective
from flatlib.measures import Box, _ranges, certified_box, loss_bound
from flatlib.transforms import alpha_scale, scale_neurons

CONV_LAYERS = [
    (Conv(3, 3), MaxPool(2), Dense(2)),
    (MaxPool(2), Conv(2, 2, padding="same"), AveragePool(2), Dense(2)),
    (Conv(2, 2, stride=2), Conv(3, 1), GlobalAverage()),
]


def box_around(params, radius):
    return Box(params, np.full(flatlib.flatten(params).size, radius))


def corner(box, signs):
    middle = flatlib.flatten(box.centre)
    return flatlib.unflatten(middle + box.half_widths * signs, like=box.centre)


@given(cases(HOMOGENEOUS), st.floats(1e-3, 1.0), st.integers(0, 2**32 - 1))
def test_no_point_of_the_box_is_above_its_bound(case, radius, seed):
    box, rng = box_around(case.params, radius), np.random.default_rng(seed)
    bound = loss_bound(case.objective, box)
    signs = rng.choice([-1.0, 1.0], size=(20, box.half_widths.size))
    points = [*(corner(box, row) for row in signs), *(box.draw(rng) for _ in range(20))]
    assert max(case.objective(point) for point in points) <= bound * (1 + 1e-12) + 1e-12


@given(cases(HOMOGENEOUS, max_layers=3), st.integers(0, 2**32 - 1))
def test_the_certified_box_is_the_largest_the_bound_allows(case, seed):
    assume(case.loss == "squared" or case.sizes[-1] > 1)  # with one class the loss is 0
    box = certified_box(case.objective, case.params, 0.1)
    top = case.objective(case.params) + 0.1
    assert loss_bound(case.objective, box) < top
    wider = Box(box.centre, box.half_widths * (1 + 1e-6))
    assert loss_bound(case.objective, wider) > top - 1e-9
    assert case.objective(box.draw(np.random.default_rng(seed))) < top


@given(cases(HOMOGENEOUS), st.floats(1e-3, 1e3), st.data())
def test_bound_and_scaling_commute(case, alpha, data):
    hidden = case.sizes[1:-1]
    factors = [np.full(n, alpha ** data.draw(st.integers(-1, 1))) for n in hidden]
    box = box_around(case.params, 0.1)
    moved = box.scaled(scale_neurons(case.network, factors).multipliers)
    np.testing.assert_allclose(
        loss_bound(case.objective, moved), loss_bound(case.objective, box), rtol=1e-10, atol=1e-12
    )


@given(st.floats(0.01, 3.0), st.integers(0, 2**32 - 1))
def test_one_layer_and_one_example_is_exact(radius, seed):
    rng = np.random.default_rng(seed)
    x, y, weights = rng.normal(size=4), rng.normal(), rng.normal(size=(4, 1))
    objective = Objective(MLP((4, 1), bias=False), "squared", [x], [[y]])
    expected = (abs(x @ weights[:, 0] - y) + radius * np.abs(x).sum()) ** 2 / 2
    np.testing.assert_allclose(
        loss_bound(objective, box_around((weights,), radius)), expected, rtol=1e-12
    )


@given(st.floats(0.1, 2), st.floats(0.1, 2), st.floats(0.01, 1.5))
def test_two_positive_weights_are_exact_where_the_product_is_too_large(first, second, radius):
    objective = Objective(MLP((1, 1, 1), bias=False), "squared", [[1.0]], [[-3.0]])
    expected = ((first + radius) * (second + radius) + 3) ** 2 / 2
    found = loss_bound(objective, box_around(([[first]], [[second]]), radius))
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def interval_bound(weights, radius, x, y):
    """Largest loss of a two-layer rectified net by intervals of four products, in plain loops."""
    first, second = weights
    low, high = np.zeros(second.shape[1]), np.zeros(second.shape[1])
    for j in range(first.shape[1]):
        z = x @ first[:, j]
        reach = radius * np.abs(x).sum()
        hidden = max(z - reach, 0.0), max(z + reach, 0.0)
        for k in range(second.shape[1]):
            ends = second[j, k] - radius, second[j, k] + radius
            values = [a * b for a, b in product(hidden, ends)]
            low[k] += min(values)
            high[k] += max(values)
    return np.maximum((low - y) ** 2, (high - y) ** 2).sum() / 2


@pytest.mark.parametrize("seed", range(10))
def test_against_intervals_of_products_in_plain_loops(seed):
    rng = np.random.default_rng(seed)
    net = MLP((3, 4, 2), bias=False)
    params, x, y = net.init(rng), rng.normal(size=3), rng.normal(size=2)
    found = loss_bound(Objective(net, "squared", [x], [y]), box_around(params, 0.05))
    sharp = interval_bound(params, 0.05, x, y)
    # the products here are of intervals around a centre, never sharper and not much wider
    assert sharp * (1 - 1e-12) <= found <= 1.5 * sharp


@pytest.mark.parametrize("seed", range(5))
def test_a_searched_corner_of_a_box_five_times_as_wide_is_too_high(seed):
    rng = np.random.default_rng(seed)
    data = flatlib.data.teacher_student(net := MLP((4, 6, 2)), 20, rng)
    objective = Objective(net, "squared", data.inputs, data.targets)
    box = certified_box(objective, data.params, 0.1)
    wide, point = Box(box.centre, 5 * box.half_widths), box.draw(rng)
    highest = 0.0
    for _ in range(10):
        point = corner(wide, np.sign(flatlib.gradient(objective, point)))
        highest = max(highest, objective(point))
    assert highest > 0.1


@pytest.mark.parametrize("layers", CONV_LAYERS)
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_convolutions_and_pools(layers, loss):
    rng = np.random.default_rng(0)
    net = ConvNet((6, 6, 2), layers)
    classes = net.num_outputs
    targets = rng.normal(size=(5, classes)) if loss == "squared" else rng.integers(classes, size=5)
    objective = Objective(net, loss, rng.normal(size=(5, 6, 6, 2)), targets)
    box = certified_box(objective, net.init(rng, bias_std=0.5), 0.3)
    top = objective(box.centre) + 0.3
    signs = rng.choice([-1.0, 1.0], size=(100, net.num_params))
    assert max(objective(corner(box, row)) for row in signs) < top
    wide = Box(box.centre, 20 * box.half_widths)
    assert max(objective(corner(wide, row)) for row in signs) > top


def test_a_convolutional_net_of_dense_layers_is_the_dense_net():
    rng = np.random.default_rng(0)
    dense, conv = MLP((3, 5, 4, 2)), ConvNet((1, 3), (Dense(5), Dense(4), Dense(2)))
    params, inputs, targets = dense.init(rng), rng.normal(size=(6, 3)), rng.normal(size=(6, 2))
    bounds = [
        loss_bound(Objective(net, "squared", x, targets), box_around(params, 0.1))
        for net, x in [(dense, inputs), (conv, inputs[:, None, :])]
    ]
    np.testing.assert_allclose(*bounds, rtol=1e-12)


def test_a_box_has_a_volume_ends_and_images():
    box = Box(([[1.0, -2.0]], [3.0]), [0.5, 1.0, 0.25])
    assert box.log_volume == pytest.approx(np.log(1.0 * 2.0 * 0.5), rel=1e-14)
    np.testing.assert_array_equal(box.ends, [[0.5, -3.0, 2.75], [1.5, -1.0, 3.25]])
    image = box.scaled([2.0, 2.0, 0.5])
    np.testing.assert_array_equal(image.ends, [[1.0, -6.0, 1.375], [3.0, -2.0, 1.625]])
    assert image.log_volume == pytest.approx(box.log_volume + np.log(2.0), rel=1e-13)


def test_boxes_that_touch_do_not_overlap():
    left, right = Box(([0.0, 0.0],), [1.0, 1.0]), Box(([2.0, 0.5],), [1.0, 1.0])
    assert not left.overlaps(right)
    assert not right.overlaps(left)
    assert left.overlaps(Box(([1.999, 1.999],), [1.0, 1.0]))
    assert not left.overlaps(Box(([1.999, 2.001],), [1.0, 1.0]))


def test_draws_fill_the_box():
    box, rng = Box(([1.0, -2.0],), [0.5, 3.0]), np.random.default_rng(0)
    points = np.array([box.draw(rng)[0] for _ in range(4000)])
    error = box.half_widths / np.sqrt(3 * 4000)
    assert (np.abs(points.mean(axis=0) - [1.0, -2.0]) < 4 * error).all()
    assert (points.min(axis=0) < box.ends[0] + 0.01 * box.half_widths).all()


@given(cases(HOMOGENEOUS, max_layers=3), st.floats(0.01, 0.3))
def test_disjoint_step_against_a_search(case, radius):
    assume(len(case.sizes) >= 3)
    net, box = case.network, box_around(case.params, radius)
    moving = alpha_scale(net, 2.0).multipliers != 1
    assume((np.abs(case.theta)[moving] > 1.05 * radius).any())
    low, high = 1.0, 100.0
    for _ in range(60):
        middle = np.sqrt(low * high)
        meets = box.overlaps(box.scaled(alpha_scale(net, middle).multipliers))
        low, high = (middle, high) if meets else (low, middle)
    np.testing.assert_allclose(box.disjoint_step(moving), high, rtol=1e-9)


def test_the_bound_sees_planted_errors(monkeypatch):
    objective = Objective(MLP((1, 1, 1), bias=False), "squared", [[1.0]], [[-3.0]])
    box, true = box_around(([[1.0]], [[1.0]]), 0.5), _ranges._product

    def one_term_short(multiply, one, other):
        return true(multiply, one, _ranges.Range(other.centre, 0.999 * other.radius))

    monkeypatch.setattr(_ranges, "_product", one_term_short)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(loss_bound(objective, box), 5.25**2 / 2, rtol=1e-12)
