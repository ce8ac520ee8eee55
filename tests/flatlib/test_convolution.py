"""The convolutional engine against loops over positions, autograd, and its own symmetries."""

import tracemalloc

import conv_oracle
import numpy as np
import pytest
from conv_cases import NETS, conv_case, conv_cases
from hypothesis import given, settings
from oracles import TOLERANCE, assert_close
from strategies import NAMES

import flatlib
from flatlib import Conv, ConvNet, Dense, GlobalAverage, MaxPool
from flatlib.curvature import autodiff, convolution


def assert_blocks_close(actual, desired, params):
    """Every entry against the largest of its block; last, what is 0 in exact arithmetic."""
    edges = np.cumsum([0, *(array.size for array in params)])
    floor = 1e-15 * np.abs(desired).max()
    for rows in map(slice, edges, edges[1:]):
        for columns in map(slice, edges, edges[1:]):
            block = desired[rows, columns]
            atol = TOLERANCE * np.abs(block).max() + floor
            np.testing.assert_allclose(actual[rows, columns], block, rtol=0, atol=atol)


def assert_all_is_the_oracles(case):
    objective, params = case.objective, case.params
    desired, curved = conv_oracle.hessian(case), conv_oracle.gauss_newton(case)
    assert_blocks_close(convolution.hessian(objective, params), desired, params)
    assert_blocks_close(convolution.hessian(objective, params, residual=False), curved, params)
    residual = convolution.hessian(objective, params, curvature=False)
    scale = np.abs(desired).max() + np.abs(curved).max()
    np.testing.assert_allclose(residual, desired - curved, rtol=0, atol=TOLERANCE * scale)
    gradient = conv_oracle.gradient(case.theta[None].astype(complex), case)[0].real
    assert_close(convolution.gradient(objective, params), gradient)
    vectors = np.random.default_rng(0).normal(size=(len(desired), 3))
    assert_close(convolution.hessian_matmat(objective, params, vectors), desired @ vectors)
    assert_close(convolution.gauss_newton_matmat(objective, params, vectors), curved @ vectors)


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("net", NETS)
def test_everything_is_the_complex_step_of_loops_over_positions(net, activation):
    for loss, bias in (("squared", True), ("cross_entropy", False)):
        assert_all_is_the_oracles(conv_case(net, activation, bias, loss, seed=1))


@settings(max_examples=800)
@given(case=conv_cases())
def test_everything_is_the_oracles_for_random_architectures(case):
    assert_all_is_the_oracles(case)


@settings(max_examples=40)
@given(case=conv_cases(nets=[n for n in NETS if n != "mlenet, small"]))
def test_both_agree_with_autograd_through_the_objective(case):
    gradient = autodiff.gradient(case.objective, case.params)
    assert_close(convolution.gradient(case.objective, case.params), gradient)
    hessian = autodiff.hessian(case.objective, case.params)
    assert_close(convolution.hessian(case.objective, case.params), hessian)


@pytest.fixture(scope="module")
def mlenet_case():
    net = flatlib.mlenet()
    return conv_case((net.input_shape, net.layers), loss="cross_entropy", examples=6, seed=2)


def test_mlenet_times_random_directions_is_the_loops(mlenet_case):
    vectors = np.random.default_rng(0).normal(size=(3781, 3))
    desired = conv_oracle.products(mlenet_case, vectors)
    actual = convolution.hessian(mlenet_case.objective, mlenet_case.params)
    products = convolution.hessian_matmat(mlenet_case.objective, mlenet_case.params, vectors)
    # a product adds up 3781 entries
    assert_close(actual @ vectors, desired)
    assert_close(products, desired)


def test_mlenet_block_by_block_along_directions_of_one_layer(mlenet_case):
    edges = np.cumsum([0, *(array.size for array in mlenet_case.params)])
    actual = convolution.hessian(mlenet_case.objective, mlenet_case.params)
    vectors, rng = np.zeros((3781, 6)), np.random.default_rng(1)
    for k, block in enumerate(map(slice, edges, edges[1:])):
        vectors[block, k] = rng.normal(size=block.stop - block.start)
    desired = conv_oracle.products(mlenet_case, vectors)
    for k in range(6):
        for rows in map(slice, edges, edges[1:]):
            part = desired[rows, k]
            floor = 1e-15 * np.abs(desired[:, k]).max()
            error = np.abs(actual[rows] @ vectors[:, k] - part).max()
            assert error <= TOLERANCE * np.abs(part).max() + floor


@settings(max_examples=50)
@given(case=conv_cases())
def test_hessian_is_symmetric_to_the_last_bit_and_repeats(case):
    first, again = (convolution.hessian(case.objective, case.params) for _ in range(2))
    np.testing.assert_array_equal(first, first.T)
    np.testing.assert_array_equal(first, again)
    assert first.dtype == np.float64


@settings(max_examples=50)
@given(case=conv_cases())
def test_gauss_newton_is_positive_and_the_parts_add_up(case):
    curved = convolution.hessian(case.objective, case.params, residual=False)
    residual = convolution.hessian(case.objective, case.params, curvature=False)
    eigenvalues = np.linalg.eigvalsh(curved)
    assert eigenvalues[0] >= -1e-13 * len(curved) * eigenvalues[-1]
    scale = np.abs(curved).max() + np.abs(residual).max()
    whole = convolution.hessian(case.objective, case.params)
    np.testing.assert_allclose(curved + residual, whole, rtol=0, atol=1e-14 * scale)


@settings(max_examples=50)
@given(case=conv_cases())
def test_the_memory_budget_changes_rounding_only(case):
    objective, params = case.objective, case.params
    vectors = np.random.default_rng(0).normal(size=(len(case.theta), 5))
    # the sum of sizes of what is added, since the sum itself may cancel
    scale = sum(
        np.abs(convolution.hessian(objective, params, **{part: False})).max()
        for part in ("residual", "curvature")
    )
    for function in (convolution.hessian, convolution.hessian_matmat):
        args = (objective, params, vectors)[: 3 if "matmat" in function.__name__ else 2]
        difference = function(*args, budget=1) - function(*args)
        assert np.abs(difference).max() <= 1e-13 * scale * len(vectors)
    whole = convolution.gradient(objective, params)
    assert_close(convolution.gradient(objective, params, budget=1), whole, 1e-12)


def test_memory_beyond_the_result_stays_within_the_budget():
    net = ((8, 8, 1), (Conv(8, 3), MaxPool(2), Conv(10, 2), GlobalAverage()))
    for activation in ("relu", "tanh"):
        for examples in (50, 2000):
            case = conv_case(net, activation, loss="cross_entropy", examples=examples)
            vectors = np.ones((len(case.theta), 20))
            assert _excess(convolution.hessian, case) <= 2**22
            assert _excess(convolution.hessian_matmat, case, vectors) <= 2**22
            assert _excess(convolution.gradient, case) <= 2**22


def _excess(function, case, *more):
    objective = case.objective
    tracemalloc.start()
    result = function(objective, case.params, *more, budget=2**22)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - result.nbytes


def test_out_is_overwritten_and_returned():
    case = conv_case("lenet, small")
    size = len(case.theta)
    out = np.full((size, size), np.nan)
    result = convolution.hessian(case.objective, case.params, out=out)
    assert result is out
    np.testing.assert_array_equal(out, convolution.hessian(case.objective, case.params))


def test_nothing_is_written_to():
    case = conv_case("pools upon pools", "tanh")
    vectors = np.ones((len(case.theta), 2))
    for array in (*case.params, case.inputs, vectors):
        array.setflags(write=False)
    convolution.hessian(case.objective, case.params)
    convolution.hessian_matmat(case.objective, case.params, vectors)


@settings(max_examples=30)
@given(case=conv_cases())
def test_hessian_of_the_mean_is_the_mean_of_hessians(case):
    objective = case.objective
    parts = [
        convolution.hessian(objective.subset([i]), case.params) for i in range(len(case.inputs))
    ]
    scale = max(np.abs(part).max() for part in parts)
    whole = convolution.hessian(objective, case.params)
    np.testing.assert_allclose(whole, np.mean(parts, axis=0), rtol=0, atol=1e-13 * scale)


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_dense_layers_alone_are_the_fully_connected_net(activation, loss):
    case = conv_case("dense only", activation, loss=loss)
    flat = flatlib.Objective(
        flatlib.MLP((4, 4, 3, 2), activation), loss, case.inputs.reshape(3, 4), case.targets
    )
    desired = flatlib.hessian(flat, case.params)
    assert_close(convolution.hessian(case.objective, case.params), desired, 1e-14)


def test_dinh_e2_scaling_a_convolution_up_and_the_next_one_down():
    # DINH-E2, and how the Hessian transforms (Theorem 3), through max pooling
    case = conv_case("mlenet, small", loss="cross_entropy")
    alpha, sizes = 8.0, [array.size for array in case.params]
    factors = [alpha, alpha, 1 / alpha, 1.0, 1.0, 1.0]
    moved = tuple(f * array for f, array in zip(factors, case.params, strict=True))
    outputs = case.objective.outputs(case.params)
    np.testing.assert_allclose(case.objective.outputs(moved), outputs, rtol=1e-13, atol=1e-13)
    d = np.repeat(factors, sizes)
    actual = convolution.hessian(case.objective, moved) * np.outer(d, d)
    assert_blocks_close(actual, convolution.hessian(case.objective, case.params), case.params)


def test_a_convolution_sees_its_image_wherever_it_is():
    # moving the image moves the maps; a global average does not notice
    net = ConvNet((9, 9, 1), [Conv(2, 3), Conv(2, 2), GlobalAverage()], "tanh", bias=False)
    rng = np.random.default_rng(0)
    params, small = net.init(rng), rng.normal(size=(4, 2, 2, 1))
    hessians = []
    for corner in (3, 4):
        image = np.zeros((4, 9, 9, 1))
        image[:, corner : corner + 2, corner : corner + 2] = small
        objective = flatlib.Objective(net, "squared", image, np.ones((4, 2)))
        hessians.append(convolution.hessian(objective, params))
    assert_close(*hessians, 1e-14)


def test_permuting_channels_permutes_the_hessian():
    case = conv_case("mlenet, small", "gelu")
    order = np.array([2, 0, 1])
    marks = [m.copy() for m in _counted(case.params)]
    for arrays in (marks, params := list(case.params)):
        arrays[0], arrays[1] = arrays[0][..., order], arrays[1][order]
        arrays[2] = arrays[2][:, :, order]
    where = np.concatenate([m.reshape(-1) for m in marks])
    moved = convolution.hessian(case.objective, tuple(params))
    original = convolution.hessian(case.objective, case.params)
    assert_close(moved, original[np.ix_(where, where)], 1e-13)


def _counted(params):
    edges = np.cumsum([0, *(array.size for array in params)])
    for start, array in zip(edges, params, strict=False):
        yield np.arange(start, start + array.size).reshape(array.shape)


def test_no_vectors_give_no_products():
    case = conv_case("one layer")
    none = np.empty((len(case.theta), 0))
    assert convolution.hessian_matmat(case.objective, case.params, none).shape == none.shape


def test_a_single_class_has_no_curvature_under_cross_entropy():
    net = ConvNet((3, 3, 1), [Conv(2, 2), Dense(1)])
    objective = flatlib.Objective(net, "cross_entropy", np.ones((2, 3, 3, 1)), [0, 0])
    hessian = convolution.hessian(objective, net.init(np.random.default_rng(0)))
    np.testing.assert_array_equal(hessian, np.zeros_like(hessian))


def test_softmax_that_is_sure_keeps_its_small_curvature():
    # p within 1e-200 of 0 and 1: q_j underflows in places, nothing becomes NaN
    net = ConvNet((2, 1), [Conv(3, 2)], bias=True)
    for biases in ([0.0, 460.0, 0.0], [900.0, 0.0, 0.0], [0.0, 0.0, 900.0]):
        objective = flatlib.Objective(net, "cross_entropy", np.ones((1, 2, 1)), [1])
        hessian = convolution.hessian(objective, (np.zeros((2, 1, 3)), np.array(biases)))
        assert np.isfinite(hessian).all()
        probabilities = np.exp(np.array(biases) - max(biases))
        assert abs(hessian[-3, -3] - probabilities[0] * probabilities[1:].sum()) <= 1e-15
