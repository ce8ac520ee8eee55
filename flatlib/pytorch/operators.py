r"""The curvature of a module as SciPy operators, by curvlinops; and as a matrix, by torch.func.

One convention, ours: :math:`L = \frac1N\sum_n\ell_n`, the mean over examples and no mean over
outputs. ``"squared"`` is half the squared distance; ``torch.nn.MSELoss()`` is 2/C of that, with C
outputs. ``"cross_entropy"`` is ``torch.nn.CrossEntropyLoss()``.
"""

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib._guards import require_choice, require_integer
from flatlib.curvature import CurvatureOperator
from flatlib.pytorch._refusals import kind, require_evaluation, require_module


@contextmanager
def _old_scripts() -> Iterator[None]:
    """Others still call torch.jit.script, PyTorch itself among them, which warns about each call.

    As a DeprecationWarning in 2.13, as a FutureWarning since 2.14.
    """
    with warnings.catch_warnings():
        for kind in (DeprecationWarning, FutureWarning):
            warnings.filterwarnings("ignore", "`torch.jit", kind)
        yield


with _old_scripts():
    from curvlinops import GGNLinearOperator, HessianLinearOperator

COLUMNS = 16  # products at once: each holds the activations of a batch


class SquaredLoss(nn.Module):
    r"""Half the squared distance, averaged over examples: flatlib's ``"squared"``.

    Page: ``book/your_own_network``.

    Example:
        >>> SquaredLoss()(torch.tensor([[1.0, 2.0]]), torch.tensor([[0.0, 0.0]]))
        tensor(2.5000)
    """

    reduction = "mean"  # curvlinops weighs its batches by it

    def forward(self, outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        """One number, for outputs and targets of shape (N, C)."""
        if outputs.shape != targets.shape:
            raise ValueError(
                f"targets must have the shape of the outputs, {tuple(outputs.shape)}, got "
                f"{tuple(targets.shape)}. Nothing is broadcast here."
            )
        return (outputs - targets).square().sum() / (2 * len(outputs))


LOSSES = {"squared": SquaredLoss, "cross_entropy": nn.CrossEntropyLoss}


def hessian_operator(
    module: Any, loss: Any, inputs: Any, targets: Any, *, batch_size: int | None = None
) -> CurvatureOperator:
    r"""The Hessian of a module's loss, :math:`\nabla^2 L(\theta)`, as an operator.

    curvlinops multiplies; what comes back is the operator that `flatlib.hessian_operator` returns,
    so `flatlib.top_eigenvalues`, `flatlib.curvature.hutchinson_trace` and the others
    take it.

    Page: ``book/your_own_network``.

    Args:
        module: any `torch.nn.Module` without random or batch-dependent parts. It is copied:
            training it further changes nothing here.
        loss: ``"squared"``, ``"cross_entropy"``, or a loss of PyTorch with ``reduction="mean"``,
            which is then taken as it is.
        inputs: tensor of shape (N, …), of the parameters' dtype.
        targets: tensor of N labels, or of shape (N, C).
        batch_size: examples at once, all of them unless told. The result does not depend on it.

    Returns:
        A `flatlib.curvature.CurvatureOperator` of shape (P, P), ordered as ``module.parameters()``
        is. The trap: in float32 it is symmetric to 1e-7 of its size only, and small eigenvalues
        are noise. Pass ``module.double()``.

    Raises:
        ValueError: for BatchNorm or Dropout in training mode, by name; another reduction; another
            dtype; numbers of examples that differ.
        TypeError: if the module is not a `torch.nn.Module`, or inputs or targets not tensors.

    Example:
        >>> net = nn.Linear(1, 1, bias=False)
        >>> x = torch.tensor([[1.0], [3.0]])
        >>> hessian_operator(net, "squared", x, x) @ [1.0]
        array([5.])
    """
    return _operator(HessianLinearOperator, module, loss, inputs, targets, batch_size)


def gauss_newton_operator(
    module: Any, loss: Any, inputs: Any, targets: Any, *, batch_size: int | None = None
) -> CurvatureOperator:
    r"""The Gauss–Newton matrix :math:`\frac1N\sum_n J_n^\top\ell''_nJ_n` of a module.

    For ``"cross_entropy"`` and ``"squared"`` it is the Fisher information too.
    Page: ``book/your_own_network``.

    Args:
        module: as for `hessian_operator`, like all the others.
        loss: name, or loss of PyTorch.
        inputs: tensor of shape (N, …).
        targets: tensor; for ``"squared"`` and ``"cross_entropy"`` their values do not matter.
        batch_size: examples at once.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.
    """
    return _operator(GGNLinearOperator, module, loss, inputs, targets, batch_size)


def dense_hessian(module: Any, loss: Any, inputs: Any, targets: Any) -> np.ndarray:
    """The Hessian by ``torch.func.hessian``, PyTorch's own second derivatives, shape (P, P).

    Forward over reverse, one column after the other: for small modules only.
    Page: ``book/your_own_network``.

    Args:
        module: as for `hessian_operator`, like all the others.
        loss: name, or loss of PyTorch.
        inputs: tensor of shape (N, …).
        targets: tensor.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.
    """
    module, loss = prepare(module, loss, inputs, targets)
    names, parameters = zip(*module.named_parameters(), strict=True)
    sizes = [parameter.numel() for parameter in parameters]

    def value(theta: torch.Tensor) -> torch.Tensor:
        parts = zip(theta.split(sizes), parameters, strict=True)
        weights = [part.reshape(parameter.shape) for part, parameter in parts]
        arguments = dict(zip(names, weights, strict=True))
        return loss(torch.func.functional_call(module, arguments, inputs), targets)

    theta = torch.cat([parameter.detach().ravel() for parameter in parameters])
    with _old_scripts():
        return torch.func.hessian(value)(theta).detach().cpu().double().numpy()


def prepare(module: Any, loss: Any, inputs: Any, targets: Any) -> tuple[nn.Module, nn.Module]:
    """A copy of the module that nobody changes, and the loss; or a refusal."""
    for name, layer in require_module(module).named_modules():
        require_evaluation(name, layer)
    for tensor, name in ((inputs, "inputs"), (targets, "targets")):
        if not isinstance(tensor, torch.Tensor):
            raise TypeError(
                f"{name} must be a tensor, got {kind(tensor)}. Pass torch.as_tensor(…)."
            )
    dtype = next(module.parameters()).dtype
    if inputs.dtype != dtype or (targets.is_floating_point() and targets.dtype != dtype):
        came = f"{inputs.dtype} and {targets.dtype}"
        raise ValueError(f"inputs and targets must be {dtype}, got {came}. Pass inputs.to(dtype).")
    if len(inputs) != len(targets) or len(inputs) == 0:
        came = f"{len(inputs)} and {len(targets)}"
        raise ValueError(f"inputs and targets must be equally many, got {came}. Pass one for each.")
    return copy.deepcopy(module).requires_grad_(True), _require_loss(loss)


def _require_loss(loss: Any) -> nn.Module:
    if not isinstance(loss, nn.Module):
        return LOSSES[require_choice(loss, "loss", LOSSES)]()
    if getattr(loss, "reduction", None) != "mean":
        came = getattr(loss, "reduction", "none")
        raise ValueError(f"loss must have reduction 'mean', got {came!r}. Divide by N.")
    return loss


def _operator(kind_of, module, loss, inputs, targets, batch_size) -> CurvatureOperator:
    module, loss = prepare(module, loss, inputs, targets)
    size = (
        len(inputs) if batch_size is None else require_integer(batch_size, "batch_size", minimum=1)
    )
    batches = list(zip(inputs.split(size), targets.split(size), strict=True))
    # curvlinops multiplies a random vector twice, to see that nothing depends on chance
    with torch.random.fork_rng(devices=[]), _old_scripts():
        operator = kind_of(module, loss, list(module.parameters()), batches)
    scipy_operator = operator.to_scipy()

    def products(vectors: np.ndarray) -> np.ndarray:
        starts = range(0, vectors.shape[1], COLUMNS)
        # a copy in C order: PyTorch takes neither read-only nor reversed arrays
        parts = [np.array(vectors[:, start : start + COLUMNS], order="C") for start in starts]
        return np.concatenate([scipy_operator.matmat(part) for part in parts], axis=1)

    return CurvatureOperator(products, scipy_operator.shape[0])
