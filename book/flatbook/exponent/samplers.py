"""The estimate as it is made in practice, by samples: exact ones, and those of Langevin steps."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from flatlib._guards import require_positive
from flatlib.estimate import Estimate
from flatlib.measures import outputs_of_many
from flatlib.measures._slices import angles_that_fit, turn
from flatlib.networks import MLP


@dataclass(frozen=True, eq=False)
class Tempered:
    """The law exp(-nbeta L - gamma/2 delta delta^T) of steps delta from a network that fits.

    L is the mean of the squared residuals; the network has one hidden layer of rectified units, no
    biases and one output. Page: ``book/exponent``.

    Attributes:
        network: its shape.
        theta: its weights, shape (P,).
        inputs: shape (N, d); the labels are its own outputs there.
        nbeta: factor of the loss.
        gamma: the pull towards ``theta``.
    """

    network: MLP
    theta: np.ndarray
    inputs: np.ndarray
    nbeta: float
    gamma: float

    def residuals(self, deltas: np.ndarray) -> np.ndarray:
        """Of many steps (K, P), shape (K, N)."""
        return self._outputs(self.theta + deltas) - self._outputs(self.theta[None])

    def losses(self, deltas: np.ndarray) -> np.ndarray:
        """Mean squared residuals, shape (K,)."""
        return (self.residuals(deltas) ** 2).mean(axis=1)

    def _outputs(self, thetas: np.ndarray) -> np.ndarray:
        return outputs_of_many(self.network, thetas, self.inputs)[:, :, 0]

    def gradients(self, deltas: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Sums of the gradients of the outputs, with these weights (K, N): shape (K, P)."""
        width = self.network.hidden_sizes[0]
        thetas = self.theta + deltas
        incoming = thetas[:, :-width].reshape(len(thetas), -1, width)
        fed = self.inputs @ incoming
        slopes = (fed > 0) * thetas[:, None, -width:] * weights[:, :, None]
        first = np.einsum("nd,knw->kdw", self.inputs, slopes, optimize=True)
        second = (np.maximum(fed, 0) * weights[:, :, None]).sum(axis=1)
        return np.hstack([first.reshape(len(thetas), -1), second])

    def jacobian(self) -> np.ndarray:
        """At the network itself, shape (N, P)."""
        count = len(self.inputs)
        return self.gradients(np.zeros((count, len(self.theta))), np.eye(count))

    def spectrum(self) -> np.ndarray:
        """The eigenvalues of the loss there that need not be 0, shape (N,)."""
        jacobian = self.jacobian()
        return np.linalg.eigvalsh(2 / len(jacobian) * jacobian @ jacobian.T)


class _Bowl:
    """The normal law that the tempered one would be if the loss were quadratic."""

    def __init__(self, law: Tempered) -> None:
        _, values, self.directions = np.linalg.svd(law.jacobian(), full_matrices=False)
        self.curvatures = 2 / len(law.inputs) * values**2
        self.gamma, self.nbeta = law.gamma, law.nbeta

    def draw(self, count: int, rng: np.random.Generator) -> np.ndarray:
        plain = rng.normal(size=(count, self.directions.shape[1]))
        shrunk = np.sqrt(self.gamma / (self.nbeta * self.curvatures + self.gamma)) - 1
        found = plain + (plain @ self.directions.T * shrunk) @ self.directions
        return found / np.sqrt(self.gamma)

    def losses(self, deltas: np.ndarray) -> np.ndarray:
        return 0.5 * (deltas @ self.directions.T) ** 2 @ self.curvatures


def exact(
    law: Tempered, rng: np.random.Generator, *, num_chains: int = 60, num_steps: int = 400
) -> Estimate:
    """The estimate from chains that leave the law alone: elliptical slices, no step to choose.

    Their reference is the law that a quadratic loss would have; what is added to its density is
    the part of the loss that is not quadratic. The first quarter is left out.

    Page: ``book/exponent``.

    Args:
        law: to be sampled.
        rng: draws everything.
        num_chains: K.
        num_steps: of each chain.
    """
    steps = _slices(law, num_chains, num_steps, rng)
    return _mean(law, steps, num_chains, num_steps)


def _slices(law: Tempered, chains: int, steps: int, rng: np.random.Generator):
    bowl = _Bowl(law)
    deltas = bowl.draw(chains, rng)

    def rest(points):
        return law.nbeta * (law.losses(points) - bowl.losses(points))

    for _ in range(steps):
        fresh, level = bowl.draw(chains, rng), rest(deltas) + rng.exponential(size=chains)
        ends = deltas, fresh, level
        angles = angles_that_fit(
            lambda rows, at, ends=ends: rest(_turned(*ends[:2], rows, at)) <= ends[2][rows],
            chains,
            rng,
        )
        deltas = _turned(deltas, fresh, np.arange(chains), angles)
        yield deltas


def _turned(
    deltas: np.ndarray, fresh: np.ndarray, rows: np.ndarray, angles: np.ndarray
) -> np.ndarray:
    cos, sin = turn(angles)
    return cos * deltas[rows] + sin * fresh[rows]


def langevin(
    law: Tempered,
    rng: np.random.Generator,
    *,
    step_size: float,
    num_chains: int = 60,
    num_steps: int = 400,
) -> Estimate:
    """The estimate from Langevin steps with the whole gradient, as it is usually made.

    Page: ``book/exponent``.

    Args:
        law: to be sampled.
        rng: draws everything.
        step_size: epsilon.
        num_chains: K.
        num_steps: of each chain; the first quarter is left out.
    """
    step_size = require_positive(step_size, "step_size")
    steps = _langevin(law, step_size, num_chains, num_steps, rng)
    return _mean(law, steps, num_chains, num_steps)


def _langevin(law: Tempered, step_size: float, chains: int, steps: int, rng: np.random.Generator):
    deltas = _Bowl(law).draw(chains, rng)
    for _ in range(steps):
        pull = 2 / len(law.inputs) * law.nbeta * law.residuals(deltas)
        force = law.gradients(deltas, pull) + law.gamma * deltas
        noise = rng.normal(size=deltas.shape)
        deltas = deltas - step_size / 2 * force + np.sqrt(step_size) * noise
        yield deltas


def _mean(law: Tempered, steps: Iterator[np.ndarray], chains: int, count: int) -> Estimate:
    """Mean over the chains of nbeta times the loss; their scatter gives the error."""
    total = np.zeros(chains)
    for number, deltas in enumerate(steps):
        if number >= count // 4:
            total += law.nbeta * law.losses(deltas)
    means = total / (count - count // 4)
    error = float(means.std(ddof=1) / np.sqrt(chains))
    name = "learning coefficient"
    return Estimate(name, float(means.mean()), error, chains * count, "steps", samples=means)
