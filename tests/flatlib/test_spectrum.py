"""The outermost eigenvalues of matrices whose spectra are known, at every scale."""

import numpy as np
import pytest
from scipy.sparse.linalg import aslinearoperator
from spectrum_cases import FLAT, SCALES, like_a_net, with_eigenvalues

import flatlib
from flatlib.curvature.spectrum import lanczos, spectral_density, top_eigenvalues


def chosen(eigenvalues, k, which):
    """The definition: sort by the order that is asked for."""
    if which == "LM":
        return np.array(sorted(eigenvalues, key=abs, reverse=True)[:k])
    ascending = np.sort(eigenvalues)
    return (ascending[-k:] if which == "LA" else ascending[:k])[::-1]


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
@pytest.mark.parametrize("k", [1, 3, 40, 119, 120])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_top_eigenvalues_are_the_known_ones(which, k, wrap):
    eigenvalues = like_a_net(120)
    values = top_eigenvalues(wrap(with_eigenvalues(eigenvalues)), k, which=which)
    assert values.shape == (k,)
    np.testing.assert_allclose(values, chosen(eigenvalues, k, which), rtol=0, atol=1e-13)


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_top_eigenvalues_are_homogeneous_to_the_last_bit(which, wrap):
    matrix = with_eigenvalues(like_a_net(150))
    desired = top_eigenvalues(wrap(matrix), 6, which=which)
    for scale in [*SCALES, FLAT[0]]:
        actual = top_eigenvalues(wrap(scale * matrix), 6, which=which)
        np.testing.assert_array_equal(actual, scale * desired)


@pytest.mark.parametrize("scale", FLAT)
def test_a_flat_minimum_has_its_own_eigenvalues(scale):
    # a norm with 1e-6 added to it returns 0.56 of the eigenvalue at 4e-6, and nothing at 4e-7
    eigenvalues = like_a_net(150)
    values = top_eigenvalues(aslinearoperator(scale * with_eigenvalues(eigenvalues)), 3)
    np.testing.assert_allclose(values, scale * chosen(eigenvalues, 3, "LA"), rtol=1e-12)


def test_algebraic_and_modulus_are_two_questions():
    matrix = np.diag([1.0, -5.0, 3.0, 0.0])
    np.testing.assert_array_equal(top_eigenvalues(matrix, 2), [3.0, 1.0])
    np.testing.assert_array_equal(top_eigenvalues(matrix, 2, which="SA"), [0.0, -5.0])
    np.testing.assert_array_equal(top_eigenvalues(matrix, 2, which="LM"), [-5.0, 3.0])


@pytest.mark.parametrize("k", [1, 50, 140])
def test_more_eigenvalues_than_the_rank_are_zeros_and_repeatable(k):
    eigenvalues = np.zeros(160)
    eigenvalues[:4] = [4.0, 3.0, 3.0, 1.0]
    operator = aslinearoperator(with_eigenvalues(eigenvalues))
    values = top_eigenvalues(operator, k)
    np.testing.assert_allclose(values, chosen(eigenvalues, k, "LA"), rtol=0, atol=1e-13)
    np.testing.assert_array_equal(values, top_eigenvalues(operator, k))


@pytest.mark.parametrize("size", [3, 160])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_a_zero_and_an_identity_matrix(size, wrap):
    for value in (0.0, 2.0):
        values = top_eigenvalues(wrap(value * np.eye(size)), 2)
        np.testing.assert_allclose(values, [value, value], rtol=1e-14)


HUGE = np.array([1e308, 1e307, 1.0])


@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_the_largest_floats_have_eigenvalues_too(wrap):
    values = top_eigenvalues(wrap(np.diag(HUGE)), 3)
    np.testing.assert_allclose(values, HUGE, rtol=1e-14, atol=1e295)
    many = np.diag(np.concatenate([HUGE, np.linspace(1e305, 1e306, 150)]))
    np.testing.assert_allclose(top_eigenvalues(wrap(many), 2), HUGE[:2], rtol=1e-12)
    density = spectral_density(wrap(np.diag(HUGE)), np.random.default_rng(0))
    np.testing.assert_allclose(density.nodes[:, -1], 1e308, rtol=1e-12)


@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_an_eigenvalue_or_a_product_that_overflows_is_refused(wrap):
    with pytest.raises(ValueError, match="must be finite, got"):
        top_eigenvalues(wrap(np.full((2, 2), 1e308)), 1)
    with pytest.raises(ValueError, match="must be finite, got"):
        lanczos(wrap(np.full((9, 9), 1e308)), np.ones(9), 2)


def test_asymmetry_of_rounding_is_forgiven_and_more_is_not():
    top_eigenvalues(np.array([[1.0, 1.0], [1.0 + 1e-12, 1.0]]), 1)
    with pytest.raises(ValueError, match="must be symmetric"):
        top_eigenvalues(np.array([[1.0, 1.0], [1.0 + 1e-8, 1.0]]), 1)


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
@pytest.mark.parametrize("k", [1, 3, 120])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_eigenpairs_stand_in_the_order_of_the_eigenvalues(which, k, wrap):
    matrix = with_eigenvalues(like_a_net(120))
    values, vectors = flatlib.top_eigenpairs(wrap(matrix), k, which=which)
    # with vectors LAPACK takes another road, as right as the one without
    desired = top_eigenvalues(wrap(matrix), k, which=which)
    np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13)
    assert vectors.shape == (120, k)
    # of norm 3, in float64 and by a stopping rule at its precision
    np.testing.assert_allclose(matrix @ vectors, vectors * values, rtol=0, atol=1e-12)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(k), rtol=0, atol=1e-12)
    assert (vectors[np.abs(vectors).argmax(axis=0), np.arange(k)] > 0).all()
