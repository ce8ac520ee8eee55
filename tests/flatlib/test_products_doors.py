"""Operators as SciPy takes them: shapes, sums, threads, memory, and convolutional nets."""

import tracemalloc
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import scipy.linalg
import scipy.sparse.linalg
from hypothesis import given, settings
from oracles import assert_close
from product_cases import OPERATORS, both, vectors_for, written_out
from strategies import cases, make_case

import flatlib
from flatlib.curvature import autodiff
from flatlib.curvature.products import hessian_operator


def test_it_is_its_own_adjoint_and_joins_scipys_sums():
    case = make_case((3, 4, 2), "gelu", loss="cross_entropy")
    operator, v = hessian_operator(case.objective, case.params), vectors_for(case)
    assert isinstance(operator, scipy.sparse.linalg.LinearOperator)
    assert operator.shape == (len(v), len(v))
    assert operator.dtype == np.float64
    assert operator.H is operator
    assert operator.T is operator
    np.testing.assert_array_equal(operator.rmatvec(v), operator.matvec(v))
    np.testing.assert_array_equal(operator.rmatmat(v[:, None]), operator.matmat(v[:, None]))
    shift = scipy.sparse.linalg.aslinearoperator(np.eye(len(v)))
    assert_close((2.0 * operator + shift) @ v, 2.0 * (operator @ v) + v, 1e-15)


def test_shapes_and_types_of_vectors():
    case = make_case((2, 3, 1), "relu")
    operator, v = hessian_operator(case.objective, case.params), np.arange(13)
    desired = operator @ v.astype(float)
    assert desired.shape == (13,)
    np.testing.assert_array_equal(operator.matvec(v[:, None]), desired[:, None])
    np.testing.assert_array_equal(operator @ list(v), desired)
    np.testing.assert_array_equal(operator @ v.astype(np.float32), desired)
    for product in (v @ operator, list(v) @ operator, operator * v, operator.dot(v)):
        np.testing.assert_array_equal(product, desired)
    assert_close(np.stack([v, 2 * v]) @ operator, np.stack([desired, 2 * desired]), 1e-14)
    columns = np.asfortranarray(np.outer(v, [1.0, 2.0, 4.0]))
    assert_close(operator @ columns, np.outer(desired, [1.0, 2.0, 4.0]), 1e-14)
    assert_close(operator @ columns[:, ::2], np.outer(desired, [1.0, 4.0]), 1e-14)


def test_eigsh_finds_the_dense_top_50_and_lobpcg_the_top_3():
    case = make_case((8, 12, 10, 4), "tanh", loss="cross_entropy", num_examples=120)
    operator = hessian_operator(case.objective, case.params)
    dense = np.linalg.eigvalsh(flatlib.hessian(case.objective, case.params))[::-1]
    start = np.ones(len(dense))
    values = scipy.sparse.linalg.eigsh(
        operator, k=50, which="LA", v0=start, return_eigenvectors=False
    )
    np.testing.assert_allclose(np.sort(values)[::-1], dense[:50], rtol=0, atol=1e-12 * dense[0])
    block = np.random.default_rng(0).normal(size=(len(dense), 3))
    values, _ = scipy.sparse.linalg.lobpcg(operator, block, tol=1e-9, maxiter=500)
    # an eigenvalue is as good as the square of its vector's residual
    np.testing.assert_allclose(np.sort(values)[::-1], dense[:3], rtol=1e-10)


def test_the_heat_kernel_of_a_hessian():
    case = make_case((3, 5, 2), "tanh")
    dense, v = flatlib.hessian(case.objective, case.params), vectors_for(case)
    operator = hessian_operator(case.objective, case.params)
    actual = scipy.sparse.linalg.expm_multiply(-1.0 * operator, v, traceA=-np.trace(dense))
    assert_close(actual, scipy.linalg.expm(-dense) @ v)


@both
@settings(max_examples=100)
@given(case=cases())
def test_the_memory_budget_changes_rounding_only(build, case):
    vectors = vectors_for(case, 3)
    at_once = build(case.objective, case.params) @ vectors
    one_by_one = build(case.objective, case.params, budget=1) @ vectors
    size = np.abs(OPERATORS[build](case.objective, case.params)).sum(axis=1).max()
    size *= np.abs(vectors).max()
    np.testing.assert_allclose(one_by_one, at_once, rtol=0, atol=1e-14 * size)


def test_memory_does_not_grow_with_the_examples_or_the_columns():
    budget, extra = 2**20, []
    for num_examples, columns in [(6000, 1), (6000, 300), (300, 300)]:
        case = make_case((16, 16, 4), "tanh", num_examples=num_examples)
        vectors, objective = vectors_for(case, columns), case.objective
        tracemalloc.start()
        operator = hessian_operator(objective, case.params, budget=budget)
        operator @ vectors
        # beside the result: at most the chunk of columns that is copied, and its product
        extra.append(tracemalloc.get_traced_memory()[1] - 3 * vectors.nbytes)
        tracemalloc.stop()
    assert max(extra) <= budget


def test_later_changes_of_params_change_nothing_and_nothing_is_written_to():
    case = make_case((3, 4, 2), "tanh")
    params = [np.array(array) for array in case.params]
    operator, v = hessian_operator(case.objective, params), vectors_for(case)
    v.setflags(write=False)
    before = operator @ v
    for array in params:
        array *= 7.0
    np.testing.assert_array_equal(operator @ v, before)


def test_threads_share_an_operator():
    case = make_case((8, 16, 16, 4), "tanh", num_examples=300)
    operator, vectors = hessian_operator(case.objective, case.params), vectors_for(case, 64)
    with ThreadPoolExecutor(4) as pool:
        products = list(pool.map(operator.matvec, vectors.T))
    assert_close(np.column_stack(products), operator @ vectors, 1e-13)


@both
def test_a_convolutional_net_takes_the_same_door(build):
    net = flatlib.ConvNet((5, 5, 1), [flatlib.Conv(3, 2), flatlib.Dense(2)], "tanh")
    rng = np.random.default_rng(0)
    params = net.init(rng, bias_std=0.5)
    inputs, targets = rng.normal(size=(4, 5, 5, 1)), rng.normal(size=(4, 2))
    objective = flatlib.Objective(net, "squared", inputs, targets)
    operator = build(objective, params)
    if build is hessian_operator:
        desired = autodiff.hessian(objective, params)
    else:
        rows = autodiff.jacobian(objective.outputs, params)
        desired = rows.T @ rows / 4
    assert_close(written_out(operator), desired)
