"""Bad calls of the memorizer and of the floor it attains: (label, call, kind of error, words)."""

import numpy as np

from flatlib import MLP
from flatlib.measures import trace_floor
from flatlib.training import memorizer

V, T = ValueError, TypeError
X, Y = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]], [1.0, -1.0, 1.0]
NET = MLP((2, 3, 1))
PARAMS = NET.init(np.random.default_rng(0))
TANH, DEEP = MLP((2, 3, 1), "tanh"), MLP((2, 3, 3, 1))


CASES = [
    ("memorizer: one vector", lambda: memorizer([1.0, 2.0], [1, 1]), V, "inputs must have 2"),
    ("memorizer: one row", lambda: memorizer([[1.0, 2.0]], [1]), V, "at least two rows"),
    ("memorizer: a column", lambda: memorizer(X, [[1], [1], [1]]), V, "targets must have shape"),
    ("memorizer: a target short", lambda: memorizer(X, [1, 1]), V, "targets must have shape"),
    ("memorizer: NaN", lambda: memorizer(X, [1, 1, np.nan]), V, "targets must be finite"),
    ("memorizer: on a kink", lambda: memorizer(X, Y, tightness=0), V, "between 0 and 1, got 0"),
    ("memorizer: on its own kink", lambda: memorizer(X, Y, tightness=1), V, "tightness"),
    ("memorizer: tightness as text", lambda: memorizer(X, Y, tightness="half"), T, "tightness"),
    ("memorizer: nothing to say", lambda: memorizer(X, [0, 0, 0]), V, "differ from output_bias"),
    (
        "memorizer: all at the bias",
        lambda: memorizer(X, [2, 2, 2], output_bias=2),
        V,
        "got 2 throughout",
    ),
    (
        "memorizer: a mean",
        lambda: memorizer([[0], [1], [2]], Y),
        V,
        "others, got row 1",
    ),
    ("memorizer: twins", lambda: memorizer([[0, 1], [0, 1]], [1, -1]), V, "hull of the others"),
    ("floor: tanh", lambda: trace_floor(TANH, PARAMS, X), V, "rectifier"),
    ("floor: three layers", lambda: trace_floor(DEEP, PARAMS, X), V, "one hidden layer"),
    ("floor: no network", lambda: trace_floor("net", PARAMS, X), V, "one hidden layer"),
    ("floor: inputs too wide", lambda: trace_floor(NET, PARAMS, np.eye(3)), V, "inputs"),
]
