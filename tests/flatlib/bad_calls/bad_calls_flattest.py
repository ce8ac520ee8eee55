"""Bad calls of the flattest and the balanced representative and of the ladder of bounds."""

import numpy as np
from bad_calls import ENTROPY, NET, PARAMS, SQUARED, TANH
from own_nets import Silent

from flatlib import MLP, Objective, flattest
from flatlib.losses import Loss
from flatlib.measures import balanced, bound_ladder, global_ladder, imbalance
from flatlib.transforms import BasisChange

V, T = ValueError, TypeError
X, Y = np.ones((4, 2)), np.zeros((4, 2))
LINE, BENT, DEEP = MLP((2, 2)), MLP((2, 3, 2), "square"), MLP((2, 3, 3, 1))
ONE = MLP((2, 3, 1))
WEIGHTS = ONE.init(np.random.default_rng(0))
TRAINED = tuple(np.ones(shape) for shape in BENT.param_shapes)
TWO = MLP((2, 3, 2), "linear", bias=False)
CONCAVE = Loss("concave", lambda f, y: -((f - y) ** 2).sum(axis=1))
TWO_PARAMS = TWO.init(np.random.default_rng(0))
ZEROS = tuple(np.zeros(shape) for shape in MLP((2, 3, 2), bias=False).param_shapes)


def on(net, targets=Y, inputs=X):
    return Objective(net, "squared", inputs, targets)


CASES = [
    ("flattest of a callable", lambda: flattest(len, PARAMS), T, "objective"),
    ("flattest, measure", lambda: flattest(SQUARED, PARAMS, measure="nuclear"),
     V, "trace, spectral"),
    ("flattest, k without V", lambda: flattest(SQUARED, PARAMS, k=2), V, "k must be left out"),
    ("flattest, V without k", lambda: flattest(SQUARED, PARAMS, measure="log_product"),
     T, "k must be"),
    ("flattest, k = 0", lambda: flattest(SQUARED, PARAMS, measure="log_product", k=0),
     V, "at least 1"),
    ("flattest, k above the rank", lambda: flattest(SQUARED, PARAMS, measure="log_product", k=999),
     V, "at most the rank"),
    ("flattest, group", lambda: flattest(SQUARED, PARAMS, group="weights"), V, "layers, neurons"),
    ("flattest, params", lambda: flattest(ENTROPY, PARAMS[:2]), V, "params"),
    ("flattest, tanh", lambda: flattest(on(TANH), PARAMS), V, "tanh"),
    ("flattest, no hidden layer", lambda: flattest(on(LINE), LINE.init(np.random.default_rng(0))),
     V, "hidden layer"),
    ("flattest, square layers", lambda: flattest(on(BENT), TRAINED, group="layers"), V, "neurons"),
    ("flattest, negative trace", lambda: flattest(on(BENT, 1e3 + Y), TRAINED), V, "frobenius"),
    ("flattest, no curvature", lambda: flattest(on(MLP((2, 3, 2), bias=False)), ZEROS), V, "is 0"),
    ("flattest, basis of rectifiers", lambda: flattest(SQUARED, PARAMS, group="linear"),
     V, "scale_neurons"),
    ("flattest, basis, spectral", lambda: flattest(
        on(TWO), TWO_PARAMS, measure="spectral", group="linear"), V, 'measure must be "trace"'),
    ("flattest, basis, no hidden layer", lambda: flattest(
        on(MLP((2, 2), "linear")), MLP((2, 2)).init(np.random.default_rng(0)), group="linear"),
     V, "hidden layer"),
    ("flattest, basis, a loss that is not convex", lambda: flattest(
        Objective(TWO, CONCAVE, X, Y), TWO_PARAMS, group="linear"), V, "convex"),
    ("flattest, basis, no curvature", lambda: flattest(
        on(TWO), [np.zeros(shape) for shape in TWO.param_shapes], group="linear"), V, "is 0"),
    ("basis of rectifiers", lambda: BasisChange(NET, [np.eye(3)]), V, "linear"),
    ("basis of a callable", lambda: BasisChange(len, [np.eye(3)]), T, "network"),
    ("basis, too many", lambda: BasisChange(TWO, [np.eye(3)] * 2), V, "bases must have 1"),
    ("basis, shape", lambda: BasisChange(TWO, [np.eye(2)]), V, "bases"),
    ("basis, singular", lambda: BasisChange(TWO, [np.ones((3, 3))]), V, "rank 1"),
    ("basis, complex", lambda: BasisChange(TWO, [1j * np.eye(3)]), T, "bases"),
    ("balanced, tanh", lambda: balanced(TANH, PARAMS), V, "tanh"),
    ("balanced, where two paths are added, in silence", lambda: balanced(Silent(None), ()),
     T, "hidden_layers"),
    ("balanced, callable", lambda: balanced(len, PARAMS), T, "network"),
    ("balanced, params", lambda: balanced(NET, PARAMS[:2]), V, "params"),
    ("balanced, no hidden layer", lambda: balanced(LINE, PARAMS), V, "hidden layer"),
    ("imbalance, callable", lambda: imbalance(len, PARAMS), T, "network"),
    ("imbalance, params", lambda: imbalance(NET, PARAMS[:3]), V, "params"),
    ("ladder, deep", lambda: bound_ladder(DEEP, WEIGHTS, X), V, "one hidden layer"),
    ("ladder, inputs", lambda: bound_ladder(ONE, WEIGHTS, np.ones(2)), V, "inputs"),
    ("ladder, global, deep", lambda: global_ladder(DEEP, WEIGHTS, X), V, "one hidden layer"),
    ("ladder, global, complex", lambda: global_ladder(ONE, WEIGHTS, 1j * X), T, "inputs"),
]  # fmt: skip
