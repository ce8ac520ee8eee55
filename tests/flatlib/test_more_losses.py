"""The other losses against plain formulas and autograd, alone and in every closed form."""

import autograd
import autograd.numpy as anp
import mpmath as mp
import numpy as np
import pytest
from refusals import assert_refused

import flatlib
from flatlib import (
    MLP,
    Conv,
    ConvNet,
    CrossEntropyLoss,
    Dense,
    HuberLoss,
    LogisticLoss,
    Loss,
    Objective,
    certify,
)
from flatlib.curvature import autodiff

WEIGHTS = (0.5, 3.0, 1.25)


def huber(f, y):
    r = anp.abs(f - y)
    return 1.5 * anp.sum(anp.where(r < 0.7, r**2 / 2, 0.7 * r - 0.7**2 / 2), axis=1)


def logistic(f, y):
    return anp.log(1 + anp.exp(-y * f))[:, 0]


def entropy(weights, smoothing):
    def value(f, y):
        shares = anp.array(weights) * ((1 - smoothing) * y + smoothing / 3)
        return -anp.sum(shares * anp.log(anp.exp(f) / anp.exp(f).sum(axis=1)[:, None]), axis=1)

    return value


def log_cosh(f, y):
    return anp.sum(anp.log(anp.cosh(f - y)), axis=1)


def cauchy(f, y):
    """Not convex: its curvature is negative where the residual is above 1."""
    return anp.log(1 + anp.sum((f - y) ** 2, axis=1))


def focal(f, labels):
    """Of labels, not rows; not convex either."""
    p = anp.exp(f) / anp.sum(anp.exp(f), axis=1, keepdims=True)
    p = p[np.arange(len(labels)), labels]
    return -((1 - p) ** 2) * anp.log(p)


RNG = np.random.default_rng(0)
ROWS, NUMBERS = np.eye(3)[RNG.integers(3, size=9)], RNG.normal(size=(9, 3))
SIGNS = RNG.choice([-1.0, 1.0], size=(9, 1))
#: name -> (loss, plain formula, targets)
LOSSES = {
    "huber": (HuberLoss(0.7, factor=1.5), huber, NUMBERS),
    "logistic": (LogisticLoss(), logistic, SIGNS),
    "weighted": (CrossEntropyLoss(WEIGHTS), entropy(WEIGHTS, 0.0), ROWS),
    "smoothed": (CrossEntropyLoss(smoothing=0.2), entropy((1.0, 1.0, 1.0), 0.2), ROWS),
    "both": (CrossEntropyLoss(WEIGHTS, smoothing=0.3), entropy(WEIGHTS, 0.3), ROWS),
    "own, convex": (Loss("log cosh", log_cosh), log_cosh, NUMBERS),
    "own, not convex": (Loss("cauchy", cauchy), cauchy, NUMBERS),
    "own, of labels": (Loss("focal", focal), focal, ROWS.argmax(axis=1)),
}


def network(kind, targets):
    outputs = 1 if targets is SIGNS else 3
    if kind == "dense":
        return MLP((4, 3, outputs), "tanh")
    return ConvNet((6, 1), [Conv(2, 3), Conv(3, 2), Dense(outputs)], "softplus")


def scene(name, kind):
    loss, plain, targets = LOSSES[name]
    net, rng = network(kind, targets), np.random.default_rng(1)
    inputs = 2 * rng.normal(size=(9, *net.input_shape))
    params = net.init(rng, bias_std=0.5)
    function = lambda p: anp.mean(plain(net.predict(p, inputs), targets))  # noqa: E731
    return Objective(net, loss, inputs, targets), params, function, plain


def close(found, true):
    np.testing.assert_allclose(found, true, rtol=0, atol=1e-12 * np.abs(true).max())


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


def test_a_loss_that_is_not_convex_has_negative_curvature_and_no_fisher_information():
    objective, params, *_ = scene("own, not convex", "dense")
    assert np.linalg.eigvalsh(flatlib.gauss_newton(objective, params))[0] < -1e-3
    for name in ("own, not convex", "huber", "weighted", "smoothed"):
        objective, params, *_ = scene(name, "dense")
        for door in (flatlib.fisher, flatlib.measures.fisher_rao):
            assert_refused(lambda: door(objective, params), ValueError, "loss must be -log p")  # noqa: B023
    objective, params, *_ = scene("logistic", "dense")
    close(flatlib.fisher(objective, params), flatlib.gauss_newton(objective, params))


def test_signs_are_the_two_classes_of_cross_entropy():
    """A net with outputs 0 and f has the loss, the gradient and the Hessian of one with f."""
    objective, params, *_ = scene("logistic", "dense")
    net = MLP((4, 3, 2), "tanh")
    *hidden, weights, bias = params
    twice = (*hidden, np.hstack([0 * weights, weights]), np.array([0.0, bias[0]]))
    labels = (SIGNS[:, 0] > 0).astype(int)
    classes = Objective(net, "cross_entropy", objective.inputs, labels)
    np.testing.assert_allclose(classes(twice), objective(params), rtol=1e-14)
    assert classes.accuracy(twice) == objective.accuracy(params)
    second = (*map(np.ones_like, hidden), np.tile([0.0, 1.0], (3, 1)), [0.0, 1.0])
    kept = np.flatnonzero(flatlib.flatten(second))
    close(flatlib.hessian(classes, twice)[np.ix_(kept, kept)], flatlib.hessian(objective, params))


@pytest.mark.parametrize("margin", [-700.0, -40.0, 1e-8, 37.0, 300.0])
def test_signs_keep_every_digit_where_the_net_is_sure(margin):
    loss, outputs, one = LogisticLoss(), np.array([[margin]]), np.array([[1.0]])
    with mp.workdps(50):
        other, own = (1 / (1 + mp.exp(mp.mpf(sign * margin))) for sign in (1, -1))
        true = [float(x) for x in (mp.log1p(mp.exp(mp.mpf(-margin))), -other, other * own)]
    found = [f(outputs, one).item() for f in (loss.value, loss.gradient, loss.curvature)]
    np.testing.assert_allclose(found, true, rtol=1e-13)


def test_huber_is_the_inner_side_at_its_kink():
    loss, residuals = HuberLoss(1.0), np.array([[1.0], [-1.0], [1 + 1e-12], [1e300]])
    zeros = np.zeros_like(residuals)
    np.testing.assert_array_equal(loss.curvature(residuals, zeros).ravel(), [1, 1, 0, 0])
    np.testing.assert_array_equal(loss.gradient(residuals, zeros).ravel(), [1, -1, 1, 1])
    np.testing.assert_allclose(loss.value(residuals, zeros), [0.5, 0.5, 0.5, 1e300], rtol=1e-11)


def test_what_falls_for_ever_is_no_minimum_and_smoothing_stops_it():
    net, inputs = MLP((1, 1), bias=False), np.array([[1.0], [-1.0]])
    verdicts = {
        loss: certify(Objective(net, loss, inputs, targets), ([[3.0]],)).verdict
        for loss, targets in ((LogisticLoss(), [1, -1]), (HuberLoss(), [[1.0], [-1.0]]))
    }
    assert list(verdicts.values()) == ["no minimum", "not critical"]
    net = MLP((1, 2), bias=False)
    for smoothing, verdict in ((0.0, "no minimum"), (0.2, "not critical")):
        loss = CrossEntropyLoss(smoothing=smoothing)
        objective = Objective(net, loss, inputs, np.array([1, 0]))
        assert certify(objective, ([[-3.0, 3.0]],)).verdict == verdict


def test_names_stand_for_losses():
    net = MLP((4, 1))
    for name, kind in flatlib.LOSSES.items():
        targets = np.zeros((9, 1)) if name in ("squared", "huber") else SIGNS
        if name != "cross_entropy":
            assert Objective(net, name, np.ones((9, 4)), targets).loss == kind()


def test_the_largest_loss_in_a_box_is_known_or_refused():
    """Of random outputs between two ends none has a larger loss than the corner that is named."""
    rng = np.random.default_rng(3)
    for name, (loss, plain, targets) in LOSSES.items():
        low = rng.normal(size=(9, 1 if name == "logistic" else 3))
        high = low + rng.uniform(size=low.shape)
        if name in ("smoothed", "both") or name.startswith("own"):
            assert_refused(lambda: loss.worst(low, high, targets), ValueError, "at a corner")  # noqa: B023
            continue
        most = plain(loss.worst(low, high, targets), targets)
        for _ in range(200):
            inside = rng.uniform(low, high)
            assert (plain(inside, targets) <= most).all()


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda: HuberLoss(0.0), ValueError, "delta must be positive, got 0"),
        (lambda: HuberLoss(factor=-1), ValueError, "factor must be positive, got -1"),
        (lambda: CrossEntropyLoss(smoothing=1.0), ValueError, "smoothing must be from 0 to below"),
        (lambda: CrossEntropyLoss((1.0, 0.0)), ValueError, "weights must be positive"),
        (lambda: Objective(MLP((4, 3)), CrossEntropyLoss((1.0, 2.0)), np.ones((2, 4)), [0, 1]),
         ValueError, "weights must have shape (3,), got (2,)"),
        (lambda: Objective(MLP((4, 3)), "logistic", np.ones((2, 4)), [1, -1]), ValueError,
         "needs a network with 1 output, got 3"),
        (lambda: Objective(MLP((4, 1)), "logistic", np.ones((2, 4)), [0, 1]), ValueError,
         "targets must be -1 or 1, got 0 among them. Pass 2 * np.asarray(targets) - 1"),
        (lambda: Objective(MLP((4, 1)), "logistic", np.ones((2, 4)), [1]), ValueError,
         "targets must have shape (2, 1)"),
        (lambda: Objective(MLP((4, 1)), huber, np.ones((2, 4)), [[1], [1]]), TypeError,
         "loss must be a name or a loss, got a function"),
    ],
)  # fmt: skip
def test_what_is_no_loss_is_refused(make, kind, words):
    assert_refused(make, kind, words)
