"""Signs and rank of a matrix, whatever its rows and columns are multiplied by: Sylvester's law."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flatlib.curvature import _unit_diagonal as module
from flatlib.curvature._unit_diagonal import UnitDiagonal


def of_inertia(signs, rng):
    """A symmetric matrix with these signs of its eigenvalues, and no special diagonal."""
    basis = np.linalg.qr(rng.normal(size=(len(signs), len(signs))))[0]
    matrix = (basis * (np.array(signs) * rng.uniform(0.5, 2.0, len(signs)))) @ basis.T
    return (matrix + matrix.T) / 2


def count(signs):
    return tuple(int(np.sum(np.array(signs) == sign)) for sign in (1, -1, 0))


@settings(max_examples=60)
@given(st.lists(st.sampled_from([1, 0, -1]), min_size=1, max_size=7), st.integers(0, 1000))
def test_inertia_is_kept_by_any_scaling_of_rows_and_columns(signs, seed):
    rng = np.random.default_rng(seed)
    matrix = of_inertia(signs, rng)
    scaling = 10.0 ** rng.uniform(-20, 20, len(signs))
    assert UnitDiagonal(matrix).inertia == count(signs)
    assert UnitDiagonal(matrix * np.outer(scaling, scaling)).inertia == count(signs)


@settings(max_examples=60)
@given(st.integers(1, 5), st.integers(0, 1000))
def test_without_negative_eigenvalues_the_matrix_is_that_of_correlations(rank, seed):
    rng = np.random.default_rng(seed)
    factor, scaling = rng.normal(size=(rank, 6)), 10.0 ** rng.uniform(-20, 20, 6)
    unit = UnitDiagonal((factor * scaling).T @ (factor * scaling))
    lengths = np.linalg.norm(factor, axis=0)
    np.testing.assert_allclose(
        unit.matrix, factor.T @ factor / np.outer(lengths, lengths), atol=1e-13
    )
    np.testing.assert_allclose(unit.scale, lengths * scaling, rtol=1e-13)
    np.testing.assert_allclose(
        unit.factor().T @ unit.factor() / np.outer(scaling, scaling), factor.T @ factor, atol=1e-12
    )


SPECIAL = [
    # a diagonal of zeros, or a part of one: only what stands beside it decides
    ([[0.0, 1.0], [1.0, 0.0]], (1, 1, 0)),
    ([[1.0, 1.0], [1.0, 0.0]], (1, 1, 0)),
    ([[1.0, 1e-3], [1e-3, 1e-30]], (1, 1, 0)),
    ([[1.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 2.0]], (2, 0, 1)),
    ([[0.0, 2.0, 0.0], [2.0, 0.0, 0.0], [0.0, 0.0, 0.0]], (1, 1, 1)),
    ([[0.0, 0.0], [0.0, 0.0]], (0, 0, 2)),
    ([[-3.0]], (0, 1, 0)),
    # a huge pair of both signs must not hide a small one
    (
        np.kron(np.diag([1.0, 0.0]), [[1.0, 1e14], [1e14, 1.0]])
        + np.kron(np.diag([0.0, 1.0]), [[1.0, 1.5], [1.5, 1.0]]),
        (2, 2, 0),
    ),
]


@pytest.mark.parametrize(("matrix", "inertia"), SPECIAL)
@pytest.mark.parametrize("exponent", [0, 8, 40])
def test_zeros_on_the_diagonal(matrix, inertia, exponent):
    scaling = 10.0 ** np.linspace(exponent, -exponent, len(matrix))
    unit = UnitDiagonal(np.array(matrix) * np.outer(scaling, scaling))
    assert unit.inertia == inertia
    assert unit.is_indefinite == (inertia[1] > 0)


def test_a_row_of_zeros_has_the_scale_0_and_no_reciprocal():
    unit = UnitDiagonal(np.diag([4.0, 0.0]))
    np.testing.assert_array_equal(unit.scale, [2.0, 0.0])
    np.testing.assert_array_equal(unit.reciprocals, [0.5, 0.0])


def test_the_tests_see_a_scale_that_is_none(monkeypatch):
    monkeypatch.setattr(module, "_scale", lambda matrix: np.ones(len(matrix)))
    with pytest.raises((AssertionError, ExceptionGroup)):
        test_inertia_is_kept_by_any_scaling_of_rows_and_columns()


def test_the_tests_see_a_diagonal_that_is_not_equilibrated(monkeypatch):
    monkeypatch.setattr(module, "_scale", lambda matrix: np.sqrt(np.abs(np.diag(matrix))))
    with pytest.raises(AssertionError):
        test_zeros_on_the_diagonal(*SPECIAL[-1], 0)
