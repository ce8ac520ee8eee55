"""A loss of one's own: derived where it is left out, compared where it is given, or refused."""

import pickle

import autograd.numpy as anp
import numpy as np
import pytest
from refusals import assert_refused

import flatlib
from flatlib import MLP, Loss, Objective
from flatlib.curvature import autodiff

RNG = np.random.default_rng(0)
NET, INPUTS, TARGETS = MLP((3, 4, 2), "tanh"), RNG.normal(size=(9, 3)), RNG.normal(size=(9, 2))
PARAMS = NET.init(RNG, bias_std=0.3)


def quartic(f, y):
    return anp.sum((f - y) ** 4, axis=1)


def slope(f, y):
    return 4 * (f - y) ** 3


def bend(f, y):
    return 12 * ((f - y) ** 2)[:, :, None] * np.eye(f.shape[1])


def plain(f, y):
    """Without autograd: np.array of floats."""
    return np.array([float(sum((a - b) ** 4)) for a, b in zip(f, y, strict=True)])


def objective(*functions, targets=TARGETS, net=NET, inputs=INPUTS):
    return Objective(net, Loss("mine", *functions), inputs, targets)


TRUE = autodiff.hessian(lambda p: anp.mean(quartic(NET.predict(p, INPUTS), TARGETS)), PARAMS)


@pytest.mark.parametrize("given", [(quartic,), (quartic, slope), (quartic, slope, bend),
                                   (quartic, None, bend), (plain, slope, bend)])  # fmt: skip
def test_what_is_left_out_is_derived(given):
    found = flatlib.hessian(objective(*given), PARAMS)
    np.testing.assert_allclose(found, TRUE, rtol=0, atol=1e-12 * np.abs(TRUE).max())


def test_the_likelihood_of_counts_has_a_logarithm_and_integer_targets():
    """Poisson with the outputs for rates: finite for positive outputs alone."""
    poisson = Loss("poisson", lambda f, n: anp.sum(f - n * anp.log(f), axis=1))
    counts = np.arange(18).reshape(9, 2)
    positive = MLP((3, 4, 2), "softplus")
    params = tuple(np.abs(array) for array in positive.init(np.random.default_rng(2)))
    made = Objective(positive, poisson, np.abs(INPUTS), counts)
    assert made.targets.dtype.kind == "i"
    true = autodiff.hessian(made, params)
    found = flatlib.hessian(made, params)
    np.testing.assert_allclose(found, true, rtol=0, atol=1e-12 * np.abs(true).max())


def test_targets_may_be_of_any_shape_and_batches_are_their_rows():
    """Two numbers a row: a target and a weight."""
    weighted = Loss("weighted", lambda f, t: t[:, 1] * (f[:, 0] - t[:, 0]) ** 2 / 2)
    net, rows = MLP((3, 1)), np.abs(RNG.normal(size=(9, 2)))
    made, params = Objective(net, weighted, INPUTS, rows), net.init(RNG)
    parts = [flatlib.hessian(made.subset([n]), params) for n in range(9)]
    np.testing.assert_allclose(np.mean(parts, axis=0), flatlib.hessian(made, params), rtol=1e-12)


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ((quartic, lambda f, y: 1.001 * slope(f, y)), "gradient must be that of value"),
        ((quartic, slope, lambda f, y: 1.001 * bend(f, y)), "curvature must be that of value"),
        ((quartic, slope, lambda f, y: bend(f, y)[:, :1, :1]), "curvature must have 2 axes"),
        ((quartic, lambda f, y: slope(f, y)[:, 0]), "gradient must have 1 axes"),
        ((lambda f, y: anp.mean(quartic(f, y)),), "value must have one number for each"),
        ((lambda f, y: (f - y) ** 2,), "value must have one number for each example"),
        ((lambda f, y: quartic(f, y) / anp.max(f),), "value must be that of each example alone"),
        ((lambda f, y: quartic(f, y) * np.arange(8.0),), "value must have one number for each"),
        ((lambda f, y: anp.sum(anp.sqrt(-1 - f**2), axis=1),), "value must be finite at some"),
        ((lambda f, y: f[:, 5],), "value must take outputs (8, 2)"),
    ],
)
def test_what_is_false_is_refused_by_name(functions, words):
    assert_refused(lambda: objective(*functions), ValueError, words, longest=260)


@pytest.mark.parametrize(
    ("functions", "words"),
    [
        ((3,), "value must be callable, got int"),
        ((quartic, 3), "gradient must be callable, got int"),
        ((plain,), "value must be written with autograd.numpy where its derivatives are left out"),
    ],
)
def test_what_is_no_function_is_refused(functions, words):
    assert_refused(lambda: objective(*functions), TypeError, words, longest=300)


def test_targets_must_be_as_many_as_the_examples():
    assert_refused(
        lambda: objective(quartic, targets=TARGETS[:3]), ValueError, "one row for each of 9"
    )
    with pytest.raises(TypeError, match="accuracy needs labels, got an objective with Loss"):
        objective(quartic).accuracy(PARAMS)
    assert_refused(
        lambda: flatlib.training.attack(
            objective(lambda f, y: f[:, 0] * y, targets=TARGETS[:, 0]),
            PARAMS,
            INPUTS,
            TARGETS[:, 0],
            RNG,
            size=3,
            epochs=1,
            learning_rate=0.1,
        ),
        ValueError,
        "targets must have shape (N, 2) for classes",
    )


def test_it_is_short_and_survives_pickling():
    loss = Loss("mine", quartic, slope)
    assert repr(loss) == "Loss('mine')"
    copy = pickle.loads(pickle.dumps(loss))
    f, y = TARGETS, INPUTS[:, :2]
    np.testing.assert_array_equal(copy.curvature(f, y), loss.curvature(f, y))


def test_of_ones_own_loss_no_kinks_are_known():
    """A pinball loss has one at each residual 0, and only its owner knows."""
    pinball = flatlib.Loss(
        "pinball", lambda f, y: anp.sum(anp.maximum(0.9 * (y - f), 0.1 * (f - y)), axis=1)
    )
    inputs = np.random.default_rng(5).normal(size=(20, 2))
    for loss, known in ((pinball, False), ("squared", True)):
        objective = flatlib.Objective(flatlib.MLP((2, 1)), loss, inputs, inputs[:, :1])
        found = flatlib.certify(objective, (np.ones((2, 1)), np.zeros(1)))
        assert np.isnan(found.kink_margin) == (not known)
        assert ("no kinks are known" in str(found)) == (not known)
