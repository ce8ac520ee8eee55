"""The convolutional engine against loops over positions, the complex step and autograd."""

import conv_oracle
import numpy as np
import pytest
from conv_cases import NETS, conv_case, conv_cases
from hypothesis import given, settings
from oracles import TOLERANCE, assert_blocks_close, assert_close
from strategies import NAMES

import flatlib
from flatlib.curvature import autodiff, convolution


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


@settings(max_examples=200)
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
