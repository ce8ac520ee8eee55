"""What holds arrays shows itself in a line, whatever their sizes."""

import dataclasses
import importlib
import pkgutil

import numpy as np
import pytest

import flatlib
from flatlib import data, measures, transforms

RNG = np.random.default_rng(0)
NET = flatlib.MLP((64, 32, 10))
PARAMS = NET.init(RNG)
SMALL = flatlib.MLP((3, 40, 1), bias=False)


def largest_things():
    teacher = data.teacher_student(SMALL, 50, RNG)
    split = data.digits()
    objective = flatlib.Objective(SMALL, "squared", teacher.inputs, teacher.targets)
    yield split
    yield teacher
    yield measures.flattest(objective, teacher.params)
    yield transforms.Scaling(NET, RNG.uniform(1, 2, NET.num_params))
    yield measures.Box(PARAMS, RNG.uniform(1, 2, NET.num_params))
    yield objective
    yield flatlib.training.WeightedSum((objective, objective), (1.0, 0.5))


def test_nothing_floods_a_notebook():
    for thing in largest_things():
        assert "<array " in repr(thing)
        assert len(repr(thing)) < 600, repr(thing)


def test_short_arrays_are_shown_and_long_ones_by_their_shape():
    split = data.Split(np.zeros((3, 4)), np.array([1, 2]), np.zeros((1, 2)), np.array([0]))
    assert repr(split) == (
        "Split(train_inputs=<array 3 x 4>, train_labels=array([1, 2]), "
        "test_inputs=array([[0., 0.]]), test_labels=array([0]))"
    )


def public_dataclasses():
    for module in pkgutil.walk_packages(flatlib.__path__, "flatlib."):
        if any(part.startswith("_") for part in module.name.split(".")):
            continue
        if module.name.startswith("flatlib.pytorch"):
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if dataclasses.is_dataclass(value) and "._" not in value.__module__ and name[0] != "_":
                yield value


@pytest.mark.parametrize("kind", sorted(set(public_dataclasses()), key=str))
def test_a_class_with_an_array_has_a_repr_of_its_own(kind):
    holds = [f.name for f in dataclasses.fields(kind) if f.repr and "ndarray" in str(f.type)]
    generated = hasattr(kind.__repr__, "__wrapped__")  # dataclass wraps it against recursion
    assert not (holds and generated), f"{holds}: write __repr__ = short"
