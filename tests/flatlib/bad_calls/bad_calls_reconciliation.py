"""Bad calls of the invariant curvatures: (label, call, kind of error, words)."""

import numpy as np
from bad_calls import NET, PARAMS, SQUARED

from flatlib import Conv, ConvNet, Dense, Objective, SquaredLoss
from flatlib.measures import first_layer_trace, shift_curvature

V, T = ValueError, TypeError
IMAGES = ConvNet((4, 4, 1), [Conv(2, 3), Dense(1)])
PICTURES = Objective(IMAGES, "squared", np.ones((2, 4, 4, 1)), np.zeros((2, 1)))
WEIGHTS = IMAGES.init(np.random.default_rng(0))
ORIGIN = Objective(NET, SquaredLoss(1.0), 0 * SQUARED.inputs, SQUARED.targets)

CASES = [
    ("shift curvature of a callable", lambda: shift_curvature(len, PARAMS), T, "objective"),
    ("shift curvature, short params", lambda: shift_curvature(SQUARED, PARAMS[:2]), V, "params"),
    ("shift curvature of a convnet", lambda: shift_curvature(PICTURES, WEIGHTS), T, "MLP"),
    ("first layer of a callable", lambda: first_layer_trace(len, PARAMS), T, "objective"),
    ("first layer, short params", lambda: first_layer_trace(SQUARED, PARAMS[:2]), V, "params"),
    ("first layer of a convnet", lambda: first_layer_trace(PICTURES, WEIGHTS), T, "MLP"),
    ("first layer at the origin", lambda: first_layer_trace(ORIGIN, PARAMS), V, "input that is 0"),
]
