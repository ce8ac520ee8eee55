"""Convolutional cases: fixed architectures that cover every kind of layer, and random ones."""

from dataclasses import dataclass

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from strategies import NAMES

import flatlib
from flatlib import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool
from flatlib.curvature.convolution import kink_margin_conv

# name -> (input shape, layers)
NETS = {
    "mlenet, small": (
        (10, 10, 1),
        (Conv(3, 3), MaxPool(2), Conv(4, 2), Conv(3, 2), GlobalAverage()),
    ),
    "lenet, small": (
        (9, 8, 2),
        (Conv(2, 3, padding="same"), MaxPool(2), Conv(3, 2), Dense(4), Dense(3)),
    ),
    "strides": (
        (7, 9, 1),
        (
            Conv(3, 3, stride=2, padding="same"),
            Conv(2, (2, 3), stride=(1, 2), padding="same"),
            Dense(2),
        ),
    ),
    "strides, valid": (
        (7, 8, 1),
        (Conv(2, 3, stride=2), Conv(2, (2, 1), stride=(1, 2)), GlobalAverage()),
    ),
    "average": ((6, 6, 1), (Conv(2, 3), AveragePool(2), Conv(3, 2, padding="same"), Dense(2))),
    "overlapping": (
        (6, 5, 1),
        (Conv(2, 2), MaxPool(3, stride=1), Conv(2, 2), AveragePool((2, 1)), Dense(2)),
    ),
    "pools upon pools": (
        (8, 8, 1),
        (
            MaxPool(2),
            Conv(2, 2, padding="same"),
            MaxPool(2, stride=1),
            AveragePool(2, stride=1),
            MaxPool(2),
            Dense(3),
            Dense(2),
        ),
    ),
    "pools after the last": ((6, 6, 1), (Conv(2, 3), Conv(3, 1), MaxPool(2), AveragePool(2))),
    "network in network": (
        (4, 4, 2),
        (Conv(2, 3, padding="same"), Conv(3, 1), Conv(2, 1), GlobalAverage()),
    ),
    "signal": ((11, 2), (Conv(3, 3), MaxPool(2), Conv(2, 2, padding="same"), Dense(3))),
    "signal, strides": (
        (9, 1),
        (Conv(3, (4,), stride=(2,), padding="same"), AveragePool(2), Conv(2, 2), GlobalAverage()),
    ),
    "dense only": ((2, 2, 1), (Dense(4), Dense(3), Dense(2))),
    "one layer": ((4, 3, 1), (Conv(3, 2), GlobalAverage())),
    "kernel larger than its step": (
        (5, 2, 1),
        (Conv(2, 2, stride=3, padding="same"), Conv(2, 3, padding="same"), Dense(2)),
    ),
}


@dataclass(frozen=True, eq=False)
class ConvCase:
    """A network, its loss and data as plain values (for oracles), and the flatlib objects of it."""

    input_shape: tuple[int, ...]
    layers: tuple
    activation: str
    bias: bool
    loss: str
    factor: float
    inputs: np.ndarray
    targets: np.ndarray
    params: tuple[np.ndarray, ...]

    @property
    def network(self):
        return ConvNet(self.input_shape, self.layers, self.activation, bias=self.bias)

    @property
    def objective(self):
        loss = flatlib.SquaredLoss(self.factor) if self.loss == "squared" else self.loss
        return flatlib.Objective(self.network, loss, self.inputs, self.targets)

    @property
    def theta(self):
        return np.concatenate([array.reshape(-1) for array in self.params])


def conv_case(net, activation="relu", bias=True, loss="squared", factor=0.5, examples=3, seed=0):
    """A case from plain values: normal data, and outputs of at most 3 (softmax not saturated)."""
    input_shape, layers = NETS[net] if isinstance(net, str) else net
    network, rng = ConvNet(input_shape, layers, activation, bias=bias), np.random.default_rng(seed)
    inputs = rng.normal(size=(examples, *input_shape))
    params = network.init(rng, bias_std=0.5)
    excess = max(1.0, np.abs(network.predict(params, inputs)).max() / 3.0)
    last = 1 + bias
    params = (*params[:-last], *(array / excess for array in params[-last:]))
    outputs = network.num_outputs
    if loss == "squared":
        targets = rng.normal(size=(examples, outputs))
    else:
        targets = np.eye(outputs)[rng.integers(outputs, size=examples)]
    return ConvCase(input_shape, layers, activation, bias, loss, factor, inputs, targets, params)


@st.composite
def architectures(draw):
    """Images or signals, one to three convolutions with or without pools, and a head."""
    signal = draw(st.booleans())
    sizes = [draw(st.integers(3, 7))] + ([] if signal else [draw(st.integers(3, 6))])
    input_shape, layers = (*sizes, draw(st.integers(1, 2))), []
    for _ in range(draw(st.integers(0, 3))):
        kernel = tuple(draw(st.integers(1, min(3, size))) for size in sizes)
        stride = tuple(draw(st.integers(1, 2)) for _ in sizes)
        padding = draw(st.sampled_from(["valid", "same"]))
        layers.append(Conv(draw(st.integers(1, 3)), kernel, stride=stride, padding=padding))
        lost = [0 if padding == "same" else k - 1 for k in kernel]
        sizes = [-(-(n - a) // s) for n, a, s in zip(sizes, lost, stride, strict=True)]
        kind = draw(st.sampled_from([None, MaxPool, AveragePool]))
        if kind is not None:
            window = tuple(draw(st.integers(1, min(3, size))) for size in sizes)
            stride = tuple(draw(st.integers(1, 2)) for _ in sizes)
            layers.append(kind(window, stride=stride))
            sizes = [(n - k) // s + 1 for n, k, s in zip(sizes, window, stride, strict=True)]
    if layers and draw(st.booleans()):
        return input_shape, (*layers, GlobalAverage())
    hidden = [Dense(draw(st.integers(1, 3))) for _ in range(draw(st.integers(0, 1)))]
    return input_shape, (*layers, *hidden, Dense(draw(st.integers(1, 3))))


@st.composite
def conv_cases(draw, nets=None, activations=NAMES):
    """A random architecture (or one of ``nets``), any activation, either loss, off kinks."""
    case = conv_case(
        draw(architectures() if nets is None else st.sampled_from(nets)),
        activation=draw(st.sampled_from(activations)),
        bias=draw(st.booleans()),
        loss=draw(st.sampled_from(["squared", "cross_entropy"])),
        factor=draw(st.floats(0.1, 3.0)),
        examples=draw(st.integers(1, 4)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )
    # an exact 0 comes from a map that is 0 everywhere, in any arithmetic
    margin = kink_margin_conv(case.objective, case.params)
    assume(margin == 0 or margin > 1e-9)
    return case
