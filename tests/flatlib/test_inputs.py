"""Input Jacobians and maps of the inputs: by hand, by the complex step, and by differences."""

import dataclasses
from types import SimpleNamespace

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import cases, make_case

import flatlib
from flatlib.curvature import autodiff, input_jacobian
from flatlib.measures import covariant_complexity
from flatlib.transforms import AffineMap

STEP = 1e-30


def complex_step(case, inputs):
    """Outputs at x + i h e_j, forwards and by hand: the imaginary part over h is a column."""
    columns = []
    for unit in STEP * np.eye(inputs.shape[1]):
        moved = SimpleNamespace(**{**vars(case), "inputs": inputs + 1j * unit})
        columns.append(oracles._forward(case.theta, moved)[0][-1].imag / STEP)
    return np.stack(columns, axis=2)


@given(case=cases())
def test_input_jacobian_is_the_complex_step(case):
    expected = complex_step(case, case.inputs)
    actual = input_jacobian(case.network, case.params, case.inputs)
    assert actual.shape == (len(case.inputs), case.sizes[-1], case.sizes[0])
    np.testing.assert_allclose(
        actual, expected, rtol=0, atol=1e-12 * max(1, np.abs(expected).max())
    )


@settings(max_examples=20)
@given(case=cases())
def test_row_jacobians_agree_with_the_closed_form(case):
    def predict(inputs):
        return case.network.predict(case.params, inputs)

    by_autograd = autodiff.row_jacobians(predict, case.inputs)
    closed = input_jacobian(case.network, case.params, case.inputs)
    np.testing.assert_allclose(by_autograd, closed, rtol=1e-12, atol=1e-13)


def test_a_planted_slope_is_seen(monkeypatch):
    case = make_case((3, 4, 2), "tanh")
    true = flatlib.ACTIVATIONS["tanh"]
    bent = dataclasses.replace(true, slope=lambda z: 1.001 * true.slope(z))
    network = flatlib.MLP(case.sizes, "tanh")
    object.__setattr__(network, "activation", bent)  # the door would refuse it
    jacobian = input_jacobian(network, case.params, case.inputs)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(jacobian, complex_step(case, case.inputs), rtol=1e-4)


def test_the_center_of_a_map_is_given_by_name():
    with pytest.raises(TypeError, match="positional"):
        AffineMap(np.eye(2), np.zeros(2))


def random_map(seed, width):
    """An affine map whose singular values spread over two decades."""
    rng = np.random.default_rng(seed)
    left, right = (np.linalg.qr(rng.normal(size=(width, width)))[0] for _ in range(2))
    return AffineMap(
        left * 10.0 ** rng.uniform(-1, 1, size=width) @ right, center=rng.normal(size=width)
    )


@given(case=cases(bias=True), seed=st.integers(0, 1000))
def test_a_folded_network_says_what_it_said(case, seed):
    xi = random_map(seed, case.sizes[0])
    codes, folded = xi(case.inputs), xi.fold(case.network, case.params)
    before = case.network.predict(case.params, case.inputs)
    np.testing.assert_allclose(
        case.network.predict(folded, codes),
        before,
        rtol=1e-8,
        atol=1e-8 * (1 + np.abs(before).max()),
    )
    np.testing.assert_allclose(xi.inverse(codes), case.inputs, rtol=0, atol=1e-11)


@given(case=cases(bias=True, activations=("tanh", "softplus", "linear")), seed=st.integers(0, 1000))
def test_the_gradient_obeys_the_chain_rule(case, seed):
    xi = random_map(seed, case.sizes[0])
    codes = xi(case.inputs)
    predicted = input_jacobian(case.network, case.params, case.inputs) @ xi.inverse.jacobian(codes)
    measured = input_jacobian(case.network, xi.fold(case.network, case.params), codes)
    np.testing.assert_allclose(
        measured, predicted, rtol=0, atol=1e-9 * (1 + np.abs(predicted).max())
    )


def test_without_biases_a_linear_map_is_folded_and_a_centered_one_is_not():
    net, rng = flatlib.MLP((2, 3, 1), bias=False), np.random.default_rng(0)
    params, inputs = net.init(rng), rng.normal(size=(5, 2))
    xi = AffineMap(rng.normal(size=(2, 2)))
    np.testing.assert_allclose(
        net.predict(xi.fold(net, params), xi(inputs)),
        net.predict(params, inputs),
        rtol=1e-10,
    )


@settings(max_examples=30)
@given(case=cases(bias=True, activations=("relu", "tanh", "gelu")), seed=st.integers(0, 1000))
def test_the_covariant_complexity_does_not_move(case, seed):
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(12, case.sizes[0]))
    xi = random_map(seed, case.sizes[0])
    before = covariant_complexity(case.network, case.params, inputs)
    if case.network.activation.kinks:
        zs = case.network.pre_activations(case.params, inputs)[:-1]
        if any((np.abs(z[z != 0]) < 1e-9).any() for z in zs):
            return
    after = covariant_complexity(case.network, xi.fold(case.network, case.params), xi(inputs))
    assert after == pytest.approx(before, rel=1e-9, abs=1e-12)


def test_the_covariant_complexity_of_a_straight_line_is_its_variance():
    net, rng = flatlib.MLP((3, 2)), np.random.default_rng(0)
    inputs, params = rng.normal(size=(30, 3)) * [1.0, 10.0, 0.1], net.init(rng)
    variance = net.predict(params, inputs).var(axis=0, ddof=1).sum()
    assert covariant_complexity(net, params, inputs) == pytest.approx(variance, rel=1e-12)
