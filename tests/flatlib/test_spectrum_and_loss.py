"""With cross-entropy the spectrum is of the size of the loss: the bounds of the page."""

import numpy as np
import pytest

from flatlib import MLP, Objective, hessian
from flatlib.curvature import autodiff
from flatlib.params import flatten, unflatten


def logit(net, inputs, example, output, like):
    """One logit of one example, as a function of theta."""
    return lambda theta: net.predict(unflatten(theta, like=like), inputs)[example, output]


@pytest.mark.parametrize("scale", [0.3, 1.0, 3.0])
@pytest.mark.parametrize("seed", range(3))
def test_no_eigenvalue_leaves_the_bounds_of_the_loss(seed, scale):
    rng, net = np.random.default_rng(seed), MLP((2, 3, 3), "tanh")
    inputs, labels = rng.normal(size=(4, 2)), rng.integers(3, size=4)
    params = tuple(scale * array for array in net.init(rng, bias_std=1.0))
    objective, theta = Objective(net, "cross_entropy", inputs, labels), flatten(params)
    bends = [
        np.linalg.norm(hessian(logit(net, inputs, n, c, params), theta), 2)
        for n in range(4)
        for c in range(3)
    ]
    rows = autodiff.jacobian(lambda p: net.predict(p, inputs), params).reshape(4, 3, -1)
    steepness = max(np.linalg.norm(row, 2) ** 2 for row in rows)
    values, loss = np.linalg.eigvalsh(hessian(objective, params)), objective(params)
    assert values[0] >= -2 * max(bends) * loss
    assert values[-1] <= 2 * (max(bends) + steepness) * loss
