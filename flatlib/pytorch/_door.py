"""The door of all measures of a module: what came is made tensors, copied and checked once."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from flatlib._guards import require_choice
from flatlib.pytorch._copies import Kept, copy_and_kept
from flatlib.pytorch._corrected import Corrected
from flatlib.pytorch._refusals import (
    brief,
    kind,
    refusal,
    require_evaluation,
    require_finite_parameters,
    require_module,
)
from flatlib.pytorch.losses import Loss, require_loss

#: layers whose second derivatives PyTorch lacks: what to take instead
MISSING = {
    nn.CrossMapLRN2d: "Use nn.LocalResponseNorm.",
    nn.EmbeddingBag: "Use nn.Embedding, and sum what it gives.",
}
RANDOM = (nn.FractionalMaxPool2d, nn.FractionalMaxPool3d)  # in evaluation, too


@dataclass(frozen=True, eq=False)
class Problem:
    """A module, a loss and data that have passed the door.

    Attributes:
        module: a copy that nobody else changes.
        parameters: those to differentiate by.
        kept: what the copy holds of an earlier run of the module.
    """

    module: nn.Module
    loss: Loss
    inputs: torch.Tensor
    targets: torch.Tensor
    parameters: tuple[nn.Parameter, ...]
    kept: Kept

    def run(self, inputs: torch.Tensor) -> torch.Tensor:
        """The outputs of the module; a refusal instead of somebody else's error."""
        outputs = run(self.module, inputs)
        require_rows(outputs, "outputs of the module")
        return outputs


def prepare(module: Any, loss: Any, inputs: Any, targets: Any, parameters: str) -> Problem:
    """Check what came, and copy the module."""
    for name, layer in require_module(module).named_modules():
        require_evaluation(name, layer)
        require_second_derivatives(name, layer)
    require_finite_parameters(module)
    loss = require_loss(loss)
    first = next(module.parameters())
    inputs, targets = require_data(inputs, targets, first.dtype)
    copied, kept = copy_and_kept(module)
    chosen = require_chosen(copied, parameters)
    copied.requires_grad_(False)
    for parameter in chosen:
        parameter.requires_grad_()
    _forget_gradient_options(copied)
    return Problem(copied, loss, inputs, targets, chosen, kept)


def require_chosen(module: nn.Module, parameters: str) -> tuple[nn.Parameter, ...]:
    """The parameters of a module to differentiate by, in their order: all, or those not frozen."""
    require_choice(parameters, "parameters", ("all", "trainable"))
    everything = parameters == "all"
    chosen = tuple(p for p in module.parameters() if everything or p.requires_grad)
    if not chosen:
        came = "all of them frozen"
        raise refusal("", "have trainable parameters", came, 'Pass parameters="all".')
    return chosen


def require_second_derivatives(name: str, layer: nn.Module) -> None:
    """Refuse by name what cannot be differentiated twice: no formula, chance, weights that move."""
    if type(layer) in MISSING:
        raise refusal(name, "have second derivatives", kind(layer), MISSING[type(layer)])
    if isinstance(layer, RANDOM) and layer._random_samples is None:
        raise refusal(name, "give the same outputs twice", kind(layer), "Use a MaxPool.")
    if getattr(layer, "max_norm", None) is not None:
        came = f"{kind(layer)} with max_norm, which changes its weights"
        raise refusal(name, "keep its weights", came, "Set max_norm to None.")


def _forget_gradient_options(module: nn.Module) -> None:
    """Options of an embedding that change no output, only what autograd says of its gradient."""
    for layer in module.modules():
        if isinstance(layer, nn.Embedding):
            layer.padding_idx, layer.scale_grad_by_freq, layer.sparse = None, False, False


def require_data(
    inputs: Any, targets: Any, dtype: "torch.dtype | None" = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets as finite tensors of N rows; floats of ``dtype``, if one is given."""
    inputs, targets = as_tensor(inputs, "inputs", dtype), as_tensor(targets, "targets", dtype)
    for tensor, name in ((inputs, "inputs"), (targets, "targets")):
        require_rows(tensor, name)
        if dtype and tensor.is_floating_point() and tensor.dtype != dtype:
            raise ValueError(
                f"{name} must be {dtype} as the parameters are, got {tensor.dtype}. "
                f"Pass {name}.to({dtype})."
            )
    if len(inputs) != len(targets) or len(inputs) == 0:
        came = f"{len(inputs)} and {len(targets)}"
        raise ValueError(f"inputs and targets must be equally many, got {came}. Pass one for each.")
    return inputs, targets


def as_tensor(value: Any, name: str, dtype: "torch.dtype | None" = None) -> torch.Tensor:
    """A tensor of numbers for a tensor, an array or a list; floats of the last two in ``dtype``."""
    if isinstance(value, torch.Tensor):
        with torch.inference_mode(False):
            tensor = value.detach().clone()  # behind the checks nobody changes it
    elif isinstance(value, (np.ndarray, np.generic, list, tuple)):
        array = _array(value, name)
        tensor = torch.from_numpy(np.array(array, order="C"))
        tensor = tensor.to(dtype) if dtype and array.dtype.kind == "f" else tensor
    else:
        raise TypeError(
            f"{name} must be a tensor or an array, got {kind(value)}. "
            "Pass one tensor; join batches by torch.cat."
        )
    if tensor.is_complex():
        raise TypeError(f"{name} must be real, got {tensor.dtype}. Pass real and imaginary parts.")
    return tensor


def _array(value: Any, name: str) -> np.ndarray:
    if isinstance(value, (list, tuple)) and any(isinstance(row, torch.Tensor) for row in value):
        value = [row.detach().cpu().numpy() if hasattr(row, "detach") else row for row in value]
    try:
        array = np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be one rectangular array, got a ragged sequence. Pass equal lengths."
        ) from None
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, got dtype {array.dtype}. Convert them first.")
    return array


def require_rows(tensor: torch.Tensor, name: str) -> None:
    """Refuse a tensor without a batch axis, or with NaN or infinity."""
    if tensor.ndim == 0:
        raise ValueError(
            f"{name} must have an axis of examples, got one number. Pass {name}[None] for one."
        )
    bad = int((~tensor.detach().isfinite()).sum())
    if bad:
        raise ValueError(
            f"{name} must be finite, got {bad} NaN or infinite entries out of {tensor.numel()}. "
            "Find where they came from before measuring anything."
        )


def run(module: nn.Module, inputs: torch.Tensor) -> torch.Tensor:
    """One tensor of outputs, or a refusal that holds the error of the module's forward."""
    try:
        with Corrected():
            outputs = module(inputs)
    except Exception as error:  # whatever the forward of somebody's module raises
        rule = f"take inputs of shape {tuple(inputs.shape)}, {inputs.dtype}"
        raise refusal("", rule, brief(error), _ALONE) from error
    if not isinstance(outputs, torch.Tensor):
        raise refusal("", "return one tensor", kind(outputs), "Choose one of its outputs.")
    return outputs


_ALONE = "Call module(inputs) by itself; tokens are integers."


@contextlib.contextmanager
def surroundings(device: torch.device) -> Iterator[None]:
    """Gradients on, whatever the caller has switched off; chance and precision as they were."""
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.inference_mode(False))
        stack.enter_context(torch.enable_grad())
        stack.enter_context(torch.autocast(device.type, enabled=False))
        stack.enter_context(torch.random.fork_rng(devices=[]))
        # the other kernels of attention have no second derivatives
        stack.enter_context(sdpa_kernel(SDPBackend.MATH))
        yield
