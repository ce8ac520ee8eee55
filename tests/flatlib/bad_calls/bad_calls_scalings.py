"""Bad calls of the scalings of layers and of neurons."""

import numpy as np
from bad_calls import LINEAR, NET, PARAMS, SMALL, SQUARE, TANH

from flatlib.transforms import Scaling, alpha_scale, scale_layers, scale_neurons

V, T = ValueError, TypeError
CASES = [
    ("alpha 0", lambda: alpha_scale(NET, 0.0), V, "alpha must be positive"),
    ("negative alpha", lambda: alpha_scale(NET, -2.0), V, "alpha must be positive"),
    ("NaN alpha", lambda: alpha_scale(NET, np.nan), V, "alpha"),
    ("vector for alpha", lambda: alpha_scale(NET, [2.0, 0.5]), V, "alpha"),
    ("alpha None", lambda: alpha_scale(NET, None), T, "alpha"),
    ("alpha True", lambda: alpha_scale(NET, True), T, "alpha"),
    ("layers reversed", lambda: alpha_scale(NET, 2.0, layers=(2, 1)), V, "layers"),
    ("layer 3 of 2", lambda: alpha_scale(NET, 2.0, layers=(1, 3)), V, "layers"),
    ("three layers", lambda: alpha_scale(NET, 2.0, layers=(1, 2, 3)), V, "layers"),
    ("one layer", lambda: alpha_scale(NET, 2.0, layers=1), T, "layers"),
    ("float layer", lambda: alpha_scale(NET, 2.0, layers=(1.0, 2)), T, "layers"),
    ("no two layers", lambda: alpha_scale(LINEAR, 2.0), V, "layers"),
    ("alpha for tanh", lambda: alpha_scale(TANH, 2.0), V, "tanh"),
    ("alpha for the square", lambda: alpha_scale(SQUARE, 2.0), V, "scale_neurons"),
    ("alpha without a net", lambda: alpha_scale(PARAMS, 2.0), T, "network"),
    ("product 4", lambda: scale_layers(NET, (2.0, 2.0)), V, "alphas must multiply to 1"),
    ("product 1 + 1e-9", lambda: scale_layers(NET, (1.0, 1 + 1e-9)), V, "product 1.000000001"),
    ("three alphas", lambda: scale_layers(NET, (2.0, 1.0, 0.5)), V, "alphas"),
    ("two minus signs", lambda: scale_layers(NET, (-2.0, -0.5)), V, "alphas must be positive"),
    ("layers of tanh", lambda: scale_layers(TANH, (2.0, 0.5)), V, "tanh"),
    ("layers of the square", lambda: scale_layers(SQUARE, (2.0, 0.5)), V, "scale_neurons"),
    ("layers without a net", lambda: scale_layers(None, (2.0, 0.5)), T, "network"),
    ("neurons of tanh", lambda: scale_neurons(TANH, [np.ones(3)]), V, "tanh"),
    ("factor 0", lambda: scale_neurons(NET, [[1.0, 0.0, 1.0]]), V, "factors[0] must be positive"),
    ("two factors for three", lambda: scale_neurons(NET, [[1.0, 2.0]]), V, "factors[0]"),
    ("factors as one vector", lambda: scale_neurons(NET, np.ones(3)), T, "factors"),
    ("a layer too many", lambda: scale_neurons(NET, [np.ones(3)] * 2), V, "factors"),
    ("neurons without a net", lambda: scale_neurons("net", [np.ones(3)]), T, "network"),
    ("another net", lambda: alpha_scale(NET, 2.0) @ alpha_scale(SMALL, 2.0), T, "same network"),
    ("product with a matrix", lambda: alpha_scale(NET, 2.0) @ np.eye(17), T, "same network"),
    ("scaling params of another", lambda: alpha_scale(NET, 2.0)(PARAMS[:2]), V, "params"),
    ("short multipliers", lambda: Scaling(NET, np.ones(3)), V, "multipliers"),
    ("negative multiplier", lambda: Scaling(NET, -np.ones(17)), V, "multipliers"),
    ("one multiplier for all", lambda: Scaling(NET, 2.0), V, "multipliers"),
    ("multipliers without a net", lambda: Scaling(None, np.ones(3)), T, "network"),
]
