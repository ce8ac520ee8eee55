"""The Lanczos process: a basis without ghosts, which ends where the space does."""

import numpy as np
import pytest
import scipy.linalg
from oracles import assert_close
from scipy.sparse.linalg import LinearOperator
from spectrum_cases import like_a_net, with_eigenvalues

from flatlib.curvature.spectrum import lanczos, top_eigenvalues


def test_lanczos_makes_a_tridiagonal_matrix_in_an_orthonormal_basis():
    matrix = with_eigenvalues(like_a_net(60))
    start = np.random.default_rng(1).normal(size=60)
    diagonal, offdiagonal, basis = lanczos(matrix, start, 25)
    assert basis.shape == (60, 25)
    assert (offdiagonal > 0).all()
    np.testing.assert_allclose(basis[:, 0], start / np.linalg.norm(start), rtol=1e-15)
    np.testing.assert_allclose(basis.T @ basis, np.eye(25), rtol=0, atol=1e-14)
    tridiagonal = np.diag(diagonal) + np.diag(offdiagonal, 1) + np.diag(offdiagonal, -1)
    assert_close(basis.T @ matrix @ basis, tridiagonal, 1e-14)


def test_all_steps_find_each_eigenvalue_once_without_ghosts():
    # without reorthogonalization the largest comes several times, and others are missing
    eigenvalues = np.geomspace(1.0, 1e-6, 80)
    diagonal, offdiagonal, _ = lanczos(with_eigenvalues(eigenvalues), np.ones(80), 500)
    values = scipy.linalg.eigvalsh_tridiagonal(diagonal, offdiagonal)
    np.testing.assert_allclose(values[::-1], eigenvalues[: len(values)], rtol=0, atol=1e-14)
    assert len(values) == 80


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_lanczos_ends_where_the_space_is_exhausted(dimension):
    # of a diagonal matrix, where rounding does not lead out of the space
    eigenvalues = like_a_net(40)
    start = np.where(np.arange(40) < dimension, 1.0, 0.0)
    diagonal, offdiagonal, basis = lanczos(np.diag(eigenvalues), start, 30)
    assert len(diagonal) == dimension == len(offdiagonal) + 1 == basis.shape[1]
    values = scipy.linalg.eigvalsh_tridiagonal(diagonal, offdiagonal)
    desired = np.sort(eigenvalues[:dimension])
    np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13)


@pytest.mark.parametrize("value", [0.0, 1.0, 1e-200])
def test_lanczos_on_a_multiple_of_the_identity_takes_one_step(value):
    diagonal, offdiagonal, _ = lanczos(value * np.eye(20), np.arange(1.0, 21.0), 10)
    np.testing.assert_allclose(diagonal, [value], rtol=1e-14)
    assert len(offdiagonal) == 0


def test_the_basis_test_sees_missing_reorthogonalization():
    # the textbook's three-term recurrence, planted here: ghosts appear
    matrix, size = with_eigenvalues(np.geomspace(1.0, 1e-6, 80)), 80
    basis, beta = [np.ones(size) / np.sqrt(size)], 0.0
    for step in range(79):
        vector = matrix @ basis[-1] - (beta * basis[-2] if step else 0.0)
        vector -= (vector @ basis[-1]) * basis[-1]
        beta = np.linalg.norm(vector)
        basis.append(vector / beta)
    assert np.abs(np.array(basis) @ np.array(basis).T - np.eye(size)).max() > 0.1
    _, _, ours = lanczos(matrix, np.ones(size), 80)
    assert np.abs(ours.T @ ours - np.eye(ours.shape[1])).max() < 1e-14


def test_nothing_that_comes_in_is_written_to():
    matrix, start = with_eigenvalues(like_a_net(20)), np.ones(20)
    for array in (matrix, start):
        array.setflags(write=False)
    lanczos(matrix, start, 5)
    top_eigenvalues(matrix, 3)
    # an operator may return the very array that it was given
    kept = LinearOperator((20, 20), matvec=lambda v: v, matmat=lambda v: v, dtype=float)
    np.testing.assert_allclose(lanczos(kept, start, 3).diagonal, [1.0], rtol=1e-15)


@pytest.mark.parametrize(("gap", "steps"), [(2e-11, 2), (2e-15, 1)])
def test_lanczos_stops_at_rounding_and_not_before(gap, steps):
    assert len(lanczos(np.diag([1.0, 1.0 + gap]), np.ones(2), 2).diagonal) == steps
