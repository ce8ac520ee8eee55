"""Networks with data, and points near T_alpha theta whose loss is known to be large."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib.data import digits, teacher_student
from flatlib.losses import CrossEntropyLoss
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.training import descent
from flatlib.transforms import Scaling, alpha_scale


@dataclass(frozen=True, eq=False)
class Case:
    """A network that has learned its data, and the two layers that T_alpha scales.

    The second of them is the last layer of the network.
    """

    name: str
    loss: str
    objective: Objective
    params: tuple[np.ndarray, ...]
    layers: tuple[int, int]

    @property
    def network(self) -> MLP:
        """That of the objective."""
        return self.objective.network

    @property
    def first(self) -> int:
        """Position of the weights of the first of the two layers."""
        return (self.layers[0] - 1) * (1 + self.network.bias)

    @property
    def last(self) -> int:
        """Position of the weights of the last layer."""
        return len(self.params) - 1 - self.network.bias

    @property
    def first_norm(self) -> float:
        """Norm of theta_1."""
        return float(np.linalg.norm(self.params[self.first]))

    @property
    def first_norm_with_bias(self) -> float:
        """Norm of (theta_1, b_1)."""
        return float(np.linalg.norm(flatten(self.params[self.first : self.first + 2])))

    @property
    def last_norm(self) -> float:
        """Norm of theta_2."""
        return float(np.linalg.norm(self.params[self.last]))

    @property
    def moving_outputs(self) -> np.ndarray:
        """Outputs without the output bias: what the last layer multiplies."""
        outputs = self.objective.outputs(self.params)
        return outputs - self.params[-1] if self.network.bias else outputs

    def distance(self, one: Any, other: Any) -> float:
        """Euclidean, between two params."""
        return float(np.linalg.norm(flatten(one) - flatten(other)))


def cases(rng: np.random.Generator, *, bias: bool) -> list[Case]:
    """Two and three layers, both losses; targets are those of a teacher, with some noise."""
    found = []
    for sizes, layers in [((4, 6, 2), (1, 2)), ((3, 6, 6, 2), (2, 3))]:
        net = MLP(sizes, bias=bias)
        data = teacher_student(net, 40, rng)
        for loss in ("squared", "cross_entropy"):
            name = f"{len(sizes) - 1} layers, {loss}"
            noisy = data.targets + 0.1 * rng.normal(size=data.targets.shape)
            targets = noisy if loss == "squared" else noisy.argmax(axis=1)
            objective = Objective(net, loss, data.inputs, targets)
            found.append(Case(name, loss, objective, data.params, layers))
    return found


def without_first_layer(case: Case, scaling: Scaling, *, and_bias: bool = False) -> tuple:
    """T_alpha theta with the first of the two layers set to 0, its bias too if asked."""
    arrays = list(scaling(case.params))
    for position in range(case.first, case.first + 1 + and_bias):
        arrays[position] = 0 * arrays[position]
    return tuple(arrays)


def stretched(case: Case, alpha: float, radius: float) -> Sequence[tuple]:
    """T_alpha theta with its last layer multiplied by 1 + t and 1 - t: at distance ``radius``."""
    scaled = alpha_scale(case.network, alpha, layers=case.layers)(case.params)
    t = radius / np.linalg.norm(scaled[case.last])
    return [
        tuple(factor * a if k == case.last else a for k, a in enumerate(scaled))
        for factor in (1 + t, 1 - t)
    ]


def proved(case: Case, points: Sequence) -> list[float]:
    """The sharpness that each of the points proves, if it lies in the ball."""
    base = case.objective(case.params)
    return [(case.objective(point) - base) / (1 + base) for point in points]


def constant_loss(objective: Objective) -> float:
    """The least loss of a network that gives every input the same answer."""
    if isinstance(objective.loss, CrossEntropyLoss):
        parts = objective.targets.mean(axis=0)
        return float(-(parts * np.log(np.where(parts > 0, parts, 1.0))).sum())
    return float(objective.loss.factor * objective.targets.var(axis=0).sum())


def good_and_bad(rng: np.random.Generator) -> tuple[Case, Case, Objective]:
    """Two nets on the same 150 digits; the second has also learned 300 others by wrong labels."""
    data, net = digits(), MLP((64, 12, 10))
    order = rng.permutation(len(data.train_inputs))[:450]
    images, labels = data.train_inputs[order], data.train_labels[order].copy()
    train = Objective(net, "cross_entropy", images[:150], labels[:150])
    labels[150:] = (labels[150:] + rng.integers(1, 10, size=300)) % 10
    spoiled = Objective(net, "cross_entropy", images, labels)
    found = []
    for name, objective, epochs in (("good", train, 60), ("bad", spoiled, 120)):
        run = descent(
            objective, net.init(rng), rng, epochs=epochs, learning_rate=0.01, optimizer="adam"
        )
        found.append(Case(name, "cross_entropy", train, run.params, (1, 2)))
    test = Objective(net, "cross_entropy", data.test_inputs, data.test_labels)
    return found[0], found[1], test
