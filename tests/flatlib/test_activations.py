"""Activations against the oracle's own definitions, differentiated by complex step."""

import pickle

import autograd
import numpy as np
import oracles
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, KINKS, NAMES

import flatlib
from flatlib import ACTIVATIONS, homogeneity_error

# off 0, where the kinks are
POINTS = np.concatenate([-np.geomspace(1e-3, 30, 40), np.geomspace(1e-3, 30, 40)])
DEGREES = {"relu": 1, "leaky_relu": 1, "linear": 1, "square": 2}


def derivative(function, z):
    return function(z + 1j * oracles.STEP).imag / oracles.STEP


@pytest.mark.parametrize("name", NAMES)
def test_value_slope_and_curvature_are_the_oracles(name):
    activation, (phi, slope) = ACTIVATIONS[name], oracles.ACTIVATIONS[name]
    # 1e-14 of the largest value: where a slope has a root both have lost digits
    for actual, desired in [
        (activation(POINTS), phi(POINTS)),
        (activation.slope(POINTS), derivative(phi, POINTS)),
        (activation.slope(POINTS), slope(POINTS)),
        (activation.curvature(POINTS), derivative(slope, POINTS)),
    ]:
        atol = 1e-14 * np.abs(desired).max()
        np.testing.assert_allclose(actual, desired, rtol=1e-12, atol=atol)


@pytest.mark.parametrize("name", NAMES)
def test_the_comparison_sees_a_thousandth(name):
    desired = 1.001 * derivative(oracles.ACTIVATIONS[name][0], POINTS)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(ACTIVATIONS[name].slope(POINTS), desired, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_autograd_of_the_function_is_the_slope_also_at_0(name):
    activation = ACTIVATIONS[name]
    slope, curvature = autograd.grad(activation), autograd.grad(activation.slope)
    for z in [-1.3, 0.0, 0.4]:
        np.testing.assert_allclose(slope(z), activation.slope(np.array(z)), rtol=1e-14)
        if name not in ("linear", *KINKS):  # their slope does not depend on z
            np.testing.assert_allclose(curvature(z), activation.curvature(z), rtol=1e-14)


def test_relu_has_value_slope_and_curvature_0_at_0():
    relu, zero = ACTIVATIONS["relu"], np.zeros(1)
    assert (relu(zero), relu.slope(zero), relu.curvature(zero)) == (0.0, 0.0, 0.0)
    assert autograd.grad(relu)(0.0) == 0.0


def test_leaky_relu_takes_the_left_slope_at_0():
    assert flatlib.leaky_relu(0.25).slope(np.zeros(1)) == 0.25
    assert autograd.grad(flatlib.leaky_relu(0.25))(0.0) == 0.25


@pytest.mark.parametrize("name", NAMES)
def test_extreme_arguments_neither_overflow_nor_warn(name):
    activation, z = ACTIVATIONS[name], np.array([-1e3, 1e3])
    for function in (activation, activation.slope, activation.curvature):
        assert np.isfinite(function(z)).all()


@given(
    name=st.sampled_from(sorted(DEGREES)),
    z=st.floats(-1e3, 1e3, allow_subnormal=False),
    alpha=st.floats(1e-3, 1e3),
)
def test_claimed_degrees_of_homogeneity_hold(name, z, alpha):
    phi, degree = ACTIVATIONS[name], ACTIVATIONS[name].degree
    assert degree == DEGREES[name]
    z = np.array(z)
    np.testing.assert_allclose(phi(alpha * z), alpha**degree * phi(z), rtol=1e-14, atol=1e-300)


@pytest.mark.parametrize("name", NAMES)
def test_only_degree_1_passes_definition_4(name):
    error = homogeneity_error(ACTIVATIONS[name], POINTS, alpha=10.0)
    if name in HOMOGENEOUS:
        assert error <= 1e-15
    else:
        assert error > 0.5
        assert ACTIVATIONS[name].degree != 1


def test_one_bad_point_among_many_good_ones_is_enough():
    # for large z > 0 softplus is the identity; only near 0 does it show what it is
    good = np.geomspace(50.0, 1e6, 100)
    assert homogeneity_error("softplus", good, 2.0) <= 1e-15
    assert homogeneity_error("softplus", np.append(good, 0.5), 2.0) > 0.3


def test_homogeneity_error_of_a_dead_unit_is_0_not_nan():
    assert homogeneity_error("relu", np.array([-1.0, -2.0]), 3.0) == 0.0


@pytest.mark.parametrize("name", NAMES)
def test_kinks_are_where_the_slope_jumps(name):
    places = np.arange(-8.0, 9.0)
    left, right = (ACTIVATIONS[name].slope(places + step) for step in (-1e-12, 1e-12))
    jumps = places[np.abs(right - left) > 0.1]
    np.testing.assert_array_equal(ACTIVATIONS[name].kinks, jumps)
    assert ACTIVATIONS[name].kinks == KINKS.get(name, ())
    # from the left there, and no curvature
    np.testing.assert_allclose(ACTIVATIONS[name].slope(jumps), left[np.isin(places, jumps)])
    np.testing.assert_array_equal(ACTIVATIONS[name].curvature(jumps), 0.0)


def test_the_table_is_read_only_and_keyed_by_name():
    assert sorted(ACTIVATIONS) == sorted(NAMES)
    assert all(activation.name == name for name, activation in ACTIVATIONS.items())
    with pytest.raises(TypeError):
        ACTIVATIONS["mine"] = ACTIVATIONS["relu"]


@pytest.mark.parametrize("activation", [*flatlib.ACTIVATIONS.values(), flatlib.leaky_relu(0.2)])
def test_a_network_survives_pickling(activation):
    net = pickle.loads(pickle.dumps(flatlib.MLP((2, 3, 1), activation)))
    z = np.linspace(-2, 2, 9)
    assert net == flatlib.MLP((2, 3, 1), activation)
    np.testing.assert_array_equal(net.activation(z), activation(z))
    np.testing.assert_array_equal(net.activation.slope(z), activation.slope(z))


def test_the_error_is_relative_to_the_size_of_a_negative_value_too():
    # tanh is odd
    errors = [homogeneity_error("tanh", [z], alpha=10.0) for z in (1.0, -1.0)]
    np.testing.assert_allclose(errors, 1 - np.tanh(10.0) / (10 * np.tanh(1.0)), rtol=1e-14)
