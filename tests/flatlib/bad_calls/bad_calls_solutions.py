"""Bad calls of the volume of solutions: (label, call, kind of error, words)."""

import numpy as np

from flatlib import MLP, Conv, ConvNet, Dense
from flatlib.measures import guess_and_check, outputs_of_many, solution_volume

V, T = ValueError, TypeError
NET, THREE = MLP((2, 3, 1)), MLP((2, 3))
X, Y = [[1.0, 0.0], [0.0, 1.0]], [1, -1]
CONV = ConvNet((4, 4, 1), (Conv(2, 3), Dense(1)))


def volume(net=NET, inputs=X, labels=Y, rng=None, **options):
    return solution_volume(net, inputs, labels, rng or np.random.default_rng(0), **options)


def linear(thetas, inputs):
    return thetas @ np.asarray(inputs).T


CASES = [
    ("solutions: labels 0 and 1", lambda: volume(labels=[0, 1]), V, "labels must be 1 or -1"),
    ("solutions: a class too many", lambda: volume(THREE, labels=[0, 3]), V, "from 0 to 2"),
    ("solutions: half a label", lambda: volume(labels=[1, 0.5]), V, "whole numbers, got 0.5"),
    ("solutions: labels as a column", lambda: volume(labels=[[1], [-1]]), V, "labels"),
    ("solutions: a label short", lambda: volume(labels=[1]), V, "labels"),
    ("solutions: text labels", lambda: volume(labels=["3", "8"]), T, "labels"),
    ("solutions: inputs too wide", lambda: volume(inputs=np.eye(3), labels=[1] * 3), V, "inputs"),
    ("solutions: a convolution", lambda: volume(CONV), T, "flatlib.MLP"),
    ("solutions: no classifier", lambda: volume("net"), T, "flatlib.MLP"),
    ("solutions: a function, no size", lambda: volume(linear), V, "size must be given"),
    ("solutions: size 0", lambda: volume(linear, size=0), V, "size"),
    (
        "solutions: a function of one network",
        lambda: volume(lambda thetas, x: np.ones(2), size=2),
        V,
        "classifier must return",
    ),
    ("solutions: no start", lambda: volume(start="uniform"), T, "start"),
    ("solutions: a margin below 0", lambda: volume(margin=-0.1), V, "margin must not be negative"),
    (
        "solutions: a margin too many",
        lambda: volume(margin=[1.0] * 3),
        V,
        "margin must be a number",
    ),
    ("solutions: a margin in words", lambda: volume(margin="wide"), T, "margin"),
    ("solutions: one particle", lambda: volume(num_particles=1), V, "num_particles"),
    ("solutions: half a particle", lambda: volume(num_particles=2.5), T, "num_particles"),
    ("solutions: sweeps back", lambda: volume(num_sweeps=-1), V, "num_sweeps"),
    ("solutions: one replicate", lambda: volume(num_replicates=1), V, "num_replicates"),
    ("solutions: a seed", lambda: volume(rng=7), T, "rng"),
    ("guess: a seed", lambda: guess_and_check(NET, X, Y, 7), T, "rng"),
    (
        "guess: one guess",
        lambda: guess_and_check(NET, X, Y, np.random.default_rng(0), num_guesses=1),
        V,
        "num_guesses",
    ),
    ("many: short thetas", lambda: outputs_of_many(NET, np.ones((3, 4)), X), V, "13 columns"),
    ("many: one theta", lambda: outputs_of_many(NET, np.ones(13), X), V, "thetas"),
    ("many: no network", lambda: outputs_of_many(linear, np.ones((1, 2)), X), T, "flatlib.MLP"),
]
