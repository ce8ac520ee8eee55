"""Gradient and Hessian of any callable: closed forms, structures, refusals."""

from typing import NamedTuple

import autograd.numpy as anp
import numpy as np
import pytest

import flatlib
from flatlib.curvature import autodiff


def quadratic(matrix):
    return lambda x: 0.5 * anp.dot(x, anp.dot(matrix, x))


def rosenbrock(x):
    return 100.0 * (x[1] - x[0] ** 2) ** 2 + (1.0 - x[0]) ** 2


def test_a_quadratic_form_has_its_matrix_as_hessian():
    rng = np.random.default_rng(0)
    half = rng.normal(size=(5, 5))
    matrix, x = half + half.T, rng.normal(size=5)
    np.testing.assert_allclose(flatlib.hessian(quadratic(matrix), x), matrix, rtol=1e-13)
    np.testing.assert_allclose(flatlib.gradient(quadratic(matrix), x), matrix @ x, rtol=1e-13)


def test_an_unsymmetric_matrix_is_symmetrized_by_the_second_derivative():
    matrix = np.array([[1.0, 4.0], [0.0, 3.0]])
    desired = [[1.0, 2.0], [2.0, 3.0]]
    np.testing.assert_allclose(flatlib.hessian(quadratic(matrix), np.ones(2)), desired, rtol=1e-15)


def test_rosenbrock_has_its_closed_form():
    a, b = -1.2, 0.7
    gradient = [-400 * a * (b - a**2) - 2 * (1 - a), 200 * (b - a**2)]
    hessian = [[1200 * a**2 - 400 * b + 2, -400 * a], [-400 * a, 200]]
    point = np.array([a, b])
    np.testing.assert_allclose(flatlib.gradient(rosenbrock, point), gradient, rtol=1e-13)
    np.testing.assert_allclose(flatlib.hessian(rosenbrock, point), hessian, rtol=1e-13)


class Line(NamedTuple):
    slope: np.ndarray
    offset: np.ndarray


@pytest.mark.parametrize(
    ("params", "function"),
    [
        (np.array([[2.0, 3.0], [5.0, 7.0]]), lambda p: p[0, 0] * p[1, 0] + p[0, 1] * p[1, 1]),
        ([2.0, 3.0, 5.0, 7.0], lambda p: p[0] * p[2] + p[1] * p[3]),
        ((np.array([2.0, 3.0]), np.array([5.0, 7.0])), lambda p: anp.dot(p[0], p[1])),
        (
            [(np.array([2.0, 3.0]), [5.0]), np.array(7.0)],
            lambda p: p[0][0][0] * p[0][1][0] + p[0][0][1] * p[1],
        ),
        (Line(np.array([2.0, 3.0]), np.array([5.0, 7.0])), lambda p: anp.dot(p.slope, p.offset)),
    ],
    ids=["array", "list", "tuple", "nested", "namedtuple"],
)
def test_every_structure_has_the_same_derivatives(params, function):
    np.testing.assert_array_equal(flatlib.gradient(function, params), [5.0, 7.0, 2.0, 3.0])
    swap = np.kron([[0.0, 1.0], [1.0, 0.0]], np.eye(2))
    np.testing.assert_array_equal(flatlib.hessian(function, params), swap)


def test_linear_parameters_give_zeros_and_no_warning():
    # -W error turns autograd's "Output seems independent of input" into a failure
    hessian = flatlib.hessian(lambda p: anp.sum(p[0]) + p[1] ** 2, (np.ones(2), np.array(3.0)))
    np.testing.assert_array_equal(hessian, np.diag([0.0, 0.0, 2.0]))
    np.testing.assert_array_equal(flatlib.hessian(anp.sum, np.ones(3)), np.zeros((3, 3)))


def test_a_constant_function_has_zero_derivatives():
    np.testing.assert_array_equal(flatlib.gradient(lambda p: 1.0, np.ones(3)), np.zeros(3))
    np.testing.assert_array_equal(flatlib.hessian(lambda p: 1.0, np.ones(3)), np.zeros((3, 3)))


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (lambda p: p, "shape (2,)"),
        (lambda p: p[:1], "shape (1,)"),
        (lambda p: anp.sum(p) * 1j, "complex128"),
        (lambda p: None, "object"),
        (lambda p: 3, "int"),
    ],
    ids=["vector", "one-entry vector", "complex", "None", "integer"],
)
@pytest.mark.parametrize("derivative", [autodiff.gradient, autodiff.hessian])
def test_functions_that_do_not_return_one_real_number_are_refused(derivative, value, words):
    with pytest.raises(TypeError, match="function must return one real number, got") as error:
        derivative(value, np.ones(2))
    assert words in str(error.value)


def test_params_are_not_written_to():
    params = np.ones(2)
    params.setflags(write=False)
    flatlib.hessian(rosenbrock, params)


def test_the_comparison_sees_a_thousandth():
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(
            flatlib.hessian(rosenbrock, np.ones(2)) * 1.001, [[802, -400], [-400, 200]], rtol=1e-13
        )
