"""The public doors open for convolutional nets too."""

from types import SimpleNamespace

import numpy as np
import psutil
import pytest
from oracles import assert_close

import flatlib
from flatlib.curvature import _memory, autodiff


@pytest.fixture(scope="module", params=["squared", "cross_entropy"])
def problem(request):
    rng = np.random.default_rng(0)
    net = flatlib.ConvNet(
        (6, 6, 1), [flatlib.Conv(2, 3), flatlib.MaxPool(2), flatlib.Dense(3)], "tanh"
    )
    targets = rng.normal(size=(7, 3)) if request.param == "squared" else rng.integers(3, size=7)
    objective = flatlib.Objective(net, request.param, rng.normal(size=(7, 6, 6, 1)), targets)
    return objective, net.init(rng, bias_std=0.5)


def test_gradient_and_hessian(problem):
    assert_close(flatlib.gradient(*problem), autodiff.gradient(*problem))
    assert_close(flatlib.hessian(*problem), autodiff.hessian(*problem))


def test_parts_add_up(problem):
    parts = flatlib.gauss_newton(*problem) + flatlib.residual_part(*problem)
    assert_close(parts, flatlib.hessian(*problem))
    np.testing.assert_array_equal(flatlib.fisher(*problem), flatlib.gauss_newton(*problem))


def test_empirical_fisher(problem):
    objective, params = problem
    rows = [autodiff.gradient(objective.subset([n]), params) for n in range(7)]
    assert_close(flatlib.empirical_fisher(*problem), np.array(rows).T @ np.array(rows) / 7)


def test_a_teacher_is_certified():
    net = flatlib.ConvNet((6, 6, 1), [flatlib.Conv(2, 3), flatlib.MaxPool(2), flatlib.Dense(2)])
    teacher = flatlib.data.teacher_student(net, 40, np.random.default_rng(0))
    objective = flatlib.Objective(net, "squared", teacher.inputs, teacher.targets)
    certificate = flatlib.certify(objective, teacher.params)
    assert certificate.verdict == "minimum"
    assert certificate.nullity >= 2  # one scaling for each channel
    assert 0 < certificate.kink_margin < 1


def test_what_does_not_fit_is_refused(problem, monkeypatch):
    monkeypatch.setattr(_memory, "ALWAYS_FITS", 0)
    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1000))
    with pytest.raises(MemoryError, match=r"Use flatlib\.hessian_operator"):
        flatlib.hessian(*problem)


def test_blocks_are_for_dense_nets(problem):
    with pytest.raises(TypeError, match=r"flatlib\.MLP, got ConvNet"):
        flatlib.hessian_block(*problem, (1, 1))


def test_top_eigenvalues_of_a_narrow_mlenet_by_operator_are_the_dense_ones():
    rng, pool = np.random.default_rng(0), flatlib.MaxPool(2)
    first, second, last = flatlib.Conv(4, 5), flatlib.Conv(8, 5), flatlib.Conv(10, 3)
    layers = (first, pool, second, pool, last, flatlib.GlobalAverage())
    net = flatlib.ConvNet((28, 28, 1), layers)  # all eigenvalues of mLeNet would take ten seconds
    images, labels = rng.random(size=(12, 28, 28, 1)), rng.integers(10, size=12)
    objective = flatlib.Objective(net, "cross_entropy", images, labels)
    params = net.init(rng, bias_std=0.1)
    operator = flatlib.hessian_operator(objective, params)
    hessian = flatlib.hessian(objective, params)
    dense = np.linalg.eigvalsh(hessian)[::-1][:50]
    by_products = flatlib.top_eigenvalues(operator, 50)
    np.testing.assert_allclose(by_products, dense, rtol=0, atol=1e-10 * dense[0])
    vectors = rng.normal(size=(net.num_params, 3))
    assert_close(operator @ vectors, hessian @ vectors, 1e-10)
