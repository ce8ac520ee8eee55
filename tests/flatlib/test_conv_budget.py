"""The memory budget of a convolutional net is kept, and used: too small a slice costs time."""

import tracemalloc

import numpy as np
import pytest
from conv_cases import conv_case

from flatlib import AveragePool, Conv, GlobalAverage, MaxPool
from flatlib.curvature import convolution

BUDGET = 2**21
POOLS = {"max": [MaxPool(2)], "average": [AveragePool(2)], "none": []}


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("pools", POOLS)
def test_of_the_budget_a_good_part_is_used(pools, activation):
    layers = (Conv(8, 3), *POOLS[pools], Conv(10, 2), GlobalAverage())
    case = conv_case(((8, 8, 1), layers), activation, loss="cross_entropy", examples=500)
    vectors = np.ones((len(case.theta), 20))
    # as measured, less a fifth; half of a slice's size would show in each
    assert 0.33 <= share(convolution.hessian, case) <= 1
    assert 0.48 <= share(convolution.hessian_matmat, case, vectors) <= 1
    assert 0.40 <= share(convolution.gradient, case) <= 1


def share(function, case, *more):
    """Memory beside the result, in budgets."""
    objective = case.objective
    tracemalloc.start()
    result = function(objective, case.params, *more, budget=BUDGET)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (peak - result.nbytes) / BUDGET
