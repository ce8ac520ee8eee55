"""Bad calls of complexity and of the two-layer bounds: (label, call, kind of error, words)."""

import numpy as np
from bad_calls import NET, PARAMS, SQUARED

from flatlib import MLP, Activation, Objective, SquaredLoss
from flatlib.measures import (
    bias_fisher,
    bias_hessian,
    corollary_bound,
    fisher_bound,
    input_complexity,
    path_norm,
)

V, T = ValueError, TypeError
TWO = MLP((2, 3, 1), "tanh")
WEIGHTS = TWO.init(np.random.default_rng(0))
X, Y = np.ones((4, 2)), np.zeros((4, 1))
DEEP = MLP((2, 3, 3, 1))
MINE = MLP((2, 3, 1), Activation("mine", np.sin, slope=np.cos, curvature=lambda z: -np.sin(z)))


def risk(net=TWO, factor=1.0):
    return Objective(net, SquaredLoss(factor=factor), X, Y)


CASES = [
    ("complexity of a callable", lambda: input_complexity(len, PARAMS, X), T, "network"),
    ("complexity, wrong params", lambda: input_complexity(NET, PARAMS[:2], X), V, "params"),
    ("complexity, two layers, wrong", lambda: input_complexity(TWO, WEIGHTS[:2], X), V, "params"),
    (
        "complexity, wide inputs",
        lambda: input_complexity(NET, PARAMS, np.ones((4, 3))),
        V,
        "inputs",
    ),
    ("fisher: complexity at NaN", lambda: input_complexity(TWO, WEIGHTS, X * np.nan), V, "inputs"),
    ("complexity, complex inputs", lambda: input_complexity(TWO, WEIGHTS, 1j * X), T, "inputs"),
    ("fisher block, two outputs", lambda: bias_fisher(NET, PARAMS, X), V, "one output"),
    ("fisher block, deep", lambda: bias_fisher(DEEP, PARAMS, X), V, "one hidden layer"),
    ("fisher block of nothing", lambda: bias_fisher(None, PARAMS, X), V, "NoneType"),
    ("fisher block, one input", lambda: bias_fisher(TWO, WEIGHTS, np.ones(2)), V, "inputs"),
    ("bias hessian of a callable", lambda: bias_hessian(len, PARAMS), T, "objective"),
    ("bias hessian, two outputs", lambda: bias_hessian(SQUARED, PARAMS), V, "one output"),
    ("bias hessian, short params", lambda: bias_hessian(risk(), WEIGHTS[:3]), V, "params"),
    ("path norm, deep", lambda: path_norm(DEEP, PARAMS), V, "one hidden layer"),
    ("path norm, short params", lambda: path_norm(TWO, WEIGHTS[:3]), V, "params"),
    ("theorem 1, two outputs", lambda: fisher_bound(NET, PARAMS, X), V, "one output"),
    ("theorem 1, text", lambda: fisher_bound(TWO, WEIGHTS, [["a", "b"]]), T, "inputs"),
    ("corollary of a callable", lambda: corollary_bound(len, WEIGHTS), T, "objective"),
    ("corollary, half the square", lambda: corollary_bound(risk(factor=0.5), WEIGHTS), V, "0.5"),
    (
        "corollary, labels",
        lambda: corollary_bound(Objective(NET, "cross_entropy", X, [0, 1, 1, 0]), PARAMS),
        T,
        "squared loss",
    ),
    ("corollary, deep", lambda: corollary_bound(risk(DEEP), PARAMS), V, "one hidden layer"),
    ("corollary, own activation", lambda: corollary_bound(risk(MINE), WEIGHTS), V, "max_curvature"),
]
