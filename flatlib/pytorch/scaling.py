r"""Scaling the layers and channels of a module without changing what it computes.

If what a layer reads has the scale r (one number for each channel) and what it writes is to have
the scale w, its weights take :math:`w_o / r_i` and its biases :math:`w_o`. Batch normalization in
evaluation is a layer of one weight for each channel; its running statistics are those of what it
reads, and move with it.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib.pytorch._copies import private_copy
from flatlib.pytorch._walk import Layer
from flatlib.pytorch.streams import solve


def rescaled(module: Any, scales: Any) -> nn.Module:
    r"""A copy of a module with other weights and the same outputs.

    Paper: Dinh et al., Definition 5 and supplement B; section 3 for convolutions. Theirs are
    chains of layers. Page: ``book/your_own_network``.

    Args:
        module: built of Linear, Conv1d, Conv2d, ReLU, LeakyReLU, max-pools and average pools,
            Flatten, Dropout and Identity, additions, and BatchNorm in evaluation mode. All
            float32 or all float64. A Linear is taken to read vectors (N, C).
        scales: alpha, a positive number that multiplies the first stream of `streams`; or
            ``{name of a layer: number, or one for each channel}`` for what those layers write.

    Returns:
        A new module; the one that came in is not touched. Outputs agree to rounding, some
        1e-6 of their size in float32, 1e-15 in float64, times the number of layers. The trap:
        with batch normalization running means and variances move too, and they are no parameters.

    Raises:
        ValueError: for a layer or a call that is not positively homogeneous, BatchNorm or Dropout
            in training mode, a layer used twice: each by its name; for a scale that is not
            positive, scales that disagree where streams are added, or scale inputs or outputs.
        TypeError: if ``module`` is not a `torch.nn.Module`.

    Example:
        >>> net = nn.Sequential(nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1))
        >>> scaled = rescaled(net, 10.0)
        >>> print(round((scaled[0].bias / net[0].bias).item(), 3))
        10.0
    """
    factors = _factors(module, scales)
    scaled = private_copy(module)
    with torch.no_grad():
        for name, factor in factors.items():
            tensor = scaled.get_parameter(name) if _owns(scaled, name) else scaled.get_buffer(name)
            tensor.mul_(torch.as_tensor(factor, dtype=tensor.dtype, device=tensor.device))
    return scaled


def multipliers(module: Any, scales: Any) -> np.ndarray:
    r"""What each parameter is multiplied by in `rescaled`: the diagonal of T, shape (P,).

    With ``d = 1 / multipliers(module, scales)`` Theorem 3 of Dinh et al. reads
    ``hessian(rescaled) = np.outer(d, d) * hessian``, for residual networks too.

    Paper: Dinh et al., Theorem 3. Page: ``book/your_own_network``.

    Args:
        module: as for `rescaled`.
        scales: as for `rescaled`.

    Returns:
        float64 vector, ordered as ``module.parameters()`` and `hessian_operator` are.

    Raises:
        ValueError, TypeError: as `rescaled` does.

    Example:
        >>> net = nn.Sequential(nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 1))
        >>> multipliers(net, 10.0)
        array([10. , 10. ,  0.1,  1. ])
    """
    factors = _factors(module, scales)
    parts = [
        np.broadcast_to(factors.get(name, 1.0), tuple(parameter.shape)).ravel()
        for name, parameter in module.named_parameters()
    ]
    return np.concatenate(parts)


def _owns(module: nn.Module, name: str) -> bool:
    return name in dict(module.named_parameters())


def _factors(module: Any, scales: Any) -> dict[str, np.ndarray]:
    """The factor of each tensor that moves, by its name, in a shape that broadcasts to it."""
    solution = solve(module)
    values, factors = solution.values(scales), {}
    for layer in solution.found.layers:
        writes = values[layer.writes]
        reads = np.ones(_num_inputs(layer)) if layer.reads is None else values[layer.reads]
        normalizes = isinstance(layer.module, nn.modules.batchnorm._BatchNorm)
        rule = _normalization if normalizes else _weights
        for tensor, factor in rule(layer, reads, writes).items():
            if getattr(layer.module, tensor) is not None:
                factors[f"{layer.name}.{tensor}".removeprefix(".")] = factor
    return factors


def _num_inputs(layer: Layer) -> int:
    sizes = (getattr(layer.module, name, None) for name in ("in_features", "in_channels"))
    return next((size for size in sizes if size), len(layer.writes))


def _weights(layer: Layer, reads: np.ndarray, writes: np.ndarray) -> dict[str, np.ndarray]:
    """Of a Linear or a convolution; with groups each output reads the channels of its own."""
    module: Any = layer.module
    groups = getattr(module, "groups", 1)
    per_output = np.repeat(reads.reshape(groups, -1), len(writes) // groups, axis=0)
    factor = writes[:, None] / per_output
    spread = factor.reshape(factor.shape + (1,) * (module.weight.ndim - 2))
    return {"weight": spread, "bias": writes}


def _normalization(layer: Layer, reads: np.ndarray, writes: np.ndarray) -> dict[str, np.ndarray]:
    """Statistics follow what is read; the weight makes up for the epsilon beside the variance."""
    module: Any = layer.module
    if module.weight is None:  # what is read is what is written, and the variance stays
        return {"running_mean": reads}
    variance = module.running_var.detach().cpu().double().numpy()
    before, after = variance + module.eps, reads**2 * variance + module.eps
    return {
        "running_mean": reads,
        "running_var": reads**2,
        "weight": writes * np.sqrt(after / before) / reads,
        "bias": writes,
    }
