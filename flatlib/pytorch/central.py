"""The products of equation (14): differences of two gradients of a module."""

from functools import partial
from typing import Any

import numpy as np
import torch

from flatlib._guards import require_choice, require_positive
from flatlib.curvature import CurvatureOperator
from flatlib.pytorch._door import Problem, prepare, surroundings
from flatlib.pytorch._products import flat
from flatlib.pytorch.losses import evaluate, require_targets

_MEANS = ("squared", "cross_entropy")  # over examples: gradients of batches add up


def difference_operator(
    module: Any,
    loss: str,
    inputs: Any,
    targets: Any,
    *,
    step: float = 1e-5,
    batch_size: int | None = None,
) -> CurvatureOperator:
    r"""What Wu et al. take for a product with the Hessian, from two gradients.

    .. math:: v \mapsto \frac{\nabla L(\theta + \epsilon v) - \nabla L(\theta - \epsilon v)}
              {2\epsilon}

    `flatlib.curvature.squared_frobenius` of it is equation (14) with the prefactor corrected; as
    printed it is twice as much. It differs from `hessian_operator` where a ReLU changes its sign
    between the two points, and in float32 by rounding.

    Paper: Wu et al., equation (14). Page: ``book/own_networks``.

    Args:
        module: as for `hessian_operator`.
        loss: ``"squared"`` or ``"cross_entropy"``.
        inputs: shape (N, …).
        targets: N labels, or shape (N, …).
        step: epsilon, positive; the paper's is 1e-5. Its length is epsilon times the root of P.
        batch_size: examples at once.

    Returns:
        An operator (P, P). The trap: at a finite step it is no linear map, and not symmetric.

    Raises:
        ValueError: for another loss, a step that is not positive, or as `hessian_operator` does.
        TypeError: as `hessian_operator` does.

    Example:
        >>> net = torch.nn.Linear(1, 1, bias=False).double()
        >>> x = torch.tensor([[1.0], [3.0]], dtype=torch.float64)
        >>> np.round(difference_operator(net, "squared", x, x) @ [1.0], 6)
        array([5.])
    """
    require_choice(loss, "loss", _MEANS)
    step = require_positive(step, "step")
    problem = prepare(module, loss, inputs, targets, batch_size=batch_size)
    with torch.no_grad():
        theta = flat(problem.parameters).clone()
    return CurvatureOperator(partial(_differences, problem, theta, step), len(theta))


def _differences(
    problem: Problem, theta: torch.Tensor, step: float, vectors: np.ndarray
) -> np.ndarray:
    """One column for each direction; the module is left where it was."""
    columns = []
    for direction in vectors.T:
        shift = torch.as_tensor(step * direction).to(theta)
        ahead, behind = (_gradient(problem, theta + sign * shift) for sign in (1, -1))
        columns.append(((ahead - behind).double() / (2 * step)).cpu().numpy())
    return np.stack(columns, axis=1)


def _gradient(problem: Problem, theta: torch.Tensor) -> torch.Tensor:
    """Of the mean over all examples, a batch after the other."""
    sizes = [parameter.numel() for parameter in problem.parameters]
    with torch.no_grad():
        for parameter, part in zip(problem.parameters, theta.split(sizes), strict=True):
            parameter.copy_(part.reshape(parameter.shape))
    total, start, targets = torch.zeros_like(theta), 0, problem.batches.targets
    with surroundings(theta.device):
        for batch in problem.batches:
            outputs = problem.run(batch)
            some = targets[start : start + len(batch)]
            value = evaluate(problem.loss, outputs, require_targets(problem.loss, outputs, some))
            parts = torch.autograd.grad(value, problem.parameters)
            total += flat(parts) * (len(batch) / len(targets))
            start += len(batch)
    return total
