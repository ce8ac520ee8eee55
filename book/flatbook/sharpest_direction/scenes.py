"""Minima that are exact, one with a silent layer, and nets trained on digits to be ranked."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from flatbook.three_notions.scenes import taught
from flatlib.curvature import hessian_operator
from flatlib.data import digits, parity, teacher_student
from flatlib.measures import (
    sharpening_alpha,
    spectral_norm_of,
)
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import cosine, descent, teacher_with_residual
from flatlib.transforms import alpha_scale

_CLEAN = 150


@dataclass(frozen=True, eq=False)
class RankedNet:
    """A net trained to tell odd digits from even ones, some of its answers wrong on purpose.

    Attributes:
        objective: the squared loss on the 150 clean images, the same for all nets.
        params: its weights.
        images: the 450 test images.
        odd: whether each of them is an odd digit.
    """

    objective: Objective
    params: tuple[np.ndarray, ...]
    images: np.ndarray
    odd: np.ndarray

    def at(self, alpha: float) -> tuple[np.ndarray, ...]:
        """Weights at T_alpha theta."""
        return alpha_scale(self.objective.network, alpha)(self.params)

    def accuracy(self, alpha: float = 1.0) -> float:
        """Share of test images told right, computed anew from the scaled weights."""
        answers = self.objective.network.predict(self.at(alpha), self.images)[:, 0]
        return float(((answers > 0) == self.odd).mean())

    def norm(self, alpha: float = 1.0) -> float:
        """Spectral norm of the Hessian at the scaled weights, by products with it."""
        operator = hessian_operator(self.objective, self.at(alpha))
        return spectral_norm_of(operator)


def ranked_nets(
    rng: np.random.Generator, wrong: Sequence[int], *, hidden: int = 16, epochs: int = 600
) -> list[RankedNet]:
    """Nets of different accuracy that fit the same 150 digits: one for each number in ``wrong``.

    Each is trained on the clean images and on that many others with the wrong parity, drawn anew;
    the more of them, the worse it does on the test images. Full-batch Adam.
    """
    data, net, nets = digits(), MLP((64, hidden, 1)), []
    signs = parity(data.train_labels)
    clean = Objective(net, "squared", data.train_inputs[:_CLEAN], signs[:_CLEAN])
    for number in wrong:
        rest = _CLEAN + rng.permutation(len(signs) - _CLEAN)[:number]
        inputs = np.vstack([clean.inputs, data.train_inputs[rest]])
        beside = Objective(net, "squared", inputs, np.vstack([clean.targets, -signs[rest]]))
        run = descent(
            beside,
            net.init(rng),
            rng,
            epochs=epochs,
            learning_rate=cosine(0.02, end=1e-4),
            optimizer="adam",
            batch_size=None,
        )
        nets.append(RankedNet(clean, run.params, data.test_inputs, data.test_labels % 2 == 1))
    return nets


def alphas_in_order(nets: Sequence[RankedNet], scores: Sequence[float]) -> np.ndarray:
    """One alpha for each net, so that the net with the higher score is the sharper one.

    Targets start at ten times the sharpest net and double from each net to the next.
    """
    ranks = np.argsort(np.argsort(scores))
    start = 10 * max(net.norm() for net in nets)
    first = [sharpening_alpha(net.objective, net.params, start) for net in nets]
    return np.array(first) / np.sqrt(2.0) ** ranks


def minima(rng: np.random.Generator) -> list[tuple[str, Objective, tuple[np.ndarray, ...]]]:
    """Exact minima of two and three layers, that fit their data or keep a residual."""
    cases = []
    for name, net, make in [
        ("no biases, interpolates", MLP((4, 6, 1), bias=False), teacher_student),
        ("biases, residual", MLP((4, 6, 2)), partial(teacher_with_residual, residual=0.01)),
        ("three layers, leaky", MLP((3, 5, 4, 2), activation="leaky_relu"), teacher_student),
    ]:
        cases.append((name, *taught(net, 60, rng, make=make)))
    return cases


def smallest() -> tuple[Objective, tuple[np.ndarray, ...]]:
    """Positive inputs, targets 0; one unit speaks with weight 0, the other is silent."""
    net = MLP((1, 2, 1), bias=False)
    objective = Objective(net, "squared", [[1.0], [2.0]], [[0.0], [0.0]])
    return objective, (np.array([[1.0, -1.0]]), np.array([[0.0], [1.0]]))


def silent_minimum(rng: np.random.Generator) -> tuple[Objective, tuple[np.ndarray, ...]]:
    """Six units, of which three see every example with weight 0 and three see none.

    Nearby the net is linear on these inputs, and the targets are orthogonal to what is linear, so
    nothing nearby does better than 0.
    """
    inputs, net = rng.uniform(1, 2, size=(40, 3)), MLP((3, 6, 1), bias=False)
    basis = np.linalg.qr(inputs)[0]
    noise = rng.normal(size=40)
    targets = noise - basis @ (basis.T @ noise)
    first = rng.uniform(0.5, 1.5, size=(3, 6)) * [1, 1, 1, -1, -1, -1]
    second = rng.normal(size=(6, 1)) * [[0], [0], [0], [1], [1], [1]]
    return Objective(net, "squared", inputs, targets[:, None]), (first, second)


def anywhere(rng: np.random.Generator) -> list[tuple[str, Objective, tuple[np.ndarray, ...]]]:
    """Two layers without and with biases, both losses, at weights that nobody has trained."""
    cases = []
    for loss, bias in [("squared", False), ("cross_entropy", False), ("squared", True)]:
        net, inputs = MLP((4, 6, 3), bias=bias), rng.normal(size=(50, 4))
        labels = rng.integers(3, size=50)
        targets = labels if loss == "cross_entropy" else np.eye(3)[labels]
        name = f"{loss}{', biases' if bias else ''}"
        objective = Objective(net, loss, inputs, targets)
        cases.append((name, objective, net.init(rng, bias_std=1.0)))
    return cases
