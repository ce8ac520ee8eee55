"""Curvature under shifts and of the first layer: complex steps in x, and the whole Hessian."""

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, NAMES, cases, make_case

from flatlib import MLP, Objective, SquaredLoss
from flatlib.measures import bias_hessian, first_layer_trace, input_complexity, shift_curvature
from flatlib.transforms import scale_neurons

# two routes through a handful of layers; products of weights lose a few digits more
TOLERANCE = 1e-11


def gradient_in_x(case, inputs):
    """Loss gradient in a common shift of the inputs, by a complex step, shape (d,)."""
    slopes = []
    for unit in np.eye(case.sizes[0]):
        moved = type(case)(**{**vars(case), "inputs": inputs + 1j * oracles.STEP * unit})
        slopes.append(oracles.loss(case.theta, moved).imag / oracles.STEP)
    return np.array(slopes)


@settings(max_examples=40)
@given(cases())
def test_it_is_half_the_laplacian_under_shifts_of_the_inputs(case):
    step = 1e-5  # central differences of an exact gradient, in units of x of about 1
    laplacian = 0.0
    for i, unit in enumerate(np.eye(case.sizes[0])):
        up, down = (gradient_in_x(case, case.inputs + sign * step * unit)[i] for sign in (1, -1))
        laplacian += (up - down) / (2 * step)
    found = shift_curvature(case.objective, case.params)
    # cancellation leaves 1e-16 / 1e-5, truncation 1e-10, of third derivatives up to 1e2
    np.testing.assert_allclose(found, laplacian / 2, rtol=1e-5, atol=1e-5)


@settings(max_examples=30)
@given(st.sampled_from(NAMES), st.integers(0, 2**32 - 1), st.booleans())
def test_for_two_layers_it_is_the_closed_form(name, seed, bias):
    case = make_case((3, 5, 1), name, bias=bias, factor=1.0, seed=seed)
    gram = case.params[0].T @ case.params[0]
    block = bias_hessian(case.objective, case.params)
    expected = (gram * block).sum() / 2
    atol = TOLERANCE * np.abs(gram * block).sum()
    found = shift_curvature(case.objective, case.params)
    np.testing.assert_allclose(found, expected, rtol=0, atol=atol)


@settings(max_examples=40)
@given(
    st.sampled_from([(3, 5, 1), (2, 4, 3, 1), (3, 4, 3, 3, 2)]),
    st.sampled_from(HOMOGENEOUS),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_no_scaling_of_units_moves_it(sizes, name, seed, bias):
    case, rng = make_case(sizes, name, bias=bias, seed=seed), np.random.default_rng(seed)
    scaling = scale_neurons(case.network, [np.exp(rng.normal(size=n)) for n in sizes[1:-1]])
    moved = scaling(case.params)
    before = shift_curvature(case.objective, case.params)
    np.testing.assert_allclose(shift_curvature(case.objective, moved), before, rtol=1e-10)
    weighted = first_layer_trace(case.objective, case.params).weighted
    np.testing.assert_allclose(
        first_layer_trace(case.objective, moved).weighted, weighted, rtol=1e-10
    )


@settings(max_examples=40)
@given(
    st.sampled_from([(3, 5, 1), (2, 4, 3, 1), (3, 4, 3, 3, 2)]),
    st.sampled_from(NAMES),
    st.integers(0, 2**32 - 1),
    st.booleans(),
)
def test_first_layer_against_the_complex_step_hessian(sizes, name, seed, bias):
    case = make_case(sizes, name, bias=bias, factor=1.0, seed=seed)
    d, width = sizes[:2]
    block = slice(0, d * width)
    hessian = oracles.complex_step_hessian(case.theta, case, block)[block]
    weights = case.theta[block].reshape(d, width)
    expected = sum(
        weights[:, k] @ weights[:, j] * hessian[i * width + k, i * width + j]
        for i in range(d)
        for k in range(width)
        for j in range(width)
    )
    trace = np.trace(hessian) * np.linalg.eigvalsh(weights @ weights.T)[-1]
    found = first_layer_trace(case.objective, case.params)
    atol = 1e-9 * max(np.abs(hessian).max(), 1e-3) * np.linalg.norm(weights) ** 2
    np.testing.assert_allclose(found.weighted, expected / 2, rtol=0, atol=atol)
    np.testing.assert_allclose(found.product, trace / 2, rtol=0, atol=atol)
    shortest = min(x @ x for x in case.inputs)
    np.testing.assert_allclose(found.bound, found.product / shortest, rtol=TOLERANCE)


@pytest.mark.parametrize("name", ["tanh", "relu", "gelu"])
@pytest.mark.parametrize("sizes", [(3, 6, 1), (3, 5, 4, 1), (3, 4, 4, 3, 1)])
def test_an_interpolant_gives_away_its_complexity_on_a_sphere(name, sizes):
    rng = np.random.default_rng(1)
    net, inputs = MLP(sizes, name), rng.normal(size=(30, 3))
    inputs *= 2.0 / np.linalg.norm(inputs, axis=1, keepdims=True)
    params = net.init(rng, bias_std=0.5)
    risk = Objective(net, SquaredLoss(factor=1.0), inputs, net.predict(params, inputs))
    complexity = input_complexity(net, params, inputs)
    found = first_layer_trace(risk, params)
    np.testing.assert_allclose(found.weighted / 4.0, complexity, rtol=TOLERANCE)
    np.testing.assert_allclose(shift_curvature(risk, params), complexity, rtol=TOLERANCE)
    assert found.bound >= complexity


def test_a_linear_map_has_the_squared_length_of_its_weights():
    risk = Objective(MLP((2, 1), bias=False), SquaredLoss(1.0), np.ones((3, 2)), np.zeros((3, 1)))
    assert shift_curvature(risk, ([[3.0], [4.0]],)) == 25.0
