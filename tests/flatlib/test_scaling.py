"""Scalings: the function stays, they form a group, and derivatives transform as Theorem 3 says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, cases, make_case

import flatlib
from flatlib.transforms import Scaling, alpha_scale, scale_layers, scale_neurons

# Dinh et al.'s range; beyond it float64 itself is the limit
ALPHA = st.floats(1e-3, 1e3)


@st.composite
def scaled_cases(draw, activations=HOMOGENEOUS, num_scalings=1):
    """A case and random neuron scalings of it: the most general ones there are."""
    case = draw(cases(activations=activations))
    scalings = []
    for _ in range(num_scalings):
        factors = [draw(st.lists(ALPHA, min_size=m, max_size=m)) for m in case.network.hidden_sizes]
        scalings.append(scale_neurons(case.network, factors))
    return case, *scalings


def layer_alphas(depth, seed):
    """K factors in [1e-3, 1e3] or so, product 1."""
    logs = np.random.default_rng(seed).uniform(-3, 3, size=depth)
    return 10.0 ** (logs - logs.mean())


def assert_same_function(case, scaled):
    inputs = np.random.default_rng(0).normal(size=(20, case.sizes[0]))
    before = case.network.predict(case.params, inputs)
    after = case.network.predict(scaled, inputs)
    # relative to what is added up inside the last layer, where outputs may cancel
    last = case.params[-2] if case.bias else case.params[-1]
    hidden = (
        inputs
        if case.network.depth == 1
        else case.network.activation(case.network.pre_activations(case.params, inputs)[-2])
    )
    scale = max((np.abs(hidden) @ np.abs(last)).max(), np.abs(before).max())
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-12 * scale)


def assert_theorem_3(case, scaling):
    """Compared in the original coordinates: a norm after scaling is blind to whole blocks."""
    objective, d = case.objective, scaling.diagonal
    scaled = scaling(case.params)
    gradient, hessian = (f(objective, case.params) for f in (flatlib.gradient, flatlib.hessian))
    back = flatlib.gradient(objective, scaled) / d
    np.testing.assert_allclose(back, gradient, rtol=0, atol=1e-10 * np.abs(gradient).max())
    back = flatlib.hessian(objective, scaled) / np.outer(d, d)
    np.testing.assert_allclose(back, hessian, rtol=0, atol=1e-10 * np.abs(hessian).max())


@given(drawn=scaled_cases())
def test_the_function_stays_where_it_is(drawn):
    case, scaling = drawn
    assert_same_function(case, scaling(case.params))


@given(case=cases(activations=HOMOGENEOUS), seed=st.integers(0, 1000))
def test_layers_with_cumulative_biases_leave_the_function(case, seed):
    scaling = scale_layers(case.network, layer_alphas(case.network.depth, seed))
    assert_same_function(case, scaling(case.params))


@given(drawn=scaled_cases(activations=("square",)))
def test_the_square_is_scaled_with_its_own_degree(drawn):
    case, scaling = drawn
    assert_same_function(case, scaling(case.params))


def test_the_naive_bias_scaling_changes_the_function():
    case, alphas = make_case((3, 4, 4, 2), "relu"), np.array([2.0, 3.0, 1 / 6])
    naive = tuple(alphas[position // 2] * array for position, array in enumerate(case.params))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_same_function(case, naive)
    assert_same_function(case, scale_layers(case.network, alphas)(case.params))


@given(drawn=scaled_cases(num_scalings=2))
def test_scalings_form_a_commutative_group(drawn):
    case, one, two = drawn
    composed = flatlib.flatten((one @ two)(case.params))
    for scaled in (one(two(case.params)), (two @ one)(case.params)):
        np.testing.assert_allclose(flatlib.flatten(scaled), composed, rtol=1e-14)
    back = flatlib.flatten(one.inverse(one(case.params)))
    np.testing.assert_allclose(back, case.theta, rtol=1e-14)
    np.testing.assert_allclose((one @ one.inverse).multipliers, np.ones(len(back)), rtol=1e-14)


@given(alpha=ALPHA, beta=ALPHA)
def test_alpha_then_beta_is_their_product(alpha, beta):
    network = flatlib.MLP((3, 4, 2))
    composed = alpha_scale(network, alpha) @ alpha_scale(network, beta)
    desired = alpha_scale(network, alpha * beta).multipliers
    np.testing.assert_allclose(composed.multipliers, desired, rtol=1e-14)


@given(drawn=scaled_cases(activations=(*HOMOGENEOUS, "square")))
def test_log_det_is_slogdet_of_the_matrix(drawn):
    _, scaling = drawn
    sign, log_det = np.linalg.slogdet(np.diag(scaling.multipliers))
    assert sign == 1.0
    np.testing.assert_allclose(scaling.log_det, log_det, rtol=1e-12, atol=1e-11)
    np.testing.assert_allclose(scaling.inverse.log_det, -log_det, rtol=1e-12, atol=1e-11)


@given(case=cases(activations=HOMOGENEOUS), seed=st.integers(0, 1000))
def test_log_det_of_layers_has_the_papers_formula(case, seed):
    depth, sizes = case.network.depth, case.sizes
    alphas = layer_alphas(depth, seed)
    weights = sum(n * m * np.log(a) for n, m, a in zip(sizes, sizes[1:], alphas, strict=False))
    cumulative = np.log(alphas).cumsum()[:-1]
    biases = sum(m * a for m, a in zip(sizes[1:-1], cumulative, strict=True)) if case.bias else 0.0
    log_det = scale_layers(case.network, alphas).log_det
    np.testing.assert_allclose(log_det, weights + biases, rtol=1e-10, atol=1e-10)


@given(case=cases(activations=HOMOGENEOUS), seed=st.integers(0, 1000))
def test_layers_are_neurons_with_equal_factors(case, seed):
    alphas = layer_alphas(case.network.depth, seed)
    layers = scale_layers(case.network, alphas).multipliers
    factors = [np.full(m, alphas[: k + 1].prod()) for k, m in enumerate(case.sizes[1:-1])]
    np.testing.assert_allclose(layers, scale_neurons(case.network, factors).multipliers, rtol=1e-13)


@pytest.mark.parametrize("bias", [True, False])
def test_alpha_scale_is_definition_5_block_by_block(bias):
    network = flatlib.MLP((3, 4, 2), bias=bias)
    multipliers = [alpha_scale(network, 5.0).multipliers[i] for i in (0, -1)]
    assert multipliers == [5.0, 1.0 if bias else 0.2]
    blocks = flatlib.unflatten(
        alpha_scale(network, 5.0).multipliers, like=network.init(np.random.default_rng(0))
    )
    desired = [5.0, 5.0, 0.2, 1.0] if bias else [5.0, 0.2]
    for block, value in zip(blocks, desired, strict=True):
        np.testing.assert_array_equal(block, np.full(block.shape, value))


@pytest.mark.parametrize(
    ("layers", "desired"),
    [
        ((1, 2), [4.0, 4.0, 0.25, 1.0, 1.0, 1.0]),
        ((2, 3), [1.0, 1.0, 4.0, 4.0, 0.25, 1.0]),
        ((1, 3), [4.0, 4.0, 1.0, 4.0, 0.25, 1.0]),
    ],
)
def test_alpha_scale_between_any_two_layers_carries_the_biases_between_them(layers, desired):
    case = make_case((2, 3, 3, 2), "relu")
    scaling = alpha_scale(case.network, 4.0, layers=layers)
    blocks = flatlib.unflatten(scaling.multipliers, like=case.params)
    for block, value in zip(blocks, desired, strict=True):
        np.testing.assert_array_equal(block, np.full(block.shape, value))
    assert_same_function(case, scaling(case.params))


@settings(max_examples=100)
@given(drawn=scaled_cases())
def test_theorem_3_in_the_original_coordinates(drawn):
    assert_theorem_3(*drawn)


@settings(max_examples=50)
@given(drawn=scaled_cases(activations=("square",)))
def test_theorem_3_for_the_square(drawn):
    assert_theorem_3(*drawn)


@pytest.mark.parametrize("alpha", [2.0, 1e3])
@pytest.mark.parametrize("block", [0, 2])
def test_theorem_3_sees_a_diagonal_wrong_by_a_thousandth_in_one_layer(monkeypatch, alpha, block):
    case = make_case((3, 4, 2), "relu", loss="cross_entropy")
    scaling = alpha_scale(case.network, alpha)
    assert_theorem_3(case, scaling)
    off = np.concatenate(
        [
            np.full(size, 1.001 if position == block else 1.0)
            for position, size in enumerate(flatlib.block_sizes(case.params))
        ]
    )
    monkeypatch.setattr(Scaling, "diagonal", property(lambda self: off / self.multipliers))
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_theorem_3(case, scaling)


def test_a_scaling_writes_to_nothing():
    case = make_case((3, 4, 2), "relu")
    for array in case.params:
        array.setflags(write=False)
    alpha_scale(case.network, 3.0)(case.params)
