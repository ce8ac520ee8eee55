"""The other losses as plain formulas, with targets for each, and nets to put them on."""

import autograd.numpy as anp
import numpy as np

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
)

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
