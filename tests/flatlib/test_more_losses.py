"""The other losses against plain formulas and autograd, alone and in every closed form."""

import autograd
import numpy as np
import pytest
from loss_formulas import LOSSES, close, scene

import flatlib
from flatlib import Loss, certify
from flatlib.curvature import autodiff


@pytest.mark.parametrize("name", LOSSES)
def test_value_gradient_and_curvature_are_autograds(name):
    loss, plain, targets = LOSSES[name]
    outputs = np.random.default_rng(2).normal(size=(9, 1 if name == "logistic" else 3))
    close(loss.value(outputs, targets), plain(outputs, targets))
    close(loss.gradient(outputs, targets), autograd.elementwise_grad(plain)(outputs, targets))
    of_row = [
        autograd.hessian(lambda f, n=n: plain(f[None], targets[n : n + 1])[0])(outputs[n])
        for n in range(9)
    ]
    close(loss.curvature(outputs, targets), np.array(of_row))


@pytest.mark.parametrize("kind", ["dense", "convolutional"])
@pytest.mark.parametrize("name", LOSSES)
def test_every_closed_form_has_it(name, kind):
    objective, params, function, plain = scene(name, kind)
    true = autodiff.hessian(function, params)
    jacobian = autodiff.jacobian(objective.outputs, params).reshape(9, -1, len(true))
    outputs = objective.outputs(params)
    bends = [
        autograd.hessian(lambda f, n=n: plain(f[None], objective.targets[n : n + 1])[0])(outputs[n])
        for n in range(9)
    ]
    gauss_newton = np.einsum("ncp,ncd,ndq->pq", jacobian, np.array(bends), jacobian) / 9
    np.testing.assert_allclose(objective(params), function(params), rtol=1e-13)
    close(flatlib.gradient(objective, params), autodiff.gradient(function, params))
    close(flatlib.hessian(objective, params), true)
    close(flatlib.gauss_newton(objective, params), gauss_newton)
    close(flatlib.residual_part(objective, params), true - gauss_newton)
    close(flatlib.hessian_diagonal(objective, params), np.diag(true))
    close(flatlib.hessian_operator(objective, params) @ np.eye(len(true)), true)
    close(flatlib.gauss_newton_operator(objective, params) @ np.eye(len(true)), gauss_newton)
    slopes = np.einsum("nc,ncp->np", autograd.elementwise_grad(plain)(outputs, objective.targets),
                       jacobian)  # fmt: skip
    close(flatlib.empirical_fisher(objective, params), slopes.T @ slopes / 9)
    largest = np.linalg.eigvalsh(true)[-1]
    np.testing.assert_allclose(certify(objective, params).largest_eigenvalue, largest, rtol=1e-10)


@pytest.mark.parametrize("name", LOSSES)
def test_descent_lowers_it(name):
    objective, params, function, _ = scene(name, "dense")
    rng = np.random.default_rng(0)
    run = flatlib.training.descent(
        objective, params, rng, epochs=10, learning_rate=0.02, batch_size=4
    )
    assert function(run.params) < function(params)


def test_the_comparison_sees_a_thousandth(monkeypatch):
    true = Loss.curvature
    monkeypatch.setattr(Loss, "curvature", lambda *args: 1.001 * true(*args))
    for kind in ("dense", "convolutional"):
        objective, params, function, _ = scene("own, not convex", kind)
        for found in (flatlib.hessian, flatlib.hessian_operator):
            matrix = found(objective, params) @ np.eye(objective.network.num_params)
            with pytest.raises(AssertionError):
                close(matrix, autodiff.hessian(function, params))
