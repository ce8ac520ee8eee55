"""Complexity and the two-layer bounds against the complex step, loops, and nets done by hand."""

from itertools import pairwise

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMES, cases, make_case

from flatlib import MLP, Conv, ConvNet, Dense, Objective, SquaredLoss, hessian
from flatlib.measures import (
    bias_fisher,
    bias_hessian,
    corollary_bound,
    fisher_bound,
    input_complexity,
    path_norm,
)
from flatlib.transforms import scale_neurons

# two routes through a handful of layers in float64
TOLERANCE = 1e-12


def input_gradients(case):
    """By complex steps in x: shape (d, N, C)."""
    rows = []
    for unit in np.eye(case.sizes[0]):
        rows.append(oracles.outputs(case.theta, case, case.inputs + 1j * oracles.STEP * unit).imag)
    return np.array(rows) / oracles.STEP


def bias_gradients(case):
    """By complex steps in the hidden biases: shape (N, K)."""
    d, width, _ = case.sizes
    rows = []
    for k in range(width):
        theta = case.theta.astype(complex)
        theta[d * width + k] += 1j * oracles.STEP
        rows.append(oracles.outputs(theta, case, case.inputs)[:, 0].imag / oracles.STEP)
    return np.array(rows).T


@settings(max_examples=60)
@given(cases())
def test_complexity_by_the_complex_step_in_x_at_any_depth(case):
    expected = (input_gradients(case) ** 2).sum() / len(case.inputs)
    found = input_complexity(case.network, case.params, case.inputs)
    np.testing.assert_allclose(found, expected, rtol=TOLERANCE, atol=1e-25)


def two_layer_cases(**options):
    return st.builds(
        make_case,
        sizes=st.tuples(st.integers(1, 4), st.integers(1, 5), st.just(1)),
        activation=st.sampled_from(options.get("activations", NAMES)),
        num_examples=st.integers(1, 8),
        factor=st.floats(0.1, 3.0),
        seed=st.integers(0, 2**32 - 1),
    )


@settings(max_examples=40)
@given(two_layer_cases())
def test_fisher_block_by_the_complex_step_in_c(case):
    rows = bias_gradients(case)
    found = bias_fisher(case.network, case.params, case.inputs)
    oracles.assert_close(found, sum(np.outer(v, v) for v in rows) / len(rows))


@settings(max_examples=40)
@given(two_layer_cases())
def test_hessian_in_c_is_the_block_of_the_whole_hessian(case):
    d, width, _ = case.sizes
    block = slice(d * width, (d + 1) * width)
    expected = oracles.complex_step_hessian(case.theta, case, block)[block]
    found = bias_hessian(case.objective, case.params)
    atol = TOLERANCE * max(np.abs(expected).max(), 1e-3)
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)
    whole = hessian(case.objective, case.params)[block, block]
    np.testing.assert_allclose(found, whole, rtol=0, atol=atol)


def test_hessian_in_c_with_cross_entropy_of_one_output_is_0():
    net = MLP((2, 3, 1), "tanh")
    objective = Objective(net, "cross_entropy", np.ones((2, 2)), [0, 0])
    params = net.init(np.random.default_rng(0))
    np.testing.assert_array_equal(bias_hessian(objective, params), np.zeros((3, 3)))


@settings(max_examples=60)
@given(two_layer_cases())
def test_theorem_1_is_a_chain_that_starts_at_twice_the_complexity(case):
    bound = fisher_bound(case.network, case.params, case.inputs)
    twice = 2 * (input_gradients(case) ** 2).sum() / len(case.inputs)
    fisher = bias_gradients(case).T @ bias_gradients(case) / len(case.inputs)
    norm = sum((column**2).sum() for column in case.params[0].T)
    np.testing.assert_allclose(bound.left, twice, rtol=TOLERANCE, atol=1e-25)
    np.testing.assert_allclose(bound.right, norm**2 + (fisher**2).sum(), rtol=TOLERANCE)
    for low, high in pairwise(bound):
        assert low <= high * (1 + TOLERANCE)


@settings(max_examples=60)
@given(two_layer_cases())
def test_corollary_by_loops_over_units(case):
    risk = Objective(case.network, SquaredLoss(factor=1.0), case.inputs, case.targets)
    bound = corollary_bound(risk, case.params)
    incoming, _, outgoing, _ = case.params
    root = np.sqrt(risk(case.params))
    strengths = [abs(a[0]) * (b**2).sum() for a, b in zip(outgoing, incoming.T, strict=True)]
    d, width, _ = case.sizes
    block = slice(d * width, (d + 1) * width)
    squared = (hessian(risk, case.params)[block, block] ** 2).sum()
    norms = (incoming**2).sum() ** 2
    largest = case.network.activation.max_curvature
    np.testing.assert_allclose(
        bound.printed, norms + squared + 2 * largest * max(strengths) * root, rtol=TOLERANCE
    )
    np.testing.assert_allclose(
        bound.corrected, norms + squared / 4 + 2 * largest * sum(strengths) * root, rtol=TOLERANCE
    )
    slack = 1 + TOLERANCE
    assert bound.left <= bound.laplacian * slack + 1e-12
    assert bound.laplacian <= bound.sharp * slack <= bound.corrected * slack**2


@pytest.mark.parametrize("name", ["tanh", "relu"])
def test_without_biases_c_is_zero(name):
    rng = np.random.default_rng(0)
    bare, full = MLP((3, 4, 1), name, bias=False), MLP((3, 4, 1), name)
    incoming, outgoing = bare.init(rng)
    inputs, both = rng.normal(size=(9, 3)), (incoming, np.zeros(4), outgoing, np.zeros(1))
    np.testing.assert_array_equal(
        bias_fisher(bare, (incoming, outgoing), inputs), bias_fisher(full, both, inputs)
    )


def test_complexity_of_a_convolutional_net_by_central_differences():
    rng = np.random.default_rng(0)
    net = ConvNet((5, 5, 1), (Conv(2, 3), Dense(2)), "tanh")
    params, images = net.init(rng, bias_std=1.0), rng.normal(size=(3, 5, 5, 1))
    step, total = 1e-5, 0.0
    for pixel in range(25):
        shift = step * np.eye(25)[pixel].reshape(5, 5, 1)
        rows = net.predict(params, images + shift) - net.predict(params, images - shift)
        total += ((rows / (2 * step)) ** 2).sum() / 3
    # central differences: error about step^2
    np.testing.assert_allclose(input_complexity(net, params, images), total, rtol=1e-8)


def test_path_norm_bounds_the_complexity_and_ignores_scaling():
    rng = np.random.default_rng(0)
    net = MLP((4, 6, 1))
    params, inputs = net.init(rng, bias_std=1.0), rng.normal(size=(50, 4))
    moved = scale_neurons(net, [rng.uniform(0.01, 100, size=6)])(params)
    by_hand = sum(abs(params[2][k, 0]) * np.sqrt((params[0][:, k] ** 2).sum()) for k in range(6))
    np.testing.assert_allclose([path_norm(net, params), path_norm(net, moved)], by_hand, rtol=1e-14)
    assert input_complexity(net, params, inputs) <= by_hand**2


def test_the_oracle_sees_a_planted_error():
    case = make_case((3, 4, 1), "tanh", num_examples=5)
    rows = 1.001 * bias_gradients(case)
    with pytest.raises(AssertionError):
        found = bias_fisher(case.network, case.params, case.inputs)
        oracles.assert_close(found, rows.T @ rows / len(rows))
