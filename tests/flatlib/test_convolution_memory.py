"""The convolutional engine and memory: what it takes, what it returns, and what it leaves alone."""

import tracemalloc

import numpy as np
from conv_cases import conv_case, conv_cases
from hypothesis import given, settings
from oracles import assert_close

from flatlib import Conv, GlobalAverage, MaxPool
from flatlib.curvature import convolution


@settings(max_examples=50)
@given(case=conv_cases())
def test_the_memory_budget_changes_rounding_only(case):
    objective, params = case.objective, case.params
    vectors = np.random.default_rng(0).normal(size=(len(case.theta), 5))
    # the sum of sizes of what is added, since the sum itself may cancel
    scale = sum(
        np.abs(convolution.hessian(objective, params, **{part: False})).max()
        for part in ("residual", "curvature")
    )
    for function in (convolution.hessian, convolution.hessian_matmat):
        args = (objective, params, vectors)[: 3 if "matmat" in function.__name__ else 2]
        difference = function(*args, budget=1) - function(*args)
        assert np.abs(difference).max() <= 1e-13 * scale * len(vectors)
    whole = convolution.gradient(objective, params)
    assert_close(convolution.gradient(objective, params, budget=1), whole, 1e-12)


def test_memory_beyond_the_result_stays_within_the_budget():
    net = ((8, 8, 1), (Conv(8, 3), MaxPool(2), Conv(10, 2), GlobalAverage()))
    for activation in ("relu", "tanh"):
        for examples in (50, 2000):
            case = conv_case(net, activation, loss="cross_entropy", examples=examples)
            vectors = np.ones((len(case.theta), 20))
            assert _excess(convolution.hessian, case) <= 2**22
            assert _excess(convolution.hessian_matmat, case, vectors) <= 2**22
            assert _excess(convolution.gradient, case) <= 2**22


def _excess(function, case, *more):
    objective = case.objective
    tracemalloc.start()
    result = function(objective, case.params, *more, budget=2**22)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak - result.nbytes


def test_out_is_overwritten_and_returned():
    case = conv_case("lenet, small")
    size = len(case.theta)
    out = np.full((size, size), np.nan)
    result = convolution.hessian(case.objective, case.params, out=out)
    assert result is out
    np.testing.assert_array_equal(out, convolution.hessian(case.objective, case.params))


def test_nothing_is_written_to():
    case = conv_case("pools upon pools", "tanh")
    vectors = np.ones((len(case.theta), 2))
    for array in (*case.params, case.inputs, vectors):
        array.setflags(write=False)
    convolution.hessian(case.objective, case.params)
    convolution.hessian_matmat(case.objective, case.params, vectors)


def test_no_vectors_give_no_products():
    case = conv_case("one layer")
    none = np.empty((len(case.theta), 0))
    assert convolution.hessian_matmat(case.objective, case.params, none).shape == none.shape
