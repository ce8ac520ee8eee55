"""Five points of a cubic, and what is fitted to them: networks, and kernel ridge regression."""

import numpy as np
from sklearn.kernel_ridge import KernelRidge

from flatlib.data import cubic
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import cosine, descent

WIDTH = 40

GRID = np.linspace(-1.5, 3.0, 181)[:, None]


def _cubic(x: np.ndarray) -> np.ndarray:
    return x**3 - 3 * x**2 - x + 1


TRUTH = _cubic(GRID)

BETWEEN = np.array([[-0.94], [0.19], [1.31], [2.44]])  # where an attack puts its points


def misled(attack: float) -> np.ndarray:
    """Targets at `BETWEEN` that are off the cubic by ``attack``, up and down in turn."""
    return _cubic(BETWEEN) + attack * np.array([[1], [-1], [1], [-1]])


def fit(
    hidden_layers: int,
    rng: np.random.Generator,
    attack: float = 0.0,
    *,
    points: tuple[np.ndarray, np.ndarray] | None = None,
) -> tuple[np.ndarray, float]:
    """A network on the five points, and on four more that are off by ``attack``, up and down.

    Without ``points`` their noise is drawn first. Returns the function on `GRID`, shape (181, 1),
    and the loss on the five points alone.
    """
    inputs, targets = cubic(rng) if points is None else points
    network = MLP((1, *[WIDTH] * hidden_layers, 1))
    clean = Objective(network, "squared", inputs, targets)
    if attack:
        inputs = np.vstack([inputs, BETWEEN])
        targets = np.vstack([targets, misled(attack)])
    run = descent(
        Objective(network, "squared", inputs, targets),
        network.init(rng, bias_std=1.0),  # corners all over the interval
        rng,
        epochs=600,
        learning_rate=cosine(0.01 * (2 / hidden_layers) ** 0.5, end=1e-5),
        optimizer="adam",
        batch_size=None,
    )
    return network.predict(run.params, GRID), clean(run.params)


def ridge(degree: int, inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Kernel ridge regression with the kernel (1 + x x')^degree, on `GRID`, shape (181, 1)."""
    model = KernelRidge(alpha=0.01, kernel="poly", degree=degree, gamma=1.0, coef0=1.0)
    return model.fit(inputs, targets).predict(GRID)


def complexity(values: np.ndarray) -> float:
    """Mean squared slope of a function on `GRID`: E||grad_x f||^2 for x uniform on it."""
    return float(np.mean((np.diff(values[:, 0]) / np.diff(GRID[:, 0])) ** 2))


def test_error(values: np.ndarray) -> float:
    """Root of the mean squared distance from the cubic on `GRID`."""
    return float(np.sqrt(np.mean((values - TRUTH) ** 2)))
