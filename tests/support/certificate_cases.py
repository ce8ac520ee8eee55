"""Objectives with a point that is known: a minimum of a teacher, a saddle of a linear net."""

import dataclasses

import numpy as np

from flatlib import MLP, Objective
from flatlib.data import teacher_student


def teacher(sizes, activation="relu", bias=True, num_examples=60, seed=0):
    network = MLP(sizes, activation=activation, bias=bias)
    data = teacher_student(network, num_examples, np.random.default_rng(seed))
    return Objective(network, "squared", data.inputs, data.targets), data.params


def linear_saddle(kept=(1, 2)):
    """A linear net of two units on whitened inputs, at the point that fits two singular directions
    of three: a minimum for the two largest, else a saddle (Baldi and Hornik 1989)."""
    rng = np.random.default_rng(0)
    inputs = np.linalg.qr(rng.normal(size=(40, 4)))[0] * np.sqrt(40)
    left, _, right = np.linalg.svd(rng.normal(size=(4, 3)), full_matrices=False)
    values, kept = np.array([3.0, 2.0, 1.0]), list(kept)
    mix, roots = rng.normal(size=(2, 2)), np.sqrt(values[kept])
    params = ((left[:, kept] * roots) @ mix, np.linalg.inv(mix) @ (roots[:, None] * right[kept]))
    targets = inputs @ (left * values) @ right
    return Objective(MLP((4, 2, 3), "linear", bias=False), "squared", inputs, targets), params


def dead_teacher():
    """A teacher of which one unit never fires."""
    objective, params = teacher((3, 4, 2), "relu")
    dead = [array.copy() for array in params]
    dead[1][1] = -100.0
    targets = objective.network.predict(dead, objective.inputs)
    return dataclasses.replace(objective, targets=targets), dead
