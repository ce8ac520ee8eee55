"""The door of all measures of a module: what came is made tensors, copied and checked once."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from flatlib.pytorch._batches import Batches, require_batches
from flatlib.pytorch._chosen import chosen_names, frozen_names
from flatlib.pytorch._copies import Kept, copy_and_kept
from flatlib.pytorch._corrected import Corrected
from flatlib.pytorch._data import require_rows
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
        names: of the parameters to differentiate by, in the order of the module.
        frozen: names of those that are left out for being frozen.
        kept: what the copy holds of an earlier run of the module.
    """

    module: nn.Module
    loss: Loss
    batches: Batches
    names: tuple[str, ...]
    frozen: tuple[str, ...]
    kept: Kept

    @cached_property
    def parameters(self) -> tuple[nn.Parameter, ...]:
        """Those to differentiate by."""
        return tuple(map(self.module.get_parameter, self.names))

    def run(self, inputs: torch.Tensor) -> torch.Tensor:
        """The outputs of the module; a refusal instead of somebody else's error."""
        outputs = run(self.module, inputs)
        require_rows(outputs, "outputs of the module")
        return outputs


def prepare(
    module: Any,
    loss: Any,
    inputs: Any,
    targets: Any,
    *,
    params: Any = None,
    batch_size: int | None = None,
    progress: bool = False,
) -> Problem:
    """Check what came, and copy the module."""
    for name, layer in require_module(module).named_modules():
        require_evaluation(name, layer)
        require_second_derivatives(name, layer)
    require_finite_parameters(module)
    loss = require_loss(loss)
    names, frozen = chosen_names(module, params), frozen_names(module, params)
    batches = require_batches(inputs, targets, next(module.parameters()), batch_size, progress)
    copied, kept = copy_and_kept(module)
    copied.requires_grad_(False)
    for name in names:
        copied.get_parameter(name).requires_grad_()
    _forget_gradient_options(copied)
    return Problem(copied, loss, batches, names, frozen, kept)


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
        # the same chance in each pass: a loader that shuffles does it in one way
        torch.default_generator.manual_seed(0)
        yield
