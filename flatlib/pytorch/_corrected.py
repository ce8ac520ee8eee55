"""Functions of PyTorch whose second derivatives it has wrong or not at all, by other operations.

Same values, so that only derivatives change; and only inside the runs of a measured module.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.nn import functional
from torch.overrides import TorchFunctionMode


def _weight_norm(v: torch.Tensor, g: torch.Tensor, dim: int = 0) -> torch.Tensor:
    """PyTorch 2.13 takes the norm of v for a constant when it differentiates a second time."""
    return v * (g / torch.norm_except_dim(v, 2, dim))


def _hardsigmoid(input: torch.Tensor, inplace: bool = False) -> torch.Tensor:
    """``hardsigmoid_backward`` has no derivative in PyTorch 2.13."""
    return functional.hardtanh(input / 6 + 0.5, 0.0, 1.0)


CORRECTED: dict[Any, Callable] = {
    torch._weight_norm: _weight_norm,
    functional.hardsigmoid: _hardsigmoid,
}


class Corrected(TorchFunctionMode):
    """While it is entered, the functions of CORRECTED are called in place of PyTorch's."""

    def __torch_function__(
        self,
        func: Callable,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        return CORRECTED.get(func, func)(*args, **(kwargs or {}))
