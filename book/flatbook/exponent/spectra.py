"""The spectrum of a network that fits its digits, along the orbit of T_alpha."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flatbook.volume_and_accuracy.curvatures import Interpolant
from flatbook.volume_and_accuracy.experiment_ranking import CLEAN, fit
from flatlib.data import digits
from flatlib.networks import Params

SPREAD = 1.5  # standard deviation of the logarithm of a random alpha
NBETA = CLEAN / np.log(CLEAN)


@dataclass(frozen=True, eq=False)
class Fitted:
    """A network with one hidden layer of rectified units that fits N inputs.

    Page: ``book/exponent``.

    Attributes:
        inputs: shape (N, d).
        params: of the network, four arrays.
        accuracy: on the test images.
    """

    inputs: np.ndarray
    params: Params
    accuracy: float

    @property
    def weights(self) -> Interpolant:
        """The same, as the pages before this one have it."""
        incoming, biases, outgoing, last = self.params
        return Interpolant(self.inputs, incoming, biases, outgoing[:, 0], float(last[0]))

    @cached_property
    def jacobian(self) -> tuple[np.ndarray, np.ndarray]:
        """Gradients of the outputs: in incoming weights and biases, and in the outgoing weights."""
        rows, hidden = self.weights.features()
        extended = np.hstack([self.inputs, np.ones((len(self.inputs), 1))])
        return (extended[:, :, None] * rows[:, None, :]).reshape(len(rows), -1), hidden

    @cached_property
    def _grams(self) -> tuple[np.ndarray, np.ndarray]:
        first, second = self.jacobian
        return first @ first.T, second @ second.T

    def spectrum(self, alpha: float = 1.0) -> np.ndarray:
        """The N eigenvalues of the mean square that need not be 0, at T_alpha of the weights.

        They are those of 2/N J J^T; the output bias adds a 1 everywhere.
        """
        first, second = self._grams
        gram = first / alpha**2 + second * alpha**2 + 1.0
        return np.linalg.eigvalsh(2 / len(gram) * gram)

    def own_spectrum(self) -> np.ndarray:
        """Those of diag|theta| H diag|theta| that need not be 0: the same all along the orbit."""
        incoming, biases, outgoing, last = self.params
        first, second = self.jacobian
        rows = np.hstack([first * np.vstack([incoming, biases]).ravel(), second * outgoing[:, 0]])
        return np.linalg.eigvalsh(2 / len(rows) * (rows @ rows.T + float(last[0]) ** 2))


def digits_net(rng: np.random.Generator, *, wrong: int) -> Fitted:
    """A network of 40 units that fits the parity of 150 digits, and wrong labels beside them.

    The 150, all with their right labels, are what is measured on.

    Page: ``book/exponent``.

    Args:
        rng: draws images and start.
        wrong: how many images with the wrong label.
    """
    chosen = rng.permutation(len(digits().train_inputs))[: CLEAN + wrong]
    inputs, _, params, accuracy = fit(chosen, rng)
    return Fitted(inputs[:CLEAN], params, float(accuracy))
