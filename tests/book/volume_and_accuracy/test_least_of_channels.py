"""The least V(k) over scalings of channels, against the library's own and against neighbours."""

import numpy as np
import pytest

from flatbook.volume_and_accuracy.least_of_channels import least_on_orbit, top_values
from flatlib.curvature import hessian
from flatlib.losses import SquaredLoss
from flatlib.measures import flattest, log_product
from flatlib.networks import MLP, Conv, ConvNet, Dense, GlobalAverage
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons

K = 5


def dense(rng):
    """Two layers that fit, without biases: V(5) has a least value."""
    net, inputs = MLP((4, 3, 1), bias=False), rng.normal(size=(40, 4))
    params = net.init(rng)
    return Objective(net, SquaredLoss(1.0), inputs, net.predict(params, inputs)), params


def convolutional(rng):
    net = ConvNet((8, 1), [Conv(3, 3), Conv(4, 3), GlobalAverage(), Dense(3)])
    inputs, labels = rng.normal(size=(30, 8, 1)), rng.integers(3, size=30)
    return Objective(net, "cross_entropy", inputs, labels), net.init(rng, bias_std=0.1)


def least(objective, params):
    matrix = hessian(objective, params)
    return least_on_orbit(objective.network, matrix, *np.linalg.eigh(matrix), K)


@pytest.mark.parametrize("seed", range(3))
def test_it_is_that_of_flattest_which_sees_the_whole_hessian(seed):
    objective, params = dense(np.random.default_rng(seed))
    best = flattest(objective, params, measure="log_product", k=K)
    # the descent stops at a relative change of 2e-9 of V, and where two eigenvalues meet, before
    np.testing.assert_allclose(least(objective, params)[0], best.value, atol=1e-3)


@pytest.mark.parametrize("make", [dense, convolutional])
def test_from_another_point_of_the_orbit_it_is_the_same(make):
    rng = np.random.default_rng(3)
    objective, params = make(rng)
    sizes = objective.network.hidden_sizes
    move = scale_neurons(objective.network, [np.exp(0.5 * rng.normal(size=n)) for n in sizes])
    here, there = least(objective, params)[0], least(objective, move(params))[0]
    np.testing.assert_allclose(here, there, atol=2e-2)
    assert here < log_product(objective, params, K)


def test_its_value_is_that_of_the_net_scaled_by_the_factors_that_it_names():
    objective, params = convolutional(np.random.default_rng(1))
    value, u = least(objective, params)
    sizes = objective.network.hidden_sizes
    factors = np.split(np.exp(u), np.cumsum(sizes)[:-1])
    scaled = scale_neurons(objective.network, factors)(params)
    np.testing.assert_allclose(value, log_product(objective, scaled, K), rtol=1e-9)


def test_the_largest_eigenvalues_are_those_of_a_full_decomposition():
    matrix = np.random.default_rng(0).normal(size=(30, 30))
    matrix = matrix + matrix.T
    np.testing.assert_allclose(top_values(matrix, K), np.linalg.eigvalsh(matrix)[-K:], atol=1e-12)
