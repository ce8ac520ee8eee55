"""The other losses at their limits: sure nets, kinks, no minimum, whole boxes, and no losses."""

import mpmath as mp
import numpy as np
import pytest
from loss_formulas import LOSSES, SIGNS, close, huber, scene
from refusals import assert_refused

import flatlib
from flatlib import MLP, CrossEntropyLoss, HuberLoss, LogisticLoss, Objective, certify


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
