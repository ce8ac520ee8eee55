"""Bad calls of critical steps and windows: (label, call, kind of error, words)."""

import numpy as np

from flatlib import MLP, Objective
from flatlib.measures import critical_step, orbit_window

V, T = ValueError, TypeError
NET, X = MLP((1, 1, 1), bias=False), [[1.0]]
PARAMS = ([[2.0]], [[3.0]])
FITS = Objective(NET, "squared", X, [[6.0]])
DEEP = Objective(MLP((1, 1, 1, 1), bias=False), "squared", X, [[6.0]])
TWO = Objective(MLP((1, 1, 2), bias=False), "squared", X, [[6.0, 6.0]])
DEAD = Objective(NET, "squared", X, [[0.0]])

CASES = [
    ("stability: a function", lambda: critical_step(np.sum, PARAMS), T, "flatlib.Objective"),
    (
        "stability: a residual",
        lambda: critical_step(Objective(NET, "squared", X, [[5.0]]), PARAMS),
        V,
        "params must fit every example",
    ),
    (
        "stability: labels",
        lambda: critical_step(Objective(NET, "logistic", X, [1]), PARAMS),
        V,
        "squared loss",
    ),
    (
        "stability: weight decay",
        lambda: critical_step(Objective(NET, "squared", X, [[6.0]], l2=0.1), PARAMS),
        V,
        "no l2",
    ),
    ("stability: two outputs", lambda: critical_step(TWO, ([[2.0]], [[3.0, 3.0]])), V, "output"),
    ("stability: batch of 2", lambda: critical_step(FITS, PARAMS, batch_size=2), V, "at most"),
    ("stability: batch of 0", lambda: critical_step(FITS, PARAMS, batch_size=0), V, "batch_size"),
    ("stability: half", lambda: critical_step(FITS, PARAMS, batch_size=0.5), T, "batch_size"),
    ("stability: nothing moves", lambda: critical_step(DEAD, ([[-1.0]], [[1.0]])), V, "move"),
    ("window: step 0", lambda: orbit_window(FITS, PARAMS, 0.0), V, "step_size"),
    (
        "window: three layers",
        lambda: orbit_window(DEEP, ([[2.0]], [[3.0]], [[1.0]]), 0.1),
        V,
        "one hidden layer",
    ),
    ("window: open", lambda: orbit_window(DEAD, ([[-1.0]], [[1.0]]), 0.1), V, "both move"),
    (
        "window: tanh",
        lambda: orbit_window(
            Objective(MLP((1, 1, 1), "tanh"), "squared", X, [[0.0]]),
            ([[0.0]], [0.0], [[1.0]], [0.0]),
            0.1,
        ),
        V,
        "homogeneous activation",
    ),
]
