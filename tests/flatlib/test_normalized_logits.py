"""The loss of normalized logits: SciPy, and what it cannot see."""

import numpy as np
import pytest
import scipy.special
from oracles import central_difference
from symmetry_cases import random_net

from flatlib import NormalizedLogits, flatten, gradient, unflatten


def by_scipy(objective, params):
    outputs = objective.outputs(params)
    centered = outputs - outputs.mean(axis=1, keepdims=True)
    unit = centered / np.linalg.norm(centered, axis=1, keepdims=True)
    return -(objective.targets * scipy.special.log_softmax(unit, axis=1)).sum(axis=1).mean()


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_value_and_gradient(activation):
    objective, params = random_net(activation=activation)
    measured = NormalizedLogits(objective)
    np.testing.assert_allclose(measured(params), by_scipy(objective, params), rtol=1e-13)
    slope = central_difference(
        lambda theta: by_scipy(objective, unflatten(theta, like=params)), flatten(params)
    )
    np.testing.assert_allclose(gradient(measured, params), slope, atol=1e-8)
    assert measured.network is objective.network


def test_the_size_of_the_outputs_does_not_count():
    objective, params = random_net()
    measured, louder = NormalizedLogits(objective), (*params[:-2], *(7.0 * a for a in params[-2:]))
    np.testing.assert_allclose(measured(louder), measured(params), rtol=1e-13)
    assert abs(objective(louder) - objective(params)) > 0.1


def test_equal_outputs_are_refused():
    objective, params = random_net()
    with pytest.raises(ValueError, match=r"each example .+, got equal ones\. Measure"):
        NormalizedLogits(objective)(tuple(0.0 * a for a in params))
