"""Bad calls of attacks, sweeps, tables and loaders."""

import os
import tempfile

import numpy as np
from bad_calls import ENTROPY, INPUTS, LABELS, NET, PARAMS, RNG, SMALL, SQUARED
from sweep_jobs import draw

from flatlib import Objective
from flatlib.data import cifar10, mnist, mnist1d, svhn
from flatlib.training import (
    Table,
    WeightedSum,
    attack,
    attack_objective,
    descent,
    read_table,
    sweep,
    wrong_labels,
)

V, T = ValueError, TypeError
OTHER = Objective(SMALL, "squared", INPUTS, np.zeros((4, 2)))
TABLE = Table(({"size": 2, "seed": 0},), {"function": "sweep_jobs.draw", "settings": ["size"]})


def attacked(objective=ENTROPY, inputs=INPUTS, targets=LABELS, rng=RNG, **options):
    options = {"epochs": 1, "learning_rate": 0.1, **options}
    return attack(objective, PARAMS, inputs, targets, rng, **options)


def swept(function=draw, settings=({"size": 2},), seeds=(0,), folder=None, **options):
    """In a folder that must stay empty: what is refused has computed nothing."""
    with tempfile.TemporaryDirectory() as empty:
        options = {"jobs": 1, "progress": False, **options}
        try:
            return sweep(function, settings, seeds, empty if folder is None else folder, **options)
        finally:
            assert os.listdir(empty) == []


def object_result(rng):
    return {"net": NET}


def no_dict(rng):
    return 3.0


def size_again(rng, size):
    return {"size": size}


def scale(number):
    """A list that begins with the number, of settings."""
    return [{"size": number}]


CASES = [
    ("attack a callable", lambda: attacked(len), T, "objective"),
    ("attack by a seed", lambda: attacked(rng=0), T, "rng"),
    ("attack, labels short", lambda: attacked(targets=LABELS[:3]), V, "targets"),
    ("attack, label 2 of 2", lambda: attacked(targets=[0, 1, 2, 0]), V, "targets"),
    ("attack, size 5 of 4", lambda: attacked(size=5), V, "size must be at most 4"),
    ("attack, size -1", lambda: attacked(size=-1), V, "size"),
    ("attack, float size", lambda: attacked(size=2.0), T, "size"),
    ("attack, weight 0", lambda: attacked(weight=0.0), V, "weight must be positive"),
    ("attack, test a callable", lambda: attacked(test=len), T, "objective"),
    ("attack, target NaN", lambda: attacked(target_loss=np.nan), V, "target_loss"),
    ("attack, epochs 0", lambda: attacked(epochs=0), V, "epochs"),
    ("attack, one class", lambda: attacked(SQUARED, targets=np.zeros((4, 2))), V, "two classes"),
    (
        "attack, unknown class",
        lambda: attacked(
            Objective(NET, "squared", INPUTS, np.eye(4, 2)), targets=np.full((4, 2), 3.0)
        ),
        V,
        "classes of the training set",
    ),
    ("fool a callable", lambda: attack_objective(len, INPUTS, LABELS), T, "objective"),
    ("fool with NaN", lambda: attack_objective(SQUARED, INPUTS * np.nan, LABELS), V, "inputs"),
    ("fool, weight -1", lambda: attack_objective(ENTROPY, INPUTS, LABELS, weight=-1), V, "weight"),
    ("wrong labels, one class", lambda: wrong_labels([0, 0], 1, RNG), V, "num_classes"),
    ("wrong labels, 2 of 2", lambda: wrong_labels([0, 2], 2, RNG), V, "labels"),
    ("wrong labels, floats", lambda: wrong_labels([0.0, 1.0], 2, RNG), T, "labels"),
    ("wrong labels, seed", lambda: wrong_labels([0, 1], 2, 0), T, "rng"),
    ("sum of nothing", lambda: WeightedSum([], []), V, "objectives"),
    ("sum of one, bare", lambda: WeightedSum(SQUARED, [1.0]), T, "objectives"),
    ("sum of callables", lambda: WeightedSum([len], [1.0]), T, "objective"),
    ("sum over two nets", lambda: WeightedSum([SQUARED, OTHER], [1.0, 1.0]), V, "one network"),
    ("sum, weights short", lambda: WeightedSum([SQUARED, SQUARED], [1.0]), V, "weights"),
    ("sum, weight 0", lambda: WeightedSum([SQUARED], [0.0]), V, "weights must be positive"),
    ("sum, example 4 of 4", lambda: WeightedSum([SQUARED], [1.0]).subset([4]), V, "from 0 to 3"),
    ("sum, no examples", lambda: WeightedSum([SQUARED], [1.0]).subset([]), V, "indices"),
    (
        "stop at 3",
        lambda: descent(SQUARED, PARAMS, RNG, epochs=1, learning_rate=0.1, stop=3),
        T,
        "stop must be callable",
    ),
    ("sweep a number", lambda: swept(3), T, "function must be callable"),
    ("sweep a lambda", lambda: swept(lambda rng: {}), V, "function must have a name"),
    ("settings a dict", lambda: swept(settings={"size": 2}), T, "settings must be several"),
    ("settings a number", lambda: swept(settings=2), T, "settings must be several"),
    ("no settings", lambda: swept(settings=[]), V, "settings must be at least one"),
    ("setting no dict", lambda: swept(settings=[2]), T, "settings must be dicts"),
    ("a setting twice", lambda: swept(settings=[{"size": 2}] * 2), V, "must differ"),
    ("setting infinite", lambda: swept(settings=scale(np.inf)), V, "settings must be finite"),
    ("setting a network", lambda: swept(settings=scale(NET)), T, "settings must hold"),
    ("setting a seed", lambda: swept(settings=[{"seed": 2}]), V, "leave the seed"),
    ("seeds a number", lambda: swept(seeds=3), T, "seeds must be several"),
    ("a seed twice", lambda: swept(seeds=[1, 1]), V, "must differ"),
    ("no seeds", lambda: swept(seeds=[]), V, "seeds must be at least one"),
    ("seed -1", lambda: swept(seeds=[-1]), V, "seeds must be at least 0"),
    ("seed 1.0", lambda: swept(seeds=[1.0]), T, "seeds must be an integer"),
    ("folder a number", lambda: swept(folder=3), T, "folder must be a path"),
    ("jobs 0", lambda: swept(jobs=0), V, "jobs"),
    (
        "setting no argument",
        lambda: swept(settings=[{"width": 2}]),
        T,
        "settings must be arguments",
    ),
    ("setting too few", lambda: swept(settings=[{}]), T, "settings must be arguments of draw"),
    ("result an object", lambda: swept(object_result, [{}]), T, "numbers, booleans or text"),
    ("result no dict", lambda: swept(no_dict, [{}]), T, "must return a dict"),
    ("result as setting", lambda: swept(size_again), V, "names of their own"),
    ("unknown column", lambda: TABLE["loss"], V, "column must be one of size, seed"),
    ("row 1 of 1", lambda: TABLE[1], IndexError, "number must be from 0 to 0"),
    ("recompute row -2", lambda: TABLE.recompute(draw, -2), IndexError, "number must be"),
    ("table without rows", lambda: Table((), {}), T, "rows must be a tuple"),
    ("table of numbers", lambda: Table((1.0,), {}), T, "rows must be a tuple"),
    ("table of a list", lambda: Table([{"seed": 0}], {}), T, "rows must be a tuple"),
    ("where nothing is", lambda: TABLE.where(size=3), V, "net in the table"),
    ("recompute another", lambda: TABLE.recompute(no_dict, 0), V, "sweep_jobs.draw"),
    ("read number", lambda: read_table(3), T, "path must be a path"),
    ("mnist1d, 10 signals", lambda: mnist1d(10), V, "num_examples"),
    ("mnist1d, float", lambda: mnist1d(100.0), T, "num_examples"),
    ("mnist1d, seed -1", lambda: mnist1d(100, seed=-1), V, "seed"),
    ("mnist1d, seed 2^32", lambda: mnist1d(100, seed=2**32), V, "seed must be below"),
    ("mnist, 0 images", lambda: mnist(num_train=0), V, "num_train"),
    ("mnist, too many", lambda: mnist(num_test=10001), V, "num_test must be at most 10000"),
    ("svhn, float", lambda: svhn(num_train=2.0), T, "num_train"),
    ("cifar10, folder 3", lambda: cifar10(folder=3, fetch=len), T, "folder must be a path"),
    ("cifar10, fetch 3", lambda: cifar10(folder=".", fetch=3), T, "fetch must be callable"),
]
