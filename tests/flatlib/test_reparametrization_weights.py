"""Weights as lengths and directions, one by one or after batch normalization."""

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import cases

import flatlib
from flatlib.transforms import BatchNormalization, VectorNormalization, WeightNormalization


def plain_weights(scales, directions):
    """Unit by unit."""
    columns = [
        scale * column / np.linalg.norm(column)
        for scale, column in zip(scales, directions.T, strict=True)
    ]
    return np.stack(columns, axis=1)


@given(cases(), st.integers(0, 99), st.floats(1e-3, 1e3))
def test_weight_normalization_unit_by_unit(case, seed, alpha):
    rng = np.random.default_rng(seed)
    layer = int(rng.integers(1, case.network.depth + 1))
    g, position = WeightNormalization(case.network, layer=layer), (layer - 1) * (1 + case.bias)
    eta = list(g.inverse(case.params))
    shape = case.params[position].shape
    eta[position] = (rng.normal(size=shape[1]), rng.normal(size=shape))
    theta = g(tuple(eta))
    np.testing.assert_allclose(theta[position], plain_weights(*eta[position]), rtol=1e-12)
    for k in set(range(len(theta))) - {position}:
        np.testing.assert_array_equal(theta[k], case.params[k])
    moved = g.stretch(tuple(eta), alpha)
    np.testing.assert_allclose(moved[position][1], alpha * eta[position][1])
    np.testing.assert_array_equal(moved[position][0], eta[position][0])
    np.testing.assert_allclose(g(moved)[position], theta[position], rtol=1e-12)
    assert g.is_direction.sum() == np.prod(shape) and g.is_scale.sum() == shape[1]
    sizes = [np.size(leaf) for leaf in case.params[:position]]
    assert np.flatnonzero(g.is_scale)[0] == sum(sizes)


@settings(max_examples=30)
@given(cases(), st.integers(0, 99), st.floats(1e-2, 1e2))
def test_blocks_of_the_hessian_along_the_orbit_of_random_nets(case, seed, alpha):
    rng = np.random.default_rng(seed)
    g = WeightNormalization(case.network, layer=int(rng.integers(1, case.network.depth + 1)))
    eta = g.inverse(case.params)
    (directions,) = [pair[1] for pair in eta if isinstance(pair, tuple)]
    assume(np.linalg.norm(directions, axis=0).min() > 1e-2)  # shorter ones lose digits
    d = np.where(g.is_direction, 1 / alpha, 1.0)
    before, after = g.hessian(case.objective, eta), g.hessian(case.objective, g.stretch(eta, alpha))
    np.testing.assert_allclose(after / np.outer(d, d), before, atol=1e-9 * np.abs(before).max())


def test_vector_normalization_by_hand():
    g = VectorNormalization(2)
    eta = (10.0, np.array([3.0, 4.0]))
    u, across = np.array([0.6, 0.8]), np.array([0.8, -0.6])
    jacobian = np.column_stack([u, 10 / 5 * np.outer(across, across)])
    np.testing.assert_allclose(g.jacobian(eta), jacobian, atol=1e-14)
    np.testing.assert_allclose(g.inverse(np.array([3.0, -4.0]))[0], 5.0)
    np.testing.assert_array_equal(g.is_direction, [False, True, True])


@given(st.integers(0, 99), st.integers(2, 4), st.sampled_from(["relu", "tanh", "softplus"]))
def test_batch_normalization_step_by_step(seed, depth, activation):
    rng = np.random.default_rng(seed)
    net = flatlib.MLP((3,) + (4,) * (depth - 1) + (2,), activation)
    inputs = rng.normal(size=(30, 3)) + 1
    g, eta = BatchNormalization(net, inputs), []
    hidden = inputs
    for fan_in in net.layer_sizes[: depth - 1]:
        V, gamma, beta = rng.normal(size=(fan_in, 4)), rng.normal(size=4), rng.normal(size=4)
        z = hidden @ V
        z = gamma * (z - z.mean(axis=0)) / z.std(axis=0) + beta
        hidden = {"relu": np.maximum(z, 0), "tanh": np.tanh(z), "softplus": np.logaddexp(0, z)}[
            activation
        ]
        eta += [V, gamma, beta]
    eta = (*eta, rng.normal(size=(4, 2)), rng.normal(size=2))
    np.testing.assert_allclose(
        net.predict(g(eta), inputs), hidden @ eta[-2] + eta[-1], rtol=1e-9, atol=1e-10
    )
    params = g(eta)
    back = g(g.inverse(params))
    np.testing.assert_allclose(flatlib.flatten(back), flatlib.flatten(params), rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(
        flatlib.flatten(g(g.stretch(eta, 7.0))), flatlib.flatten(params), rtol=1e-9, atol=1e-9
    )
    assert g.is_direction.sum() == 12 + 16 * (depth - 2)
