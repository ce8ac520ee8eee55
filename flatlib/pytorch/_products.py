r"""Products of curvature by reverse over reverse: first and second derivatives of the outputs.

With f the outputs of all examples, J their Jacobian and :math:`g = \nabla_f\ell`,
:math:`Hv = J^\top\ell''Jv + \sum_k g_k\nabla^2f_kv`, and the first term is the Gauss–Newton one.
The loss sees the outputs of all examples at once, so that what it averages over does not depend on
batches; the module is run on one batch after the other. One backward pass gives
:math:`s = J^\top u`, and a second one through it, with v, gives Jv (it is linear in u) and the
second term (at u = g). PyTorch's forward mode, which would give Jv at once, is wrong for
LayerNorm and missing for much else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from flatlib.pytorch._checks import (
    ROUNDING,
    require_alone,
    require_reached,
    require_repeatable,
)
from flatlib.pytorch._copies import require_computed
from flatlib.pytorch._culprit import blame
from flatlib.pytorch._derivative import derivative, of_loss
from flatlib.pytorch._door import Problem, surroundings
from flatlib.pytorch._refusals import refusal
from flatlib.pytorch.losses import evaluate, require_no_parameters, require_targets


@dataclass(frozen=True)
class Tape:
    """One run of a batch: its outputs and where they are, u, and the row J^T u of length P."""

    outputs: torch.Tensor
    rows: slice
    weights: torch.Tensor
    row: torch.Tensor


class Products:
    """The curvature of a problem at its parameters.

    With one batch its graph is kept, and a product costs no run of the module. With several each
    product runs each of them once; or twice, if the loss looks at examples of several batches.
    """

    def __init__(self, problem: Problem):
        self.problem = problem
        self.size = sum(parameter.numel() for parameter in problem.parameters)
        self.device = problem.parameters[0].device
        with surroundings(self.device):
            runs = self._runs()
            self.sizes = [len(run) for run in runs]
            self.outputs = torch.cat([run.detach() for run in runs]).requires_grad_()
            self.slopes = self._loss()
            self._kept = self._tape(runs[0], 0) if len(runs) == 1 else None
            self.is_separate = self._bends_apart()

    def hessian(self, vectors: torch.Tensor) -> torch.Tensor:
        """Products with the rows of an array of shape (c, P)."""
        return self._multiply(vectors, second=True)

    def gauss_newton(self, vectors: torch.Tensor) -> torch.Tensor:
        """Products of the Gauss–Newton matrix with rows (c, P)."""
        return self._multiply(vectors, second=False)

    def _multiply(self, vectors: torch.Tensor, second: bool) -> torch.Tensor:
        with surroundings(self.device):
            total, changes = torch.zeros_like(vectors), []
            for tape in self._tapes():
                change = self._change(tape, vectors, total if second else None)
                if self.is_separate:
                    self._pull(tape, [self._bend(part, tape.rows) for part in change], total)
                changes.append(change)
            if not self.is_separate:
                everything = slice(0, len(self.outputs))
                bent = [self._bend(part, everything) for part in torch.cat(changes, dim=1)]
                for tape in self._tapes():
                    self._pull(tape, [part[tape.rows] for part in bent], total)
        if not total.isfinite().all():
            came = "NaN or infinity in a product"
            raise refusal("", "have finite second derivatives here", came, _ROOT)
        return total

    def _change(
        self, tape: Tape, vectors: torch.Tensor, total: "torch.Tensor | None"
    ) -> torch.Tensor:
        """J v of a batch for each v, shape (c, n, …); the second term is added to ``total``."""
        wanted = [*self.problem.parameters, tape.weights]
        parts = [self._derivative(tape.row, wanted, vector) for vector in vectors]
        if total is not None:
            total += torch.stack([flat(part[:-1]) for part in parts])
        return torch.stack([part[-1] for part in parts])

    def _pull(self, tape: Tape, bent: Sequence[torch.Tensor], total: torch.Tensor) -> None:
        """Add J^T l'' J v of a batch."""
        for place, part in enumerate(bent):
            total[place] += flat(self._derivative(tape.outputs, self.problem.parameters, part))

    def _bend(self, change: torch.Tensor, rows: slice) -> torch.Tensor:
        """The loss's own second derivative, times a change of the outputs in these rows."""
        if not self.slopes.requires_grad:  # the loss is linear in them
            return torch.zeros_like(change)
        padded = torch.zeros_like(self.outputs)
        padded[rows] = change
        return derivative(self.slopes, [self.outputs], padded, refused=of_loss)[0][rows]

    def _bends_apart(self) -> bool:
        """Whether the loss's second derivative mixes no batches: seen on a random change.

        Each batch of it times a random number must come out times that number.
        """
        if len(self.sizes) == 1:
            return True
        rng, everything = np.random.default_rng(0), slice(0, len(self.outputs))
        change = torch.as_tensor(rng.standard_normal(self.outputs.shape)).to(self.outputs)
        factors = np.repeat(rng.standard_normal(len(self.sizes)), self.sizes)
        factor = torch.as_tensor(factors).to(change)
        factor = factor.reshape(-1, *[1] * (change.ndim - 1))
        one, other = (
            self._bend(change, everything) * factor,
            self._bend(change * factor, everything),
        )
        scale = float(other.abs().max())
        return float((one - other).abs().max()) <= ROUNDING[other.dtype] * scale

    def _runs(self) -> list[torch.Tensor]:
        """The outputs of all batches; the first ones are looked at, and its graph is kept."""
        problem = self.problem
        runs: list[torch.Tensor] = []
        for batch in problem.batches:
            outputs = problem.run(batch)
            if not runs:
                first = batch
                require_computed(problem.kept)
                require_repeatable(problem, batch, outputs)
                require_reached(problem, batch, outputs)
            elif len(runs) == 1:
                require_alone(problem, first, batch, runs[0])
            if runs and outputs.shape[1:] != runs[0].shape[1:]:
                came = f"{tuple(outputs.shape)} after {tuple(runs[0].shape)}"
                raise refusal("", "have outputs of one shape in all batches", came, _PAD)
            runs.append(outputs.detach() if runs else outputs)
        return runs

    def _derivative(self, *arguments: Any, **options: Any) -> list[torch.Tensor]:
        refused = partial(blame, self.problem)
        return derivative(*arguments, refused=refused, **options)

    def _loss(self) -> torch.Tensor:
        """The loss's gradient in all outputs, which can be differentiated once more."""
        problem = self.problem
        targets = require_targets(problem.loss, self.outputs, problem.batches.targets)
        value = evaluate(problem.loss, self.outputs, targets)
        require_no_parameters(problem.loss, self.outputs, targets)
        return derivative(value, [self.outputs], create_graph=True, refused=of_loss)[0]

    def _tapes(self) -> Iterator[Tape]:
        """One batch after the other."""
        if self._kept is not None:
            yield self._kept
            return
        start = 0
        for batch in self.problem.batches:
            outputs = self.problem.run(batch)
            yield self._tape(outputs, start)
            start += len(outputs)

    def _tape(self, outputs: torch.Tensor, start: int) -> Tape:
        rows = slice(start, start + len(outputs))
        weights = self.slopes.detach()[rows].clone().requires_grad_()
        parameters = self.problem.parameters
        parts = self._derivative(outputs, parameters, weights, create_graph=True)
        return Tape(outputs, rows, weights, flat(parts))


def flat(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    """All parts in one row."""
    return torch.cat([part.reshape(-1) for part in parts])


_PAD = "Pad them to one length."
_ROOT = "A root or a norm of 0 has none; add a small constant inside."
