"""Input Jacobians and representations: by hand, by the complex step, and by differences."""

import dataclasses
from types import SimpleNamespace

import autograd.numpy as anp
import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import skew
from sklearn.preprocessing import PowerTransformer
from strategies import cases, make_case

import flatlib
from flatlib.curvature import autodiff, input_jacobian
from flatlib.measures import covariant_complexity
from flatlib.transforms import (
    AffineMap,
    Bijection,
    Gaussianization,
    gaussianization,
    standardization,
    whitening,
)

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


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    mixed = rng.normal(size=(400, 3)) @ rng.normal(size=(3, 3))
    return np.sinh(mixed) + np.array([0.0, 5.0, -2.0])


def test_standardization_and_whitening_do_what_they_say(data):
    codes = standardization(data)(data)
    np.testing.assert_allclose(codes.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(codes.std(axis=0), 1, rtol=1e-12)
    np.testing.assert_allclose(np.cov(whitening(data)(data).T), np.eye(3), atol=1e-10)
    spread = np.sort(np.linalg.eigvalsh(np.cov(whitening(data, ridge=2.0)(data).T)))
    raw = np.linalg.eigvalsh(np.cov(data.T))
    np.testing.assert_allclose(spread, raw / (raw + 2.0), rtol=1e-10)


def test_a_feature_that_does_not_vary_keeps_its_unit(data):
    data[:, 1] = 7.0
    xi = standardization(data)
    assert xi.matrix[1, 1] == 1.0
    np.testing.assert_array_equal(xi(data)[:, 1], 0.0)


def test_gaussianization_is_scikit_learns_and_its_own_inverse_and_derivative(data):
    xi = gaussianization(data)
    codes = xi(data)
    np.testing.assert_allclose(codes, PowerTransformer().fit_transform(data), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(xi.inverse(codes), data, rtol=1e-9, atol=1e-12)
    for j, unit in enumerate(1e-6 * np.eye(3)):
        difference = (xi.inverse(codes + unit) - xi.inverse(codes - unit)) / 2e-6
        # a central difference with this step is good to about 1e-9 of the largest value
        np.testing.assert_allclose(
            xi.inverse.jacobian(codes)[:, :, j],
            difference,
            rtol=1e-6,
            atol=1e-8 * np.abs(data).max(),
        )


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0, 1.7, 2.0])
def test_the_power_map_against_its_formula(power):
    xi, x = Gaussianization([power], [0.0], [1.0]), np.array([[-3.0], [-0.5], [0.0], [0.5], [3.0]])
    left, right = -x[:2, 0], x[2:, 0]
    above = np.log1p(right) if power == 0 else ((1 + right) ** power - 1) / power
    other = 2 - power
    below = -np.log1p(left) if other == 0 else -((1 + left) ** other - 1) / other
    codes = xi(x)
    np.testing.assert_allclose(codes[:, 0], np.concatenate([below, above]), rtol=1e-12)
    np.testing.assert_allclose(xi.inverse(codes), x, rtol=1e-12, atol=1e-14)
    slopes = np.concatenate([(1 + left) ** (power - 1), (1 + right) ** (1 - power)])
    np.testing.assert_allclose(xi.inverse.jacobian(codes)[:, 0, 0], slopes, rtol=1e-12)


def test_skewed_features_become_less_skewed():
    x = np.random.default_rng(1).gamma(2.0, size=(2000, 2))
    assert (np.abs(skew(gaussianization(x)(x))) < np.abs(skew(x)) / 5).all()


def test_any_bijection_differentiates_by_autograd():
    mixing, unmixing = np.array([[1.0, 2.0], [0.0, 1.0]]), np.array([[1.0, -2.0], [0.0, 1.0]])
    xi = Bijection(lambda x: np.arcsinh(x) @ mixing, lambda u: anp.sinh(anp.dot(u, unmixing)))
    x = np.random.default_rng(0).normal(size=(6, 2))
    u = xi(x)
    np.testing.assert_allclose(xi.inverse(u), x, rtol=1e-12)
    expected = np.sqrt(1 + x**2)[:, :, None] * np.linalg.inv(mixing).T
    np.testing.assert_allclose(xi.inverse.jacobian(u), expected, rtol=1e-10, atol=1e-12)


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
