"""Networks of one input, with what moves them and leaves their function."""

import numpy as np

import flatlib
from flatlib.networks import MLP, Params

SQUARE = flatlib.SquaredLoss(factor=1.0)


def largest(params: Params, inputs: np.ndarray) -> float:
    """The largest eigenvalue at parameters that fit: the labels are the network's own outputs."""
    net = MLP((1, np.shape(params[0])[1], 1))
    return flatlib.measures.spectral_norm(_fitted(net, params, inputs), params)


def trace(params: Params, inputs: np.ndarray) -> float:
    """The trace there."""
    net = MLP((1, np.shape(params[0])[1], 1))
    return flatlib.measures.hessian_trace(_fitted(net, params, inputs), params)


def _fitted(net: MLP, params: Params, inputs: np.ndarray) -> flatlib.Objective:
    column = np.asarray(inputs)[:, None]
    return flatlib.Objective(net, SQUARE, column, net.predict(params, column))


def drawn(rng: np.random.Generator, width: int) -> Params:
    """A network with its kinks among inputs in [-2, 2]."""
    incoming = rng.choice([-1, 1], size=width) * rng.uniform(0.2, 2.0, size=width)
    kinks = rng.uniform(-1.5, 1.5, size=width)
    outgoing, offset = rng.normal(size=(width, 1)), rng.normal(size=1)
    return incoming[None], -incoming * kinks, outgoing, offset


def scaled(params: Params, factors: np.ndarray) -> Params:
    """Each unit's incoming weights times its factor, its outgoing weight over it."""
    incoming, biases, outgoing, offset = params
    return incoming * factors, biases * factors, outgoing / factors[:, None], offset


def halved(params: Params) -> Params:
    """The first unit in two copies with half the outgoing weight each: the same function."""
    incoming, biases, outgoing, offset = params
    twice = np.r_[0, np.arange(len(biases))]
    shares = np.r_[0.5, 0.5, np.ones(len(biases) - 1)]
    return incoming[:, twice], biases[twice], outgoing[twice] * shares[:, None], offset


def through(inputs: np.ndarray, targets: np.ndarray, width: int, rng: np.random.Generator):
    """A drawn network whose outgoing weights are solved for, so that it goes through the points."""
    incoming, biases, _, _ = drawn(rng, width)
    hidden = np.maximum(inputs[:, None] * incoming + biases, 0.0)
    columns = np.hstack([hidden, np.ones((len(inputs), 1))])
    solved = np.linalg.lstsq(columns, targets, rcond=None)[0]
    fits = np.abs(columns @ solved - targets).max() < 1e-9
    return (incoming, biases, solved[:-1, None], solved[-1:]) if fits else None
