"""Activations and losses where they saturate, against fifty digits: no digit is lost to 1 - s."""

import mpmath as mp
import numpy as np
import pytest
from strategies import NAMES

import flatlib
from flatlib import ACTIVATIONS, CrossEntropyLoss
from flatlib.curvature import autodiff

mp.mp.dps = 50
# The root of a slope or of a curvature loses digits by nature: two floats next to each other differ
# there by more than 1e-12. No point of this grid is that near to one.
POINTS = np.concatenate([-np.geomspace(1e-3, 700, 90), np.geomspace(1e-3, 700, 90)])


def sigmoid(z):
    return 1 / (1 + mp.exp(-z))


def distribution(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


def density(z):
    return mp.exp(-(z**2) / 2) / mp.sqrt(2 * mp.pi)


def gate(z):
    return mp.tanh(mp.log1p(mp.exp(z)))


def gate_slope(z):
    return mp.sech(mp.log1p(mp.exp(z))) ** 2 * sigmoid(z)


def gate_bend(z):
    """By the chain rule for tanh of softplus, whose second derivative is s(z) s(-z)."""
    inner = mp.sech(mp.log1p(mp.exp(z))) ** 2
    return inner * (sigmoid(z) * sigmoid(-z) - 2 * gate(z) * sigmoid(z) ** 2)


# name -> phi, phi', phi''
EXACT = {
    "relu": (lambda z: max(z, 0), lambda z: z > 0, lambda z: 0),
    "leaky_relu": (
        lambda z: z if z > 0 else mp.mpf(0.01) * z,
        lambda z: 1 if z > 0 else mp.mpf(0.01),
        lambda z: 0,
    ),
    "linear": (lambda z: z, lambda z: 1, lambda z: 0),
    "square": (lambda z: z**2, lambda z: 2 * z, lambda z: 2),
    "tanh": (
        mp.tanh,
        lambda z: mp.sech(z) ** 2,
        lambda z: -2 * mp.tanh(z) * mp.sech(z) ** 2,
    ),
    "sigmoid": (
        sigmoid,
        lambda z: sigmoid(z) * sigmoid(-z),
        lambda z: -sigmoid(z) * sigmoid(-z) * mp.tanh(z / 2),
    ),
    "softplus": (
        lambda z: mp.log1p(mp.exp(z)) if z < 0 else z + mp.log1p(mp.exp(-z)),
        sigmoid,
        lambda z: sigmoid(z) * sigmoid(-z),
    ),
    "silu": (
        lambda z: z * sigmoid(z),
        lambda z: sigmoid(z) * (1 + z * sigmoid(-z)),
        lambda z: sigmoid(z) * sigmoid(-z) * (2 - z * mp.tanh(z / 2)),
    ),
    "elu": (
        lambda z: z if z > 0 else mp.expm1(z),
        lambda z: 1 if z > 0 else mp.exp(z),
        lambda z: 0 if z > 0 else mp.exp(z),
    ),
    "mish": (
        lambda z: z * gate(z),
        lambda z: gate(z) + z * gate_slope(z),
        lambda z: 2 * gate_slope(z) + z * gate_bend(z),
    ),
    "hard_swish": (
        lambda z: z * min(max(z + 3, 0), 6) / 6,
        lambda z: z > 3 if abs(z) > 3 else z / 3 + mp.mpf(1) / 2,
        lambda z: (abs(z) < 3) * mp.mpf(1) / 3,
    ),
    "gelu": (
        lambda z: z * distribution(z),
        lambda z: distribution(z) + z * density(z),
        lambda z: (2 - z**2) * density(z),
    ),
}


def exact(function):
    return np.array([float(function(mp.mpf(float(z)))) for z in POINTS])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("order", [0, 1, 2])
def test_every_digit_is_kept_on_the_whole_line(name, order):
    activation = ACTIVATIONS[name]
    function = (activation, activation.slope, activation.curvature)[order]
    # below 1e-300 floats themselves run out of digits
    np.testing.assert_allclose(function(POINTS), exact(EXACT[name][order]), rtol=1e-12, atol=1e-300)


def test_the_formulas_that_lost_them_are_seen():
    naive = {
        "tanh": 1 - np.tanh(POINTS) ** 2,
        "sigmoid": ACTIVATIONS["sigmoid"](POINTS) * (1 - ACTIVATIONS["sigmoid"](POINTS)),
    }
    for name, slope in naive.items():
        with pytest.raises(AssertionError):
            np.testing.assert_allclose(slope, exact(EXACT[name][1]), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("margin", [-700.0, -40.0, 0.0, 1e-8, 3.0, 36.0, 37.0, 40.0, 300.0, 700.0])
def test_the_loss_of_a_sure_net_is_not_0(margin):
    logits = np.array([[1.5 + margin, 1.5, 1.5 - 2.0]])
    exact_margins = [mp.mpf(float(logits[0, k])) - mp.mpf(float(logits[0, 0])) for k in (1, 2)]
    true = float(mp.log1p(sum(mp.exp(m) for m in exact_margins)))
    value = CrossEntropyLoss().value(logits, np.array([[1.0, 0.0, 0.0]]))
    np.testing.assert_allclose(value, [true], rtol=1e-12)


def test_the_loss_agrees_with_its_gradient_where_the_net_is_sure():
    """Along the margin m of two classes the loss is log(1 + e^-m): value and slope fall alike."""
    loss, targets = CrossEntropyLoss(), np.array([[1.0, 0.0]])
    for margin in (20.0, 37.0, 60.0, 500.0):
        logits = np.array([[margin, 0.0]])
        ratio = loss.value(logits, targets) / loss.gradient(logits, targets)[0, 1]
        np.testing.assert_allclose(ratio, 1.0, rtol=1e-8)  # 1 + e^-m/2, and m >= 20


def test_equal_logits_have_the_loss_and_the_derivative_of_a_guess():
    targets = np.eye(4)[[2]]
    np.testing.assert_allclose(CrossEntropyLoss().value(np.zeros((1, 4)), targets), np.log(4))
    objective = flatlib.Objective(flatlib.MLP((1, 4), bias=False), "cross_entropy", [[1.0]], [2])
    gradient = autodiff.gradient(objective, (np.zeros((1, 4)),))
    np.testing.assert_allclose(gradient, 0.25 - targets[0], rtol=1e-15)
