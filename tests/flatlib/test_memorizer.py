"""The memorizer against autograd's Hessian, and the floor that it attains against random nets."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest

from flatlib import MLP
from flatlib.measures import trace_floor
from flatlib.training import memorizer

ROUNDING = 1e-10  # identities of float64 numbers


def by_autograd(inputs, targets, params):
    """Hessian of the mean square, from a function written here."""
    shapes = [np.shape(array) for array in params]
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]

    def loss(theta):
        parts = [p.reshape(s) for p, s in zip(anp.split(theta, cuts), shapes, strict=True)]
        incoming, biases, outgoing, last = parts
        outputs = anp.dot(anp.maximum(anp.dot(inputs, incoming) + biases, 0), outgoing) + last
        return anp.mean((outputs[:, 0] - targets) ** 2)

    theta = np.concatenate([np.ravel(array) for array in params])
    return autograd.hessian(loss)(theta)


def sphere(rng, count, dimension):
    points = rng.normal(size=(count, dimension))
    return points / np.linalg.norm(points, axis=1)[:, None] * rng.uniform(0.5, 3)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("beta", [0.0, 0.7])
def test_eigenvalues_are_those_of_a_diagonal_and_ones(seed, beta):
    rng = np.random.default_rng(seed)
    inputs = sphere(rng, 5, 3)
    targets = rng.choice([-1.0, 1.0, 0.0, 2.5], size=5) * rng.choice([1.0, 1.3])
    net, params = memorizer(inputs, targets, tightness=rng.uniform(0.05, 0.95), output_bias=beta)
    np.testing.assert_allclose(net.predict(params, inputs)[:, 0], targets, atol=ROUNDING)
    lengths = np.sqrt((inputs**2).sum(axis=1) + 1)
    kernel = np.diag(2 * np.abs(targets - beta) * lengths) + 1
    found = np.linalg.eigvalsh(by_autograd(inputs, targets, params))[-5:]
    np.testing.assert_allclose(found, np.linalg.eigvalsh(kernel) * 2 / 5, atol=ROUNDING)
    trace = np.trace(by_autograd(inputs, targets, params))
    np.testing.assert_allclose(trace_floor(net, params, inputs), trace, rtol=ROUNDING)


def test_each_unit_fires_on_its_example_alone_and_no_example_is_on_a_kink():
    rng = np.random.default_rng(0)
    inputs, targets = sphere(rng, 30, 4), rng.normal(size=30)
    targets[[3, 8]] = 0.0
    for tightness in (0.01, 0.5, 0.99):
        net, (incoming, biases, _, last) = memorizer(inputs, targets, tightness=tightness)
        z = inputs @ incoming + biases
        assert net.layer_sizes == (4, 28, 1)
        assert ((z > 0).sum(axis=0) == 1).all()
        assert (np.abs(z) > 1e-6).all()
        assert last == 0


def test_a_tighter_plane_stands_nearer_to_its_example():
    inputs, targets = sphere(np.random.default_rng(1), 9, 3), np.ones(9)
    reach = []
    for tightness in (0.1, 0.5, 0.9):
        _, (incoming, biases, _, _) = memorizer(inputs, targets, tightness=tightness)
        z = inputs @ incoming + biases
        reach.append(np.diag(z) / np.linalg.norm(incoming, axis=0))
    ratio = reach[1] / reach[0], reach[2] / reach[0]
    np.testing.assert_allclose(ratio, [np.full(9, 5 / 9), np.full(9, 1 / 9)], rtol=1e-9)


def test_where_a_ridge_does_not_separate_a_programme_does():
    """A corner that is near the others in every direction but one."""
    inputs = np.array([[0, 0], [10, 0.1], [-10, 0.1], [9, 0.3], [-9, 0.3]])
    targets = np.array([1.0, -1, 1, -1, 1])
    net, params = memorizer(inputs, targets)
    np.testing.assert_allclose(net.predict(params, inputs)[:, 0], targets, atol=1e-9)


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("seed", range(10))
def test_no_random_net_is_below_the_floor(seed, bias):
    rng = np.random.default_rng(seed)
    net = MLP((3, 4, 1), bias=bias)
    params, inputs = net.init(rng, bias_std=1.0), rng.normal(size=(7, 3))
    full = params if bias else (params[0], np.zeros(4), params[1], np.zeros(1))
    matrix = by_autograd(inputs, rng.normal(size=7), full)
    free = np.ones(len(matrix), bool)
    if not bias:
        free[12:16], free[-1] = False, False
    floor, trace = trace_floor(net, params, inputs), np.trace(matrix[np.ix_(free, free)])
    assert floor < trace * (1 + ROUNDING)
    scale = np.linalg.norm(inputs, axis=1) if not bias else np.sqrt((inputs**2).sum(1) + 1)
    beta = params[-1][0] if bias else 0.0
    by_hand = 2 * bias + 4 * np.mean(scale * np.abs(net.predict(params, inputs)[:, 0] - beta))
    np.testing.assert_allclose(floor, by_hand, rtol=ROUNDING)
