"""Counts of diverging eigenvalues: ranks of factors, slopes, inverses, and another route to H."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from strategies import HOMOGENEOUS, cases, make_case

from flatlib import MLP, Objective, hessian
from flatlib.curvature import autodiff
from flatlib.data import teacher_student
from flatlib.measures import (
    Growth,
    count_above,
    eigenvalue_growth,
    growth_by_layer,
    scaled_eigenvalues,
)
from flatlib.measures import counting as module
from flatlib.transforms import compensated_scale, scale_neurons


@st.composite
def factors(draw, size=6):
    """Integer G and exponents c: every rank is that of a matrix of small integers."""
    rows = draw(st.integers(1, size))
    entries = st.lists(st.integers(-2, 2), min_size=size, max_size=size)
    factor = np.array([draw(entries) for _ in range(rows)], dtype=float)
    return factor, np.array(draw(entries), dtype=float)


def ranks(factor, exponents):
    """Ranks of the columns of G that grow, of those that do not shrink, and of all."""
    kept = (exponents > 0, exponents >= 0, exponents == exponents)
    return [int(np.linalg.matrix_rank(factor[:, k])) if k.any() else 0 for k in kept]


@given(factors())
def test_counts_are_ranks_of_columns_of_the_factor(drawn):
    factor, exponents = drawn
    growing, staying, total = ranks(factor, exponents)
    expected = Growth(growing, staying - growing, total - staying, len(exponents) - total)
    found = eigenvalue_growth(factor.T @ factor, exponents)
    assert found == expected
    assert found.rank == total


@given(factors())
def test_counts_are_what_the_singular_values_do(drawn):
    factor, exponents = drawn
    near, far = (np.linalg.svd(factor * np.exp(t * exponents))[1] for t in (4.0, 5.0))
    # the least factor is exp(-10), rounding 1e-16 of the largest, which is at most exp(10) or so
    real = far > 1e-9
    slopes = np.where(real, np.log(np.where(real, far, 1.0) / np.where(real, near, 1.0)), -9.0)
    found = eigenvalue_growth(factor.T @ factor, exponents)
    assert (slopes > 0.5).sum() == found.diverging
    assert (np.abs(slopes) <= 0.5).sum() == found.bounded


@settings(max_examples=40)
@given(cases(activations=HOMOGENEOUS), st.integers(0, 3))
def test_networks_by_the_rank_of_their_jacobian(case, layer):
    net, params = case.network, case.params
    assume(net.depth >= 2)
    fitted = Objective(net, "squared", case.inputs, net.predict(params, case.inputs))
    layer = layer % net.depth + 1
    rows = autodiff.jacobian(lambda p: net.predict(p, case.inputs), params)
    lengths = np.linalg.norm(rows, axis=0)
    rows = rows / np.where(lengths > 0, lengths, 1.0)
    growing = compensated_scale(net, 2.0, layer).diagonal > 1.01
    sizes = [
        np.linalg.svd(rows[:, kept], compute_uv=False) for kept in (growing, lengths == lengths)
    ]
    # where rounding decides a rank there is nothing to compare
    assume(all(((s < 1e-7) | (s > 1e-5)).all() for s in sizes))
    found = growth_by_layer(net, hessian(fitted, params))[layer - 1]
    assert found.diverging == (sizes[0] > 1e-6).sum()
    assert found.rank == (sizes[1] > 1e-6).sum()


@settings(max_examples=30)
@given(factors(), st.integers(0, 2**32 - 1))
def test_the_decision_is_the_same_everywhere_on_the_orbit(drawn, seed):
    factor, exponents = drawn
    d = 10.0 ** np.random.default_rng(seed).uniform(-4, 4, size=len(exponents))
    matrix = factor.T @ factor
    moved = eigenvalue_growth(matrix * np.outer(d, d), exponents)
    assert moved == eigenvalue_growth(matrix, exponents)


def test_exponents_that_are_rounding_count_as_zero():
    assert eigenvalue_growth(np.eye(3), [1.0, 1e-15, -1e-15]) == Growth(1, 2, 0, 0)
    assert eigenvalue_growth(np.eye(2), [0.0, 0.0]) == Growth(0, 2, 0, 0)
    assert eigenvalue_growth(np.zeros((2, 2)), [1.0, -1.0]) == Growth(0, 0, 0, 2)


def test_small_eigenvalues_are_right_where_a_routine_for_them_is_not():
    rng = np.random.default_rng(0)
    factor, d = rng.normal(size=(12, 8)), np.array([1e3, 1e-3] * 4)
    matrix = factor.T @ factor
    # the small eigenvalues of D H D are the large ones of its inverse, which are computed well
    inverse = np.linalg.inv(matrix) / np.outer(d, d)
    expected = 1 / np.linalg.eigvalsh(inverse)[::-1][:4]
    found = scaled_eigenvalues(matrix, d)
    # ratio 1e13 of the largest to the smallest, its root 3e6, times rounding
    np.testing.assert_allclose(found[::-1][:4], expected, rtol=1e-8)
    direct = np.linalg.eigvalsh(matrix * np.outer(d, d))
    assert abs(direct[0] / expected[0] - 1) > 100 * abs(found[-1] / expected[0] - 1)
    np.testing.assert_allclose(found[:4], direct[::-1][:4], rtol=1e-10)


@given(factors())
def test_mild_scalings_agree_with_the_eigenvalues_of_the_product(drawn):
    factor, exponents = drawn
    matrix, d = factor.T @ factor, np.exp(exponents / 2)
    expected = np.linalg.eigvalsh(matrix * np.outer(d, d))[::-1]
    found = scaled_eigenvalues(matrix, d)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * max(expected[0], 1.0))
    assert np.count_nonzero(found) == np.linalg.matrix_rank(factor)
    assert (np.diff(found) <= 0).all()


def test_count_above():
    case = make_case((3, 5, 2), "tanh")
    values = np.linalg.eigvalsh(hessian(case.objective, case.params))
    middle = (values[-3] + values[-4]) / 2
    assert count_above(case.objective, case.params, middle) == 3
    assert count_above(lambda p: p[0] ** 2 - p[1] ** 2, np.zeros(2), 2.0) == 0
    assert count_above(lambda p: p[0] ** 2 - p[1] ** 2, np.zeros(2), -3) == 2


def test_scaling_single_units_counts_too():
    net, rng = MLP((3, 4, 2)), np.random.default_rng(0)
    data = teacher_student(net, 60, rng)
    objective = Objective(net, "squared", data.inputs, data.targets)
    direction = np.log(scale_neurons(net, [[2.0, 1.0, 1.0, 0.5]]).diagonal)
    rows = autodiff.jacobian(lambda p: net.predict(p, data.inputs), data.params)
    growing, staying, total = ranks(rows, direction)
    found = eigenvalue_growth(hessian(objective, data.params), direction)
    assert found == Growth(growing, staying - growing, total - staying, net.num_params - total)


def test_the_oracles_see_planted_errors(monkeypatch):
    monkeypatch.setattr(module.UnitDiagonal, "rank", lambda self, kept: int(kept.sum()))
    with pytest.raises(AssertionError):
        test_counts_are_ranks_of_columns_of_the_factor()
    with pytest.raises(AssertionError):  # one net: to look for the least one would take long
        test = test_networks_by_the_rank_of_their_jacobian.hypothesis.inner_test
        given(st.just(make_case((3, 4, 2), "relu")), st.just(0))(test)()
    true = module.UnitDiagonal.factor
    monkeypatch.setattr(module.UnitDiagonal, "factor", lambda self: 1.0005 * true(self))
    with pytest.raises(AssertionError):
        test_small_eigenvalues_are_right_where_a_routine_for_them_is_not()
