"""Traces of the Hessians of the nets of a table under any scaling."""

from dataclasses import dataclass

import numpy as np

from flatlib.training import Table

OUTPUT_BIAS = 2.0  # its own entry of the Hessian of a mean square, which no scaling moves


@dataclass(frozen=True, eq=False)
class Traces:
    """What each unit adds to the trace of the Hessian, and how scaling the unit changes it.

    Attributes:
        incoming: traces of the blocks of incoming weights and biases, shape (nets, K).
        outgoing: entries of the outgoing weights, shape (nets, K).
    """

    incoming: np.ndarray
    outgoing: np.ndarray

    @classmethod
    def of(cls, table: Table) -> "Traces":
        """Those of the nets of ``ranking``."""
        return cls(table["incoming_traces"], table["outgoing_traces"])

    def scaled(self, logs: np.ndarray) -> "Traces":
        """With factors exp(logs), shape (nets, K), or (nets, 1) for all units of a net alike."""
        squares = np.exp(2 * logs)
        return Traces(self.incoming / squares, self.outgoing * squares)

    @property
    def total(self) -> np.ndarray:
        """Traces, shape (nets,)."""
        return self.incoming.sum(axis=1) + self.outgoing.sum(axis=1) + OUTPUT_BIAS

    @property
    def least(self) -> np.ndarray:
        """Least traces on the orbits of all scalings of units, shape (nets,)."""
        return 2 * np.sqrt(self.incoming * self.outgoing).sum(axis=1) + OUTPUT_BIAS

    @property
    def least_of_layers(self) -> np.ndarray:
        """Least traces under scalings of whole layers alone, shape (nets,)."""
        return 2 * np.sqrt(self.incoming.sum(axis=1) * self.outgoing.sum(axis=1)) + OUTPUT_BIAS

    def towards(self, totals: np.ndarray) -> np.ndarray:
        """Logs, shape (nets, 1), with which all units alike bring the traces to these totals.

        A total below the least trace on a net's orbit cannot be had and gives NaN.
        """
        first, second = self.incoming.sum(axis=1), self.outgoing.sum(axis=1)
        half = (totals - OUTPUT_BIAS) / 2
        # second s^2 - 2 half s + first = 0 for s = exp(2 log)
        roots = (half + np.sqrt(half**2 - first * second)) / second
        return np.log(roots)[:, None] / 2
