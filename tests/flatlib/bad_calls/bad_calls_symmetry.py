"""Bad calls about symmetries and the matrix: (label, call, kind of error, words of its message)."""

import numpy as np
from bad_calls import ENTROPY, LINEAR, NET, PARAMS, RNG, SQUARED, TANH

from flatlib import invariance_matrix
from flatlib.invariance import Family, Measure, default_scene, report
from flatlib.measures import hessian_trace
from flatlib.transforms import (
    AffineMap,
    Coordinates,
    InputMap,
    InsertIdentity,
    LogitShift,
    Permutation,
    RadialPower,
    SplitNeuron,
)

V, T = ValueError, TypeError
SHIFT = LogitShift(NET, np.ones(3))
BARE = type(NET)((2, 3, 2), bias=False)


def matrix(**options):
    return invariance_matrix(RNG, **{"measures": ["trace"], "transforms": ["layers"]} | options)


CASES = [
    ("symmetry: shift of 2 for 3 units", lambda: LogitShift(NET, [1.0, 1.0]), V, "weights"),
    ("symmetry: shift NaN", lambda: LogitShift(NET, [np.nan] * 3), V, "weights"),
    ("symmetry: shift of a matrix", lambda: LogitShift(NET, np.ones((3, 1))), V, "weights"),
    ("symmetry: shift bias", lambda: LogitShift(BARE, np.ones(3), bias=1.0), V, "bias must be 0"),
    ("symmetry: shift seen", lambda: SHIFT.apply(SQUARED, PARAMS), V, "cross-entropy"),
    ("symmetry: shift of a number", lambda: LogitShift(3, np.ones(3)), T, "network"),
    ("symmetry: other net", lambda: SHIFT.apply(default_scene(RNG)[0], PARAMS), V, "another one"),
    ("symmetry: no objective", lambda: SHIFT.apply(len, PARAMS), T, "objective"),
    ("symmetry: wrong params", lambda: SHIFT(PARAMS[:2]), V, "params"),
    ("symmetry: tolerance 0", lambda: SHIFT.check(ENTROPY, PARAMS, tolerance=0), V, "tolerance"),
    ("symmetry: order short", lambda: Permutation(NET, 1, [0, 1]), V, "order"),
    ("symmetry: order twice", lambda: Permutation(NET, 1, [0, 1, 1]), V, "once"),
    ("symmetry: order of floats", lambda: Permutation(NET, 1, [0.0, 1.0, 2.0]), T, "order"),
    ("symmetry: layer 0", lambda: Permutation(NET, 0, [0, 1, 2]), V, "layer"),
    ("symmetry: layer 2 of 1", lambda: Permutation(NET, 2, [0, 1, 2]), V, "hidden layer"),
    ("symmetry: no hidden layer", lambda: Permutation(LINEAR, 1, [0]), V, "hidden layer"),
    ("symmetry: unit 3 of 3", lambda: SplitNeuron(NET, 1, 3), V, "unit must be from 0 to 2"),
    ("symmetry: unit -1", lambda: SplitNeuron(NET, 1, -1), V, "unit"),
    ("symmetry: unit 1.0", lambda: SplitNeuron(NET, 1, 1.0), T, "unit"),
    ("symmetry: fraction NaN", lambda: SplitNeuron(NET, 1, 0, fraction=np.nan), V, "fraction"),
    ("symmetry: unsplit", lambda: SplitNeuron(NET, 1, 0).inverse, T, "no inverse"),
    ("symmetry: identity of tanh", lambda: InsertIdentity(TANH), V, "tanh"),
    ("symmetry: identity after 2", lambda: InsertIdentity(NET, layer=2), V, "hidden layer"),
    ("symmetry: a matrix for a map", lambda: InputMap(NET, np.eye(2)), T, "AffineMap"),
    ("symmetry: 3 inputs", lambda: InputMap(NET, AffineMap(np.eye(3)))(PARAMS), V, "3 inputs"),
    ("symmetry: g a function", lambda: Coordinates(len), T, "Substitution"),
    ("symmetry: kappa 0", lambda: RadialPower(0.0), V, "kappa"),
    ("symmetry: kappa negative", lambda: RadialPower(-1.0), V, "kappa"),
    ("symmetry: radial at 0", lambda: RadialPower(2.0)(np.zeros(2)), V, "eta must"),
    ("symmetry: radial from 0", lambda: RadialPower(2.0).inverse(np.zeros(2)), V, "eta must"),
    ("matrix: seed", lambda: invariance_matrix(0), T, "rng"),
    ("matrix: unknown measure", lambda: matrix(measures=["flatness"]), V, "measures"),
    ("matrix: number as measure", lambda: matrix(measures=[3]), T, "measures"),
    ("matrix: no measure", lambda: matrix(measures=[]), V, "measures"),
    ("matrix: twice", lambda: matrix(measures=[hessian_trace] * 2), V, "each its own"),
    ("matrix: unknown family", lambda: matrix(transforms=["scalings"]), V, "transforms"),
    ("matrix: number as family", lambda: matrix(transforms=[3]), T, "transforms"),
    ("matrix: no family", lambda: matrix(transforms=[]), V, "transforms"),
    ("matrix: two of a name", lambda: matrix(transforms=[SHIFT, SHIFT]), V, "each its own"),
    ("matrix: a billion draws", lambda: matrix(num_draws=10**9), V, "num_draws must be at most"),
    ("matrix: draws 0", lambda: matrix(num_draws=0), V, "num_draws"),
    ("matrix: draws 1.5", lambda: matrix(num_draws=1.5), T, "num_draws"),
    ("matrix: strength 0", lambda: matrix(strength=0.0), V, "strength"),
    ("matrix: no params", lambda: matrix(objective=ENTROPY), V, "no params"),
    ("matrix: no objective", lambda: matrix(params=PARAMS), V, "no objective"),
    ("matrix: objective by name", lambda: matrix(objective="a", params=PARAMS), T, "callable"),
    ("matrix: wrong params", lambda: matrix(objective=ENTROPY, params=PARAMS[1:]), V, "params"),
    ("matrix: no such cell", lambda: matrix()["trace", "rotate"], V, "rotate"),
    (
        "matrix: nothing moved",
        lambda: matrix(transforms=["permute"]).counterexample("trace", "permute"),
        V,
        "none",
    ),
    ("matrix: family without draw", lambda: Family("mine", 3), T, "draw"),
    ("matrix: measure without function", lambda: Measure("mine", 3), T, "measures"),
    ("matrix: scene from a seed", lambda: default_scene(0), T, "rng"),
    ("report: of a number", lambda: report(3, RNG), T, "measures"),
    (
        "report: unmoved",
        lambda: report("trace", RNG, transforms=["permute"]).counterexample(),
        V,
        "was not",
    ),
    ("report: two objectives", lambda: report("trace", RNG, objective=ENTROPY), V, "no params"),
]
