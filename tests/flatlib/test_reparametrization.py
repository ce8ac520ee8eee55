"""Other coordinates: maps against their formulas, derivatives against finite differences."""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracles import central_difference
from scipy.optimize import brentq
from strategies import cases, make_case

import flatlib
from flatlib.transforms import Elementwise, Power, Radial, Substitution, WeightNormalization, psi

# smooth, and of slope at most 1: a difference quotient with step 1e-3 sees their curvature
TAME = ("tanh", "softplus", "sigmoid", "linear")
EXPONENT = st.one_of(st.floats(-0.49, -0.01), st.floats(0.01, 3.0))


def maps_for(case, seed):
    """One map of each kind, with an eta at which it bends."""
    rng = np.random.default_rng(seed)
    center = tuple(array + rng.normal(size=array.shape) / 3 for array in case.params)
    away = np.linalg.norm(flatlib.flatten(center) - case.theta)
    maps = [
        Elementwise("cubic"),
        Power(center, rng.uniform(-0.4, 1.0), rng.uniform(0.05, 1.0)),
        Radial(center, r_hat=away / 2, rho=away / 3, delta=3 * away),
        WeightNormalization(case.network, layer=1),
    ]
    return [(g, g.inverse(case.params)) for g in maps]


def flat_function(function, eta):
    return lambda vector: np.asarray(flatlib.flatten(function(flatlib.unflatten(vector, eta))))


@settings(max_examples=30)
@given(cases(activations=TAME), st.integers(0, 99))
def test_gradient_and_hessian_of_random_nets_against_differences(case, seed):
    for g, eta in maps_for(case, seed):
        # a short direction bends faster than the step of the difference can follow
        if isinstance(g, WeightNormalization) and np.linalg.norm(eta[0][1], axis=0).min() < 0.5:
            continue
        vector = flatlib.flatten(eta)
        way = np.random.default_rng(seed).normal(size=len(vector))
        way /= np.linalg.norm(way)
        # the loss is the oracle's own
        line = [
            oracles.loss(flatlib.flatten(g(flatlib.unflatten(vector + t * way, eta))), case)
            for t in (-1e-3, 0.0, 1e-3)
        ]
        gradient, hessian = g.gradient(case.objective, eta), g.hessian(case.objective, eta)
        scale = 1 + np.abs(hessian).max() + np.abs(gradient).max()
        assert abs((line[2] - line[0]) / 2e-3 - gradient @ way) <= 1e-4 * scale
        assert abs((line[2] - 2 * line[1] + line[0]) / 1e-6 - way @ hessian @ way) <= 1e-3 * scale


@given(cases(), st.integers(0, 99))
def test_back_and_forth(case, seed):
    for g, eta in maps_for(case, seed):
        kept = [np.copy(leaf) for leaf in eta] if not isinstance(eta[0], tuple) else None
        np.testing.assert_allclose(flatlib.flatten(g(eta)), case.theta, rtol=1e-11, atol=1e-12)
        if kept is not None:
            for one, other in zip(kept, eta, strict=True):
                np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("kind", range(4))
def test_jacobian_against_differences(kind):
    case = make_case((3, 4, 2), "tanh", seed=3)
    g, eta = maps_for(case, 5)[kind]
    expected = central_difference(flat_function(g, eta), flatlib.flatten(eta), step=1e-6)
    expected = expected if expected.shape == g.jacobian(eta).shape else expected.T
    np.testing.assert_allclose(g.jacobian(eta), expected, atol=1e-7)


@given(EXPONENT, st.floats(0.01, 10), st.floats(-100, 100))
def test_power_is_the_root_of_the_caption(a, b, eta):
    g = Power(2.0, a, b)
    t = float(g(eta)) - 2.0
    reach = 1.0
    while reach * (reach**2 + b) ** a < abs(eta):
        reach *= 4
    root = brentq(lambda t: t * (t**2 + b) ** a - abs(eta), 0, reach, xtol=1e-13, rtol=1e-14)
    np.testing.assert_allclose(t, np.copysign(root, eta), rtol=1e-9, atol=1e-10)


@given(EXPONENT, st.floats(0.05, 5), st.floats(-3, 3))
def test_power_is_differentiated_as_an_inverse_function(a, b, t):
    """g' = 1/h' and g'' = -h''/h'^3 for the inverse g of h(t) = t (t^2 + b)^a."""
    square = t * t + b
    first = square**a + 2 * a * t**2 * square ** (a - 1)
    second = 6 * a * t * square ** (a - 1) + 4 * a * (a - 1) * t**3 * square ** (a - 2)
    g = Power(0.0, a, b)
    eta = t * square**a
    found = flatlib.hessian(g.objective(lambda theta: theta), eta)[0, 0]
    np.testing.assert_allclose(g.jacobian(eta), [[1 / first]], rtol=1e-9)
    np.testing.assert_allclose(found, -second / first**3, rtol=1e-7, atol=1e-9)


def test_power_with_b_0_is_a_power_and_a_0_changes_nothing():
    t = np.array([-2.0, -1e-3, 0.0, 0.5, 7.0])
    g = Power(np.zeros(5), 0.25, 0.0)
    np.testing.assert_allclose(g.inverse(t), np.sign(t) * np.abs(t) ** 1.5)
    np.testing.assert_allclose(g(np.sign(t) * np.abs(t) ** 1.5), t, rtol=1e-14)
    np.testing.assert_allclose(Power(np.zeros(5), 0.0, 0.0).jacobian(t), np.eye(5))


def test_elementwise_maps_by_hand():
    u = np.array([-3.0, -1e-9, 0.0, 2.0])
    cubic, softplus = Elementwise("cubic"), Elementwise("softplus")
    np.testing.assert_allclose(cubic.jacobian(u), np.diag(3 * u**2 + 1))
    np.testing.assert_allclose(cubic.inverse(u**3 + u), u, rtol=1e-14)
    np.testing.assert_allclose(softplus(u), np.log1p(np.exp(u)), rtol=1e-14)
    np.testing.assert_allclose(softplus.inverse(np.log1p(np.exp(u))), u, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(softplus.jacobian(u), np.diag(1 / (1 + np.exp(-u))))


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0, 3), st.integers(0, 99))
def test_radial_moves_along_rays_by_three_straight_pieces(r_hat, rho, radius, seed):
    way = np.random.default_rng(seed).normal(size=4)
    way /= np.linalg.norm(way)
    moved = np.interp(radius, [0, r_hat, 1, 4], [0, rho, 1, 4])
    g = Radial(np.ones(4), r_hat, rho, 1.0)
    np.testing.assert_allclose(psi(radius, r_hat, 1.0, rho), moved, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(g.inverse(1 + radius * way), 1 + moved * way, atol=1e-12)
    np.testing.assert_allclose(g(1 + moved * way), 1 + radius * way, atol=1e-12)


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.integers(1, 5), st.integers(0, 99))
def test_radial_jacobian_against_differences(r_hat, rho, size, seed):
    rng = np.random.default_rng(seed)
    way = rng.normal(size=size)
    way /= np.linalg.norm(way)
    g = Radial(np.zeros(size), r_hat, rho, 1.0)
    for radius in (0.7 * rho, (rho + 1) / 2, 1.3):
        eta = radius * way
        expected = np.array(
            [(g(eta + step) - g(eta - step)) / 2e-6 for step in 1e-6 * np.eye(size)]
        ).T
        np.testing.assert_allclose(g.jacobian(eta), expected, atol=1e-7)
        values = np.linalg.eigvalsh(expected)
        assert (values > 0).all()


@given(st.integers(0, 99))
def test_composition_follows_the_chain_rule(seed):
    rng = np.random.default_rng(seed)
    outer, inner, eta = Elementwise("cubic"), Power(np.ones(3), 0.3, 0.5), rng.normal(size=3)
    g = outer @ inner
    np.testing.assert_allclose(g(eta), outer(inner(eta)))
    np.testing.assert_allclose(g.inverse(g(eta)), eta, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(
        g.jacobian(eta), outer.jacobian(inner(eta)) @ inner.jacobian(eta), rtol=1e-10, atol=1e-12
    )


def test_substitution_with_a_structure_of_its_own():
    g = Substitution(lambda eta: (eta[0] * eta[1],), backward=lambda theta: (1.0, theta[0]))
    eta = (2.0, np.array([3.0, 5.0]))
    np.testing.assert_allclose(g.jacobian(eta), [[3.0, 2.0, 0.0], [5.0, 0.0, 2.0]])
    np.testing.assert_allclose(g(g.inverse((np.array([6.0, 10.0]),)))[0], [6.0, 10.0])
    bent = g.bending(lambda theta: theta[0] @ np.array([1.0, 7.0]), eta)
    np.testing.assert_allclose(bent, [[0.0, 1.0, 7.0], [1.0, 0.0, 0.0], [7.0, 0.0, 0.0]])
