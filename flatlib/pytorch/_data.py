"""What comes in as data, made finite tensors of numbers."""

from typing import Any

import numpy as np
import torch

from flatlib.pytorch._refusals import kind


def require_data(
    inputs: Any, targets: Any, dtype: "torch.dtype | None" = None
) -> tuple[torch.Tensor, torch.Tensor]:
    """Inputs and targets as finite tensors of N rows; floats of ``dtype``, if one is given."""
    inputs, targets = as_tensor(inputs, "inputs", dtype), as_tensor(targets, "targets", dtype)
    for tensor, name in ((inputs, "inputs"), (targets, "targets")):
        if dtype and tensor.is_floating_point() and tensor.dtype != dtype:
            raise ValueError(
                f"{name} must be {dtype} as the parameters are, got {tensor.dtype}. "
                f"Pass {name}.to({dtype})."
            )
    require_pair(inputs, targets)
    return inputs, targets


def require_pair(inputs: torch.Tensor, targets: torch.Tensor) -> None:
    """Refuse what has no rows, has NaN, or is not equally many."""
    require_rows(inputs, "inputs")
    require_rows(targets, "targets")
    if len(inputs) != len(targets) or len(inputs) == 0:
        came = f"{len(inputs)} and {len(targets)}"
        raise ValueError(f"inputs and targets must be equally many, got {came}. Pass one for each.")


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
            "Pass one tensor, or a DataLoader of pairs and no targets."
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
