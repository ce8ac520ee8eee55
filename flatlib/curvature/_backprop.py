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

    Second derivatives are computed when they are asked for: a gradient never asks.

    Attributes:
        objective: what was run.
        targets: of these examples.
        zs: z_k, shape (N, m_k), the outputs last.
        layer_inputs: a_k, shape (N, n_k), n_k counts the appended 1.
        weights: W_k without its bias row, shape (units below, units of layer k).
        slopes: phi'(z_k), shape (N, m_k), hidden layers only.
        deltas: d L / d z_k, shape (N, m_k).
    """

    objective: Objective
    targets: np.ndarray
    zs: tuple[np.ndarray, ...]
    layer_inputs: list[np.ndarray]
    weights: list[np.ndarray]
    slopes: list[np.ndarray]
    deltas: list[np.ndarray]

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
    """Run the network forwards and backwards on ``examples``; weights of 1/N are included.

    Params are checked by whoever calls, inputs were when the objective was made.
    """
    network, loss = require_mlp(objective.network), require_no_l2(objective, why=MEAN_LOSS).loss
    inputs, targets = objective.inputs[examples], objective.targets[examples]
    weights = [w for w, _ in network.layers(params)]
    zs = network.forward(params, inputs)
    hidden = [inputs] + [network.activation(z) for z in zs[:-1]]
    slopes = [network.activation.slope(z) for z in zs[:-1]]
    deltas = [loss.gradient(zs[-1], targets) / objective.num_examples]
    for w, slope in zip(weights[:0:-1], slopes[::-1], strict=True):
        deltas.insert(0, slope * (deltas[0] @ w.T))
    return Tape(
        objective=objective,
        targets=targets,
        zs=zs,
        layer_inputs=[_append_one(a) for a in hidden] if network.bias else hidden,
        weights=weights,
        slopes=slopes,
        deltas=deltas,
    )


def _append_one(hidden: np.ndarray) -> np.ndarray:
    return np.hstack([hidden, np.ones((len(hidden), 1))])
