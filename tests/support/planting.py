"""Ways to plant an error that several tables of them use."""

import numpy as np


def name(module, attribute, wrong):
    """A name in a claims module replaced by ``wrong(true)``."""

    def plant(monkeypatch):
        monkeypatch.setattr(module, attribute, wrong(getattr(module, attribute)))

    return plant


def hessian_off(true):
    return lambda *arguments: off_in_one_corner(true, *arguments)


def times(factor):
    return lambda true: lambda *a, **k: factor * true(*a, **k)


def off_in_one_corner(true, *arguments):
    """The last entry 0.1 % off: a norm of the whole would hardly move."""
    matrix = np.array(true(*arguments))
    matrix[..., -1] *= 1.001
    return matrix
