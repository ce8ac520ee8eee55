"""One of each symmetry of a small net, and data to see that its function stays."""

import numpy as np

from flatlib import MLP, Objective
from flatlib.transforms import (
    AffineMap,
    InputMap,
    InsertIdentity,
    LogitShift,
    Permutation,
    SplitNeuron,
    alpha_scale,
    scale_neurons,
)

SIZES = (3, 4, 5, 2)


def net_and_data(bias=True, loss="cross_entropy", seed=0):
    rng = np.random.default_rng(seed)
    net, inputs = MLP(SIZES, bias=bias), rng.normal(size=(20, 3))
    targets = rng.integers(2, size=20) if loss == "cross_entropy" else rng.normal(size=(20, 2))
    return net, Objective(net, loss, inputs, targets), net.init(rng, bias_std=0.5), rng


def every_symmetry(net, rng):
    size = net.layer_sizes[0]
    rotation = np.linalg.qr(rng.normal(size=(size, size)))[0]
    center = rng.normal(size=size) if net.bias else None
    return [
        alpha_scale(net, 3.0),
        scale_neurons(net, [np.exp(rng.normal(size=n)) for n in net.hidden_sizes]),
        Permutation(net, 2, rng.permutation(net.layer_sizes[2])),
        LogitShift(net, rng.normal(size=net.layer_sizes[-2]), bias=0.7 if net.bias else 0.0),
        InputMap(net, AffineMap(rotation)),
        InputMap(net, AffineMap(np.diag([0.1, 2.0, 5.0]))),
        InputMap(net, AffineMap(rng.normal(size=(size, size)), center=center)),
        SplitNeuron(net, 1, 2, fraction=0.3),
        SplitNeuron(net, 2, 0, fraction=0.8),
        InsertIdentity(net, layer=1),
        InsertIdentity(net, layer=2),
    ]
