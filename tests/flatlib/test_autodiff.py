"""Gradient and Hessian of any callable: closed forms, structures, refusals."""

import math
from types import SimpleNamespace
from typing import NamedTuple

import autograd.numpy as anp
import numpy as np
import psutil
import pytest
import scipy.special
from autograd.tracer import isbox

import flatlib
from flatlib.curvature import _memory, autodiff


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


@pytest.mark.parametrize("derivative", [autodiff.hessian, autodiff.jacobian])
def test_a_matrix_that_does_not_fit_is_refused_first(monkeypatch, derivative):
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=8 * 26**2 - 1))
    monkeypatch.setattr(_memory, "ALWAYS_FITS", 0)

    def function(p):
        assert not isbox(p), "went to work all the same"
        return p**2 if derivative is autodiff.jacobian else anp.sum(p**2)

    with pytest.raises(MemoryError, match="P = 26"):
        derivative(function, np.ones(26))
    autodiff.hessian(anp.sum, np.ones(25))  # this one fits


def assigns(p):
    total = anp.zeros(3)
    total[0] = p[0]
    return anp.sum(total)


LOST = {
    "float": lambda p: float(anp.sum(p**2)),
    "math": lambda p: math.exp(p[0]),
    "assignment": assigns,
    "scipy": lambda p: scipy.special.logsumexp(p),
    "plain NumPy": lambda p: float(np.tanh(p).sum()),
}


@pytest.mark.parametrize("name", LOST)
@pytest.mark.parametrize("derivative", [flatlib.gradient, flatlib.hessian, autodiff.jacobian])
def test_what_autograd_cannot_follow_is_told_to_use_autograd_numpy(derivative, name):
    with pytest.raises(TypeError, match=r"with autograd\.numpy to be .*, got .*\. Import"):
        derivative(LOST[name], np.array([1.0, 2.0, 3.0]))


def test_an_error_of_the_function_itself_stays_what_it_is():
    def wrong(p):
        raise ValueError("my own words")

    for derivative in (flatlib.gradient, flatlib.hessian, autodiff.jacobian):
        with pytest.raises(ValueError, match=r"^my own words$"):
            derivative(wrong, np.ones(3))


def test_an_error_that_the_function_raises_while_it_is_traced_stays_too():
    def only_numbers(p):
        if isbox(p):
            raise ValueError("my own words")
        return anp.sum(p)

    with pytest.raises(ValueError, match=r"^my own words$"):
        flatlib.hessian(only_numbers, np.ones(3))


def norm(p):
    return anp.linalg.norm(p)


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (lambda p: norm(p) ** 2, 0.0),
        (norm, 0.0),
        (lambda p: anp.sum(anp.abs(p) ** 1.5), 0.0),
        (lambda p: anp.sum(anp.exp(1000 * p)), 1.0),
    ],
    ids=["square of a norm", "norm", "power", "overflow"],
)
def test_a_derivative_that_is_not_finite_is_refused(function, at):
    point = np.full(2, at)
    with pytest.raises(ValueError, match=r"the Hessian must be finite, got \d NaN or infinite"):
        flatlib.hessian(function, point)
    for measure in (flatlib.measures.frobenius_norm, flatlib.measures.hessian_trace):
        with pytest.raises(ValueError, match="must be finite"):
            measure(function, point)
    if function is norm:
        with pytest.raises(ValueError, match="the gradient must be finite"):
            flatlib.gradient(function, point)
