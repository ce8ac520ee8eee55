r"""One forward and one backward pass: everything the exact gradient and Hessian are made of.

Letters as in page ``book/hessian_transform``, rows are examples n:
``z_k = a_k W_k`` with a 1 appended to ``a_k`` where there is a bias, so that the bias is the last
row of ``W_k`` and block k of theta is ``W_k`` read row by row.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flatlib.networks import Params, require_mlp
from flatlib.objective import MEAN_LOSS, Objective, require_no_l2


@dataclass(frozen=True)
class Tape:
    """Per-example quantities of a dense net on some of its examples; lists run over layers.

    Derivatives are computed when they are asked for: a value never asks, a gradient for the first.

    Attributes:
        objective: what was run.
        targets: of these examples.
        zs: z_k, shape (N, m_k), the outputs last.
        hidden: a_k without the appended 1.
        weights: W_k without its bias row, shape (units below, units of layer k).
    """

    objective: Objective
    targets: np.ndarray
    zs: tuple[np.ndarray, ...]
    hidden: list[np.ndarray]
    weights: list[np.ndarray]

    @cached_property
    def layer_inputs(self) -> list[np.ndarray]:
        """a_k, shape (N, n_k), n_k counts the appended 1."""
        if not self.objective.network.bias:
            return self.hidden
        one = np.ones((len(self.targets), 1))
        return [np.concatenate([a, one], axis=1) for a in self.hidden]

    @cached_property
    def slopes(self) -> list[np.ndarray]:
        """phi'(z_k), shape (N, m_k), hidden layers only."""
        return [self.objective.network.activation.slope(z) for z in self.zs[:-1]]

    @cached_property
    def deltas(self) -> list[np.ndarray]:
        """Slopes of L in z_k, shape (N, m_k), those of the outputs last."""
        gradient = self.objective.loss.gradient(self.zs[-1], self.targets)
        deltas = [gradient / self.objective.num_examples]
        for w, slope in zip(self.weights[:0:-1], self.slopes[::-1], strict=True):
            deltas.append(slope * (deltas[-1] @ w.T))
        return deltas[::-1]

    @cached_property
    def bends(self) -> list[np.ndarray]:
        """phi''(z_k), shape (N, m_k), hidden layers only."""
        return [self.objective.network.activation.curvature(z) for z in self.zs[:-1]]

    @cached_property
    def output_curvature(self) -> np.ndarray:
        """d^2 L / d f d f, shape (N, C, C)."""
        curvature = self.objective.loss.curvature(self.zs[-1], self.targets)
        return curvature / self.objective.num_examples


def record(objective: Objective, params: Params, examples: slice = slice(None)) -> Tape:
    """Run the network forwards on ``examples``, and backwards later; weights of 1/N are included.

    Params are checked by whoever calls, inputs were when the objective was made.
    """
    network = require_mlp(require_no_l2(objective, why=MEAN_LOSS).network)
    zs, hidden = network.forward(params, objective.inputs[examples])
    weights = [w for w, _ in network.layers(params)]
    return Tape(objective, objective.targets[examples], zs, hidden, weights)
