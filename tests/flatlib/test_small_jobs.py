"""Small jobs as a newcomer would write them from the reference, on functions; ten lines at most."""

import autograd.numpy as anp
import numpy as np
import pytest
from small_job_data import LABELS, RNG, X, Y, close

import flatlib
from flatlib import training


def test_the_condition_number_of_my_regression():
    line = flatlib.Objective(flatlib.MLP((3, 1), bias=False), "squared", X, Y)
    values = np.linalg.eigvalsh(flatlib.hessian(line, [np.zeros((3, 1))]))
    assert values[-1] / values[0] == pytest.approx(np.linalg.cond(X) ** 2, rel=1e-9)


def test_logistic_regression_of_my_own_in_a_dict():
    def loss(p):
        logits = anp.dot(X, p["w"]) + p["b"]
        return anp.mean(anp.log1p(anp.exp(-(2 * LABELS - 1) * logits))) + 0.05 * anp.sum(
            p["w"] ** 2
        )

    fit = training.polish(loss, {"w": np.zeros(3), "b": 0.0})
    p = 1 / (1 + np.exp(-(X @ fit.params["w"] + fit.params["b"])))
    design = np.column_stack([X, np.ones(40)])
    expected = design.T @ ((p * (1 - p))[:, None] * design) / 40 + np.diag([0.1, 0.1, 0.1, 0.0])
    close(flatlib.hessian(loss, fit.params), expected)
    assert fit.certificate.verdict == "minimum"


def test_minimum_or_saddle():
    assert flatlib.certify(lambda p: p[0] ** 2 - p[1] ** 2, np.zeros(2)).verdict.startswith(
        "saddle"
    )
    assert flatlib.certify(lambda p: p[0] ** 2 + p[1] ** 2, np.zeros(2)).verdict == "minimum"


def test_one_outlier_and_the_huber_loss():
    bad = Y.copy()
    bad[0] = 100.0
    line, start = flatlib.MLP((3, 1)), (np.zeros((3, 1)), np.zeros(1))
    slopes = {}
    for name in ("squared", "huber"):
        objective = flatlib.Objective(line, name, X, bad)
        slopes[name] = training.polish(objective, start).params[0]
    truth = np.array([[1.0], [-2.0], [0.5]])
    assert np.abs(slopes["huber"] - truth).max() < 0.2 < np.abs(slopes["squared"] - truth).max()


def test_rare_classes_that_count_more():
    net = flatlib.MLP((3, 2))
    params = net.init(RNG(0))
    weighted = flatlib.CrossEntropyLoss(weights=(1.0, 4.0))
    logits = net.predict(params, X)
    each = np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(40), LABELS]
    expected = np.mean(np.where(LABELS == 1, 4.0, 1.0) * each)
    assert flatlib.Objective(net, weighted, X, LABELS)(params) == pytest.approx(expected, rel=1e-12)


def test_weight_decay_where_it_is_looked_for():
    net = flatlib.MLP((3, 5, 2), "tanh")
    params = net.init(RNG(0))
    plain = flatlib.Objective(net, "cross_entropy", X, LABELS)
    decayed = flatlib.Objective(net, "cross_entropy", X, LABELS, l2=0.3)
    difference = flatlib.hessian(decayed, params) - flatlib.hessian(plain, params)
    np.testing.assert_allclose(difference, 0.3 * np.eye(net.num_params), rtol=0, atol=1e-14)


def test_how_noisy_a_batch_gradient_is():
    net = flatlib.MLP((3, 8, 2))
    objective, params = flatlib.Objective(net, "cross_entropy", X, LABELS), net.init(RNG(0))
    halves = [objective.subset(np.arange(40)[part::2]) for part in (0, 1)]
    gradients = [flatlib.gradient(half, params) for half in halves]
    close(np.mean(gradients, axis=0), flatlib.gradient(objective, params), 1e-12)


def test_curvature_in_a_direction_without_the_matrix():
    net = flatlib.MLP((3, 8, 2), "tanh")
    objective, params = flatlib.Objective(net, "cross_entropy", X, LABELS), net.init(RNG(0))
    v = RNG(3).normal(size=net.num_params)
    found = v @ (flatlib.hessian_operator(objective, params) @ v)
    theta = flatlib.flatten(params)
    rises = [objective(flatlib.unflatten(theta + t * v, params)) for t in (-1e-4, 0.0, 1e-4)]
    assert found == pytest.approx(np.diff(rises, 2)[0] / 1e-8, rel=1e-5)


def test_the_fisher_matrix_is_gauss_newton_for_cross_entropy():
    net = flatlib.MLP((3, 4, 2))
    objective, params = flatlib.Objective(net, "cross_entropy", X, LABELS), net.init(RNG(0))
    logits = net.predict(params, X)
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    jacobian = flatlib.curvature.autodiff.jacobian(lambda q: net.predict(q, X), params)
    jacobian = jacobian.reshape(40, 2, -1)
    middle = np.einsum("nc,cd->ncd", p, np.eye(2)) - p[:, :, None] * p[:, None, :]
    expected = np.einsum("ncp,ncd,ndq->pq", jacobian, middle, jacobian) / 40
    close(flatlib.fisher(objective, params), expected)
