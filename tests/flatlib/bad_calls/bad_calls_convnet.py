"""Bad calls of convolutional nets: (label, call, kind of error, words of its message)."""

import numpy as np

import flatlib
from flatlib import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool, Objective
from flatlib.curvature import convolution
from flatlib.training import fit_output_layer

RNG = np.random.default_rng(0)
NET = ConvNet((6, 6, 1), [Conv(2, 3), MaxPool(2), Dense(2)])
PARAMS, IMAGES = NET.init(RNG), RNG.normal(size=(3, 6, 6, 1))
OBJECTIVE = Objective(NET, "squared", IMAGES, np.zeros((3, 2)))
DENSE = Objective(flatlib.MLP((2, 2)), "squared", np.ones((3, 2)), np.zeros((3, 2)))
VECTORS = np.ones((NET.num_params, 2))
NAN = VECTORS * np.nan
V, T = ValueError, TypeError


def net(*layers, shape=(6, 6, 1), **options):
    return ConvNet(shape, layers, **options)


def hessian(**options):
    return convolution.hessian(OBJECTIVE, PARAMS, **options)


def frozen():
    out = np.empty((NET.num_params,) * 2)
    out.setflags(write=False)
    return out


CASES = [
    ("no input shape", lambda: net(Dense(2), shape=6), V, "input_shape"),
    ("flat input shape", lambda: net(Dense(2), shape=(6,)), V, "input_shape"),
    ("zero channels", lambda: net(Dense(2), shape=(6, 6, 0)), V, "input_shape"),
    ("conv: float size", lambda: net(Dense(2), shape=(6, 6.0, 1)), T, "input_shape"),
    ("layers as one layer", lambda: ConvNet((6, 6, 1), Dense(2)), T, "layers"),
    ("no layers", lambda: net(), V, "layers"),
    ("pools only", lambda: net(MaxPool(2), GlobalAverage()), V, "layers"),
    ("a number as layer", lambda: net(Conv(2, 3), 10), T, "layers[1]"),
    ("a class as layer", lambda: net(Conv(2, 3), GlobalAverage), T, "layers[1]"),
    ("kernel too large", lambda: net(Conv(2, 7), Dense(2)), V, "layers[0]"),
    ("pool too large", lambda: net(Conv(2, 4), MaxPool(4), Dense(2)), V, "layers[1]"),
    ("positions left", lambda: net(Conv(2, 3)), V, "one position"),
    ("conv after dense", lambda: net(Dense(3), Conv(2, 1)), V, "layers[1]"),
    ("pool after average", lambda: net(Conv(2, 3), GlobalAverage(), MaxPool(1)), V, "layers[2]"),
    ("flat kernel", lambda: net(Conv(2, (3,)), Dense(2)), V, "layers[0]"),
    ("tall signal", lambda: net(Conv(2, (3, 3)), Dense(2), shape=(6, 1)), V, "layers[0]"),
    ("flat stride", lambda: net(Conv(2, 3, stride=(1,)), Dense(2)), V, "stride of layers[0]"),
    ("conv: unknown activation", lambda: net(Dense(2), activation="swish"), V, "activation"),
    ("conv: bias as integer", lambda: net(Dense(2), bias=1), T, "bias"),
    ("no channels", lambda: Conv(0, 3), V, "channels"),
    ("float channels", lambda: Conv(2.0, 3), T, "channels"),
    ("kernel 0", lambda: Conv(2, 0), V, "kernel"),
    ("kernel in three directions", lambda: Conv(2, (1, 2, 3)), V, "kernel"),
    ("kernel None", lambda: Conv(2, None), T, "kernel"),
    ("stride 0", lambda: Conv(2, 3, stride=0), V, "stride"),
    ("unknown padding", lambda: Conv(2, 3, padding="full"), V, "padding"),
    ("pool of size 0", lambda: MaxPool(0), V, "size"),
    ("average of float size", lambda: AveragePool(2.0), T, "size"),
    ("pool with stride 0", lambda: AveragePool(2, stride=0), V, "stride"),
    ("no units", lambda: Dense(0), V, "units"),
    ("mlenet on digits", lambda: flatlib.mlenet((8, 8, 1)), V, "layers[2]"),
    ("snin of two blocks", lambda: flatlib.snin(widths=(20, 30)), V, "widths"),
    ("images without channels", lambda: NET.predict(PARAMS, np.ones((3, 6, 6))), V, "inputs"),
    ("images of another size", lambda: NET.predict(PARAMS, np.ones((3, 5, 6, 1))), V, "inputs"),
    ("channels first", lambda: NET.predict(PARAMS, np.ones((3, 1, 6, 6))), V, "inputs"),
    ("NaN image", lambda: NET.predict(PARAMS, IMAGES * np.nan), V, "inputs"),
    ("complex image", lambda: NET.predict(PARAMS, IMAGES * 1j), T, "inputs"),
    ("conv: one array too few", lambda: NET.predict(PARAMS[:-1], IMAGES), V, "params"),
    ("kernel of another shape", lambda: NET.predict((PARAMS[0].T, *PARAMS[1:]), IMAGES), V, "[0]"),
    ("gradient of a dense net", lambda: convolution.gradient(DENSE, None), T, "ConvNet"),
    ("hessian of a callable", lambda: convolution.hessian(len, PARAMS), T, "objective"),
    ("conv: budget 0", lambda: hessian(budget=0), V, "budget"),
    ("conv: float budget", lambda: hessian(budget=1e6), T, "budget"),
    ("no parts", lambda: hessian(residual=False, curvature=False), V, "residual and curvature"),
    ("residual None", lambda: hessian(residual=None), T, "residual"),
    ("out of another type", lambda: hessian(out=np.empty((2, 2), np.float32)), T, "out"),
    ("out as list", lambda: hessian(out=[[0.0]]), T, "out"),
    ("out of another shape", lambda: hessian(out=np.empty((2, 2))), V, "out"),
    ("out read-only", lambda: hessian(out=frozen()), V, "out"),
    ("out transposed", lambda: hessian(out=np.empty(frozen().shape, order="F")), V, "out"),
    ("one vector", lambda: convolution.hessian_matmat(OBJECTIVE, PARAMS, VECTORS[:, 0]), V, "vect"),
    ("short vectors", lambda: convolution.hessian_matmat(OBJECTIVE, PARAMS, VECTORS[1:]), V, "P ="),
    ("NaN vectors", lambda: convolution.hessian_matmat(OBJECTIVE, PARAMS, NAN), V, "vectors"),
    ("fit of a last layer", lambda: fit_output_layer(OBJECTIVE, PARAMS), T, "flatlib.MLP"),
    ("margin of a dense net", lambda: convolution.kink_margin_conv(DENSE, None), T, "ConvNet"),
]  # fmt: skip
