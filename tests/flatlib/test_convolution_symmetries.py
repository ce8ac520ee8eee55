"""Hessians of convolutions against those of dense layers, of moved images and of moved channels."""

import numpy as np
import pytest
from conv_cases import conv_case, conv_cases
from hypothesis import given, settings
from oracles import assert_blocks_close, assert_close

import flatlib
from flatlib import Conv, ConvNet, Dense, GlobalAverage
from flatlib.curvature import convolution


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
