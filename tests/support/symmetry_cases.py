"""Nets beside other nets with the same predictions: six linear symmetries, as tests need them."""

from itertools import pairwise

import numpy as np

from flatlib import MLP, CrossEntropyLoss, Objective
from flatlib.transforms import AffineMap, scale_layers, scale_neurons

MOVES = ("layers", "units", "logits", "rotation", "diagonal", "affine")


def random_net(seed=0, *, bias=True, loss="cross_entropy", activation="relu", sizes=(4, 5, 6, 3)):
    """An objective and params at which nothing is special, without dead units."""
    rng = np.random.default_rng(seed)
    net, inputs = MLP(sizes, activation, bias=bias), rng.normal(size=(60, sizes[0]))
    params = net.init(rng, bias_std=0.2)
    while any((z <= 0).all(axis=0).any() for z in net.pre_activations(params, inputs)[:-1]):
        params = net.init(rng, bias_std=0.2)
    labels = rng.integers(sizes[-1], size=60)
    targets = np.eye(sizes[-1])[labels] if loss == "squared" else labels
    return Objective(net, loss, inputs, targets), params


def move(name, objective, params, rng):
    """Objective and params after one symmetry, drawn anew."""
    net = objective.network
    if name == "layers":
        logs = rng.normal(size=net.depth)
        return objective, scale_layers(net, np.exp(logs - logs.mean()))(params)
    if name == "units":
        factors = [np.exp(rng.normal(size=n)) for n in net.hidden_sizes]
        return objective, scale_neurons(net, factors)(params)
    if name == "logits":
        assert isinstance(objective.loss, CrossEntropyLoss)
        last = params[-1 - net.bias]
        biases = [b + rng.normal() for b in params[len(params) - net.bias :]]
        shifted = last + rng.normal(size=(len(last), 1))
        return objective, (*params[: -1 - net.bias], shifted, *biases)
    return _other_inputs(name, objective, params, rng)


def _other_inputs(name, objective, params, rng):
    net, d = objective.network, objective.network.layer_sizes[0]
    matrix = {
        "rotation": np.linalg.qr(rng.normal(size=(d, d)))[0],
        "diagonal": np.diag(np.exp(rng.normal(size=d))),
        "affine": rng.normal(size=(d, d)),
    }[name]
    center = rng.normal(size=d) if net.bias and name == "affine" else None
    change = AffineMap(matrix, center=center)
    inputs = change(objective.inputs)
    moved = Objective(net, objective.loss, inputs, objective.targets)
    return moved, change.fold(net, params)


def columns(theta, sizes, bias):
    """For each layer the list of positions in theta of what enters each unit, and of biases."""
    start, layers = 0, []
    for n, m in pairwise(sizes):
        entering = [[start + j * m + s for j in range(n)] for s in range(m)]
        start += n * m
        layers.append((entering, [start + s for s in range(m)] if bias else []))
        start += m * bias
    assert start == len(theta)
    return layers
