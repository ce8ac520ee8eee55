"""Measures of an interpolating two-layer relu net, raw and invariant, all exact.

Where the residual is 0 the Hessian of the mean square is 2/N J^T J, and its eigenvalues other than
0 are those of 2/N J J^T, which has as many rows as there are examples.
"""

from dataclasses import dataclass, replace

import numpy as np
import scipy.optimize

from flatlib.measures._two_layer import TwoLayer

RAW = ("trace", "spectral", "frobenius", "log_volume", "bias_frobenius", "wu_right", "squared_norm")
INVARIANT = (
    "complexity",
    "hadamard",
    "path_norm",
    "frobenius_bound",
    "orbit_trace",
    "unit_weighted",
    "elementwise",
    "elementwise_spectral",
)
OF_LAYERS = ("layer_trace", "layer_weighted")  # scalings of whole layers leave them, of units not
MEASURES = {  # those that every table keeps, with the names that the page has for them
    "trace": "trace",
    "log_volume": "V(50)",
    "bias_frobenius": "‖∇²R‖ in c",
    "wu_right": "bound (11)",
    "squared_norm": "‖θ‖²",
    "complexity": "E‖∇f‖²",
    "path_norm": "path norm",
    "orbit_trace": "least trace",
    "unit_weighted": "Σ‖θₖ‖² tr Hₖ",
    "elementwise": "Σθᵢ² Hᵢᵢ",
}
TOP = 50


@dataclass(frozen=True, eq=False)
class Interpolant:
    """The weights of a net, letters as in `flatlib.measures._two_layer`, and its N inputs.

    Attributes:
        inputs: shape (N, d).
        incoming: B, shape (d, K).
        biases: c, shape (K,).
        outgoing: a, shape (K,).
        last: the output bias.
    """

    inputs: np.ndarray
    incoming: np.ndarray
    biases: np.ndarray
    outgoing: np.ndarray
    last: float

    def scaled(self, factors) -> "Interpolant":
        """Incoming weights and biases times the factors, outgoing over them: the same function."""
        return replace(
            self,
            incoming=self.incoming * factors,
            biases=self.biases * factors,
            outgoing=self.outgoing / factors,
        )

    def features(self) -> tuple[np.ndarray, np.ndarray]:
        """Gradient of f in c and in a, both of shape (N, K)."""
        z = self.inputs @ self.incoming + self.biases
        return self.outgoing * (z > 0), np.maximum(z, 0)

    def gram(self) -> np.ndarray:
        """2/N J J^T, shape (N, N)."""
        rows, hidden = self.features()
        seen = self.inputs @ self.inputs.T + 1.0
        return 2 * (seen * (rows @ rows.T) + hidden @ hidden.T + 1.0) / len(self.inputs)

    def unit_traces(self) -> tuple[np.ndarray, np.ndarray]:
        """Traces of the Hessian's blocks of each unit, incoming with bias and outgoing, (K,)."""
        rows, hidden = self.features()
        reach = (self.inputs**2).sum(axis=1) + 1.0
        return 2 * reach @ rows**2 / len(rows), 2 * (hidden**2).mean(axis=0)

    def kink_distance(self) -> float:
        """Least distance of an input from the hyperplane on which a unit switches."""
        z = self.inputs @ self.incoming + self.biases
        return float((np.abs(z) / np.linalg.norm(self.incoming, axis=0)).min())

    def raw(self) -> np.ndarray:
        """What depends on the scale, in the order of `RAW`."""
        gram, (rows, _) = self.gram(), self.features()
        values = np.linalg.eigvalsh(gram)[::-1]
        fisher = np.linalg.norm(2 * rows.T @ rows / len(rows))
        norms = (self.incoming**2).sum()
        others = (self.biases**2).sum() + (self.outgoing**2).sum() + self.last**2
        log_volume = np.log10(values[:TOP]).sum()
        return np.array(
            [
                np.trace(gram), values[0], np.linalg.norm(gram), log_volume,
                fisher, norms**2 + fisher**2, norms + others,
            ]
        )  # fmt: skip

    def invariant(self) -> np.ndarray:
        """What no scaling moves, and what layers do not: `INVARIANT`, then `OF_LAYERS`."""
        incoming, outgoing = self.unit_traces()
        lengths, squares = (self.incoming**2).sum(axis=0) + self.biases**2, self.outgoing**2
        rows, hidden = self.features()
        units = TwoLayer(self.incoming, self.outgoing, np.sign(hidden), np.zeros_like(rows))
        gram, fisher, elementwise = units.gram, units.fisher, self._elementwise()
        return np.array(
            [
                (gram * fisher).sum(),
                np.abs(gram * fisher).sum(),
                (np.abs(self.outgoing) * np.linalg.norm(self.incoming, axis=0)).sum(),
                _best_scales(gram, fisher),
                2 * np.sqrt(incoming * outgoing).sum() + 2.0,
                lengths @ incoming + squares @ outgoing,
                np.trace(elementwise),
                np.linalg.eigvalsh(elementwise)[-1],
                2 * np.sqrt(incoming.sum() * outgoing.sum()) + 2.0,
                lengths.sum() * incoming.sum() + squares.sum() * outgoing.sum(),
            ]
        )

    def _elementwise(self) -> np.ndarray:
        """2/N J diag(theta^2) J^T, whose eigenvalues are those of diag|theta| H diag|theta|."""
        rows, hidden = self.features()
        seen = (self.inputs[:, :, None] * rows[:, None, :] * self.incoming).reshape(len(rows), -1)
        own, out = rows * self.biases, hidden * self.outgoing
        return 2 * (seen @ seen.T + own @ own.T + out @ out.T + self.last**2) / len(rows)


def _best_scales(gram: np.ndarray, fisher: np.ndarray) -> float:
    """The least half of |L G L|^2 + |L^-1 I L^-1|^2 over diagonal L > 0, dead units left out."""
    alive = (np.diag(gram) > 0) & (np.diag(fisher) > 0)
    gram, fisher = (matrix[np.ix_(alive, alive)] ** 2 for matrix in (gram, fisher))

    def value_and_slope(logs):
        scale = np.exp(2 * (logs[:, None] + logs))
        up, down = gram * scale, fisher / scale
        return (up + down).sum() / 2, 2 * (up - down).sum(axis=0)

    start = np.log(np.diag(fisher) / np.diag(gram)) / 8
    best = scipy.optimize.minimize(
        value_and_slope, start, jac=True, method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10}
    )
    return float(best.fun)
