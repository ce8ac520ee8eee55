"""Bad calls about the sharpest direction: (label, call, kind of error, words of its message)."""

import numpy as np
from bad_calls import ENTROPY, LINEAR, NET, PARAMS, RNG, SQUARED, TANH, changed

from flatlib import Objective
from flatlib.measures import curvature_floor, frobenius_norm, sharpening_alpha

V, T = ValueError, TypeError
ZEROS = tuple(np.zeros(shape) for shape in NET.param_shapes)
SMOOTH = Objective(TANH, "squared", SQUARED.inputs, SQUARED.targets)
SHALLOW = Objective(LINEAR, "squared", SQUARED.inputs, SQUARED.targets)


def alpha(objective=SQUARED, params=PARAMS, target=10.0, **options):
    return sharpening_alpha(objective, params, target, **options)


CASES = [
    ("sharpest: target 0", lambda: alpha(target=0.0), V, "target must be positive"),
    ("sharpest: negative target", lambda: alpha(target=-1.0), V, "target"),
    ("sharpest: target NaN", lambda: alpha(target=np.nan), V, "target"),
    ("sharpest: two targets", lambda: alpha(target=[1.0, 2.0]), V, "target"),
    ("sharpest: target as text", lambda: alpha(target="large"), T, "target"),
    ("sharpest: unknown rule", lambda: alpha(rule="trace"), V, "rule must be one of"),
    ("sharpest: rule None", lambda: alpha(rule=None), V, "rule"),
    ("sharpest: block 0", lambda: alpha(block=0), V, "block"),
    ("sharpest: block 3", lambda: alpha(block=3), V, "block must be 1 or 2, got 3"),
    ("sharpest: block 1.0", lambda: alpha(block=1.0), T, "block"),
    ("sharpest: layers reversed", lambda: alpha(layers=(2, 1)), V, "layers"),
    ("sharpest: layer 3 of 2", lambda: alpha(layers=(1, 3)), V, "layers"),
    ("sharpest: no curvature", lambda: alpha(params=ZEROS), V, "got block 1"),
    ("sharpest: tanh", lambda: alpha(SMOOTH, TANH.init(RNG)), V, "tanh"),
    ("sharpest: one layer", lambda: alpha(SHALLOW, LINEAR.init(RNG)), V, "layers"),
    ("sharpest: callable", lambda: alpha(lambda p: 0.0), T, "objective"),
    ("sharpest: wrong net", lambda: alpha(params=PARAMS[:2]), V, "params"),
    ("sharpest: NaN", lambda: alpha(params=changed(2, np.full((3, 2), np.nan))), V, "params[2]"),
    ("floor of a callable", lambda: curvature_floor(len, PARAMS), T, "objective"),
    ("floor, wrong net", lambda: curvature_floor(ENTROPY, PARAMS[:2]), V, "params"),
    ("floor, layers", lambda: curvature_floor(SQUARED, PARAMS, layers=(1, 1)), V, "layers"),
    ("floor, layer 1", lambda: curvature_floor(SQUARED, PARAMS, layers=1), T, "layers"),
    ("floor of tanh", lambda: curvature_floor(SMOOTH, TANH.init(RNG)), V, "tanh"),
    ("frobenius of 3", lambda: frobenius_norm(3, np.ones(2)), T, "callable"),
    ("frobenius at NaN", lambda: frobenius_norm(SQUARED, changed(1, [np.nan] * 3)), V, "params[1]"),
    ("frobenius, wrong net", lambda: frobenius_norm(SQUARED, PARAMS[:2]), V, "params"),
]
