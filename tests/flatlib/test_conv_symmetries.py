"""Convolutions have the symmetries of dense layers, channel by channel."""

import numpy as np
import pytest
from conv_cases import conv_cases
from conv_symmetry_cases import assert_same_outputs
from hypothesis import given, settings
from hypothesis import strategies as st

import flatlib
from flatlib import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool, Objective
from flatlib.params import flatten
from flatlib.transforms import (
    AffineMap,
    InputMap,
    InsertIdentity,
    LogitShift,
    Permutation,
    SplitNeuron,
    WeightNormalization,
    alpha_scale,
)


@given(case=conv_cases(), seed=st.integers(0, 2**31))
@settings(max_examples=25)
def test_channels_have_no_names(case, seed):
    rng = np.random.default_rng(seed)
    if not case.network.hidden_sizes:
        return
    layer = int(rng.integers(len(case.network.hidden_sizes))) + 1
    order = rng.permutation(case.network.hidden_sizes[layer - 1])
    moved = Permutation(case.network, layer, order)
    assert_same_outputs(case, case.network, moved(case.params))
    back = moved.inverse(moved(case.params))
    np.testing.assert_array_equal(flatten(back), flatten(case.params))
    old, new = (flatlib.hessian(case.objective, p) for p in (case.params, moved(case.params)))
    matrix = moved.jacobian(case.params)
    np.testing.assert_allclose(new, matrix @ old @ matrix.T, rtol=0, atol=1e-10 * np.abs(old).max())


def colours(bias=True, signal=False, end=None):
    """An objective on images, or signals, of two channels, with cross-entropy."""
    rng, sizes = np.random.default_rng(5), (7,) if signal else (6, 5)
    layers = [AveragePool(2, stride=1), Conv(3, 2), Conv(4, 1), Conv(3, 2)]
    net = ConvNet((*sizes, 2), [*layers, end or GlobalAverage()], bias=bias)
    labels = rng.integers(3, size=9)
    objective = Objective(net, "cross_entropy", rng.normal(size=(9, *sizes, 2)), labels)
    return objective, net.init(rng, bias_std=0.5), rng


def every_symmetry(net, rng):
    last = int(np.prod(net.param_shapes[-1 - net.bias][:-1]))
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    center = rng.normal(size=2) if net.bias else None
    return [
        alpha_scale(net, 3.0, layers=(2, 3)),
        Permutation(net, 2, rng.permutation(4)),
        LogitShift(net, rng.normal(size=last), bias=0.7 if net.bias else 0.0),
        InputMap(net, AffineMap(turn)),
        InputMap(net, AffineMap(rng.normal(size=(2, 2)), center=center)),
        SplitNeuron(net, 1, 2, fraction=0.3),
        SplitNeuron(net, 2, 0, fraction=0.8),
        InsertIdentity(net, layer=1),
        InsertIdentity(net, layer=2),
    ]


@pytest.mark.parametrize("signal", [False, True])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("end", [GlobalAverage(), Dense(3)])
@pytest.mark.parametrize("index", range(9))
def test_every_symmetry_has_its_convolution(index, end, bias, signal):
    objective, params, rng = colours(bias, signal, end)
    symmetry = every_symmetry(objective.network, rng)[index]
    symmetry.check(objective, params, tolerance=1e-12)
    moved, there = symmetry.apply(objective, params)
    matrix = symmetry.jacobian(params)
    old, new = flatlib.hessian(objective, params), flatlib.hessian(moved, there)
    atol = 1e-10 * np.abs(old).max()
    np.testing.assert_allclose(matrix.T @ new @ matrix, old, rtol=0, atol=atol)
    if moved.network == objective.network:
        back = symmetry.inverse(there)
        np.testing.assert_allclose(flatten(back), flatten(params), rtol=0, atol=1e-12)


def test_filters_have_lengths_and_directions():
    objective, params, _ = colours()
    g = WeightNormalization(objective.network, layer=2)
    eta = g.inverse(params)
    lengths, _ = eta[2]
    np.testing.assert_allclose(lengths**2, (params[2] ** 2).sum(axis=(0, 1, 2)), rtol=1e-14)
    np.testing.assert_allclose(flatten(g(g.stretch(eta, 7.0))), flatten(params), rtol=1e-14)
    assert int(g.is_scale.sum()) == 4


def test_what_does_not_commute_is_refused():
    pooled = ConvNet((3, 3, 1), [Conv(2, 2), MaxPool(2)])
    with pytest.raises(ValueError, match="maxima of its outputs"):
        LogitShift(pooled, np.ones(4))
    padded = ConvNet((4, 4, 2), [Conv(2, 3, padding="same"), Dense(2)])
    shift = InputMap(padded, AffineMap(np.eye(2), center=[1.0, 0.0]))
    with pytest.raises(ValueError, match="padding"):
        shift(padded.init(np.random.default_rng(0)))
    with pytest.raises(ValueError, match="must have 3 inputs"):
        InputMap(padded, AffineMap(np.eye(3)))(padded.init(np.random.default_rng(0)))
