r"""Products of curvature by reverse over reverse: first and second derivatives of the outputs.

With f the outputs of all examples, J their Jacobian and :math:`g = \nabla_f\ell`,
:math:`Hv = J^\top\ell''Jv + \sum_k g_k\nabla^2f_kv`, and the first term is the Gauss–Newton one.
The loss sees the outputs of all examples at once, so that what it averages over does not depend on
batches; the module is run on one batch after the other. One backward pass gives
:math:`s = J^\top u`, and a second one through it, with v, gives Jv (it is linear in u) and the
second term (at u = g). PyTorch's forward mode, which would give Jv at once, is wrong for
LayerNorm and missing for much else.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from flatlib.pytorch._checks import require_alone, require_reached, require_repeatable
from flatlib.pytorch._copies import require_computed
from flatlib.pytorch._door import Problem, surroundings
from flatlib.pytorch._refusals import brief, refusal
from flatlib.pytorch.losses import evaluate, require_no_parameters, require_targets


@dataclass(frozen=True)
class Tape:
    """One run of a batch: its outputs, u, and the row J^T u of length P."""

    outputs: torch.Tensor
    weights: torch.Tensor
    row: torch.Tensor


class Products:
    """The curvature of a problem at its parameters.

    With one batch its graph is kept, and a product costs no run of the module; with several each
    product runs each batch twice.
    """

    def __init__(self, problem: Problem, batch_size: int):
        self.problem = problem
        self.batches = problem.inputs.split(batch_size)
        self.size = sum(parameter.numel() for parameter in problem.parameters)
        self.device = problem.parameters[0].device
        self._kept = None
        with surroundings(self.device):
            self.outputs, self.slopes = self._loss()
            self._kept = self._tape(0) if len(self.batches) == 1 else None

    def hessian(self, vectors: torch.Tensor) -> torch.Tensor:
        """Products with the rows of an array of shape (c, P)."""
        return self._multiply(vectors, second=True)

    def gauss_newton(self, vectors: torch.Tensor) -> torch.Tensor:
        """Products of the Gauss–Newton matrix with rows (c, P)."""
        return self._multiply(vectors, second=False)

    def _multiply(self, vectors: torch.Tensor, second: bool) -> torch.Tensor:
        with surroundings(self.device):
            total, changes = torch.zeros_like(vectors), []
            for index in range(len(self.batches)):
                tape = self._tape(index)
                wanted = [*self.problem.parameters, tape.weights]
                parts = [derivative(tape.row, wanted, vector) for vector in vectors]
                changes.append(torch.stack([part[-1] for part in parts]))
                if second:
                    total += torch.stack([_flat(part[:-1]) for part in parts])
            bent = [self._bend(change) for change in torch.cat(changes, dim=1)]
            for index in range(len(self.batches)):
                outputs, start = self._outputs(index), self._start(index)
                for place, change in enumerate(bent):
                    part = change[start : start + len(outputs)]
                    total[place] += _flat(derivative(outputs, self.problem.parameters, part))
        if not total.isfinite().all():
            came = "NaN or infinity in a product"
            raise refusal("", "have finite second derivatives here", came, _ROOT)
        return total

    def _bend(self, change: torch.Tensor) -> torch.Tensor:
        """The loss's own second derivative, times a change of all outputs."""
        if not self.slopes.requires_grad:  # the loss is linear in them
            return torch.zeros_like(change)
        return derivative(self.slopes, [self.outputs], change, of="loss")[0]

    def _loss(self) -> tuple[torch.Tensor, torch.Tensor]:
        """All outputs and the loss's gradient in them, which can be differentiated once more."""
        problem = self.problem
        first = problem.run(self.batches[0])
        require_computed(problem.kept)
        require_repeatable(problem, self.batches[0], first)
        require_reached(problem, self.batches[0], first)
        require_alone(problem, self.batches, first)
        rest = [problem.run(batch).detach() for batch in self.batches[1:]]
        outputs = torch.cat([first.detach(), *rest]).requires_grad_()
        targets = require_targets(problem.loss, outputs, problem.targets)
        value = evaluate(problem.loss, outputs, targets)
        require_no_parameters(problem.loss, outputs, targets)
        return outputs, derivative(value, [outputs], create_graph=True, of="loss")[0]

    def _tape(self, index: int) -> Tape:
        if self._kept is not None:
            return self._kept
        outputs, start = self.problem.run(self.batches[index]), self._start(index)
        weights = self.slopes.detach()[start : start + len(outputs)].clone().requires_grad_()
        parts = derivative(outputs, self.problem.parameters, weights, create_graph=True)
        return Tape(outputs, weights, _flat(parts))

    def _outputs(self, index: int) -> torch.Tensor:
        return self._kept.outputs if self._kept else self.problem.run(self.batches[index])

    def _start(self, index: int) -> int:
        return sum(len(batch) for batch in self.batches[:index])


def derivative(
    value: torch.Tensor,
    inputs: Sequence[torch.Tensor],
    weights: "torch.Tensor | None" = None,
    *,
    create_graph: bool = False,
    of: str = "module",
) -> list[torch.Tensor]:
    """Gradients by the inputs, 0 where one does not count; or a refusal that names the reason."""
    try:
        found = torch.autograd.grad(
            value, inputs, weights, retain_graph=True, create_graph=create_graph, allow_unused=True
        )
    except torch.cuda.OutOfMemoryError:
        raise
    except RuntimeError as error:
        raise ValueError(
            f"{of} must have second derivatives in PyTorch, got {brief(error)}. "
            "Write it with other operations."
        ) from error
    return [
        torch.zeros_like(place) if part is None else part
        for part, place in zip(found, inputs, strict=True)
    ]


def _flat(parts: Sequence[torch.Tensor]) -> torch.Tensor:
    return torch.cat([part.reshape(-1) for part in parts])


_ROOT = "A root or a norm of 0 has none; add a small constant inside."
