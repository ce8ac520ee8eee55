"""The outermost eigenvalues from products alone, and where the matrix is written out instead."""

import numpy as np
import pytest
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, aslinearoperator
from spectrum_cases import like_a_net, with_eigenvalues
from strategies import make_case

import flatlib
from flatlib.curvature import _arpack
from flatlib.curvature.products import gauss_newton_operator, hessian_operator
from flatlib.curvature.spectrum import top_eigenvalues


def never(*args, **kwargs):
    raise ArpackNoConvergence("", np.ones(1), np.ones((1, 1)))


def test_no_convergence_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(_arpack, "eigsh", never)
    monkeypatch.setattr(_arpack, "BUDGET", 0)
    with pytest.raises(ArithmeticError, match=r"got 1 of 2 eigenvalues\. Pass a matrix"):
        top_eigenvalues(aslinearoperator(with_eigenvalues(like_a_net(150))), 2)


def test_the_spectrum_of_a_net_from_products_is_the_dense_one():
    case = make_case((8, 16, 4), "relu", loss="cross_entropy", num_examples=100)
    for build, dense in [
        (hessian_operator, flatlib.hessian),
        (gauss_newton_operator, flatlib.gauss_newton),
    ]:
        matrix = dense(case.objective, case.params)
        values = top_eigenvalues(build(case.objective, case.params), 50)
        desired = np.linalg.eigvalsh(matrix)[::-1][:50]
        np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13 * desired[0])


def test_a_float32_operator_is_understood():
    matrix = np.diag([1.0, 2.0, 4.0]).astype(np.float32)
    operator = LinearOperator((3, 3), matvec=lambda v: matrix @ v, dtype=np.float32)
    assert top_eigenvalues(operator, 3).dtype == np.float64
    np.testing.assert_allclose(top_eigenvalues(operator, 3), [4.0, 2.0, 1.0], rtol=1e-6)


def test_what_does_not_converge_is_written_out_if_it_fits(monkeypatch):
    monkeypatch.setattr(_arpack, "eigsh", never)
    matrix = with_eigenvalues(like_a_net(150))
    values = top_eigenvalues(aslinearoperator(matrix), 2, which="SA")
    np.testing.assert_array_equal(values, top_eigenvalues(matrix, 2, which="SA"))


def crowded():
    """A net far out on its orbit: the lower end of its spectrum is crowded for ARPACK."""
    case = make_case((8, 16, 4), "relu", loss="cross_entropy", num_examples=100)
    params = flatlib.transforms.alpha_scale(case.network, 100.0)(case.params)
    return case.objective, params


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
def test_a_crowded_end_takes_few_products_and_is_right(which):
    objective, params = crowded()
    operator, counts = hessian_operator(objective, params), []
    products = operator._products

    def counted(vectors):
        counts.append(vectors.shape[1])
        return products(vectors)

    operator._products = counted
    dense = flatlib.hessian(objective, params)
    values = top_eigenvalues(operator, 1, which=which)
    desired = top_eigenvalues(dense, 1, which=which)
    np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13 * np.abs(dense).max())
    # a quarter of P for ARPACK, and what a restart begins with
    assert sum(counts) <= 0.25 * len(dense) + 25


def test_the_matrix_of_an_operator_is_the_closed_form_or_its_products():
    objective, params = crowded()
    for build, dense in [
        (hessian_operator, flatlib.hessian),
        (gauss_newton_operator, flatlib.gauss_newton),
    ]:
        operator, matrix = build(objective, params), dense(objective, params)
        np.testing.assert_array_equal(operator.matrix(), matrix)
        bare = type(operator)(operator._products, len(matrix))
        atol = 1e-13 * np.abs(matrix).max()
        np.testing.assert_allclose(bare.matrix(), matrix, rtol=0, atol=atol)


def test_eigenpairs_of_a_zero_matrix_and_of_one_that_is_written_out(monkeypatch):
    values, vectors = flatlib.top_eigenpairs(aslinearoperator(np.zeros((150, 150))), 2)
    np.testing.assert_array_equal(values, 0.0)
    np.testing.assert_array_equal(vectors.T @ vectors, np.eye(2))
    matrix = with_eigenvalues(like_a_net(120))
    monkeypatch.setattr(_arpack, "PATIENCE", 0.0)
    values, vectors = flatlib.top_eigenpairs(aslinearoperator(matrix), 3)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, rtol=0, atol=1e-12)
