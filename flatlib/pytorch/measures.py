r"""Measures of a module: those that a scaling moves, and those that it cannot move.

With T the diagonal of a scaling, the Hessian becomes :math:`T^{-1}HT^{-1}` and the parameters
:math:`T\theta`. Whatever pairs each parameter with its own row and column of the Hessian therefore
stays: T cancels.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from flatlib._guards import require_array, require_shape
from flatlib.curvature import CurvatureOperator
from flatlib.curvature._operators import multiply, require_operator
from flatlib.pytorch._chosen import chosen_names
from flatlib.pytorch._copies import private_copy
from flatlib.pytorch._data import as_tensor, require_rows
from flatlib.pytorch._door import run
from flatlib.pytorch._follow import walk
from flatlib.pytorch._refusals import require_finite_parameters, require_module
from flatlib.pytorch.operators import gauss_newton_operator


def parameters_of(module: Any, *, params: Any = None) -> np.ndarray:
    r"""The parameters as one vector :math:`\theta`, shape (P,), float64.

    Page: ``book/your_own_network``.

    Args:
        module: a `torch.nn.Module`.
        params: as for `hessian_operator`, whose order this is: all but the frozen ones unless told.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.

    Example:
        >>> parameters_of(nn.Linear(3, 2)).shape
        (8,)
    """
    names = chosen_names(require_module(module), params)
    chosen = map(module.get_parameter, names)
    return np.concatenate([p.detach().cpu().double().numpy().ravel() for p in chosen])


def relative_operator(operator: Any, theta: Any) -> CurvatureOperator:
    r"""Curvature against relative changes of the weights, :math:`\diag|\theta|\,H\,\diag|\theta|`.

    Its largest eigenvalue is the adaptive sharpness of Kwon et al. (2021) to second order. A
    scaling of channels leaves the whole matrix as it is.

    Page: ``book/your_own_network``.

    Args:
        operator: a symmetric matrix (P, P) or an operator, such as that of `hessian_operator`.
        theta: the parameters in its order, shape (P,).

    Raises:
        ValueError: for another shape, NaN or infinity.
        TypeError: for what is neither matrix nor operator.

    Example:
        >>> relative_operator(np.diag([1.0, 2.0]), [3.0, -1.0]) @ [1.0, 1.0]
        array([9., 2.])
    """
    operator = require_operator(operator)
    sizes = np.abs(require_array(theta, "theta", ndim=1))
    require_shape(sizes, operator.shape[:1], "theta")
    return CurvatureOperator(
        lambda vectors: sizes[:, None] * multiply(operator, sizes[:, None] * vectors), len(sizes)
    )


def fisher_rao(module: Any, loss: Any, inputs: Any, targets: Any = None) -> float:
    r"""Squared Fisher–Rao norm :math:`\theta G\theta^\top`, with G the Gauss–Newton matrix.

    Paper: Liang et al. 2019. Page: ``book/your_own_network``.

    Args:
        module: as for `hessian_operator`, like all the others.
        loss: ``"squared"`` or ``"cross_entropy"``; for these G is the Fisher information.
        inputs: tensor of shape (N, …), or batches.
        targets: tensor.

    Returns:
        A number >= 0, of the parameters that are not frozen, which no scaling moves. The trap:
        without biases and normalization it is a function of the outputs alone, K squared times the
        mean of what the loss's curvature makes of them (K layers), and knows nothing more of the
        weights.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.
    """
    theta = parameters_of(module)
    return float(theta @ (gauss_newton_operator(module, loss, inputs, targets) @ theta))


def path_norm(module: Any, inputs: torch.Tensor) -> float:
    r"""Sum over all paths through a module of the products of their absolute weights.

    Computed in one pass: absolute weights, biases and batch normalizations, on an input of ones.
    A path may begin at a bias; a max-pool takes the largest, an average pool the mean.

    Paper: Neyshabur et al. 2015 (Path-SGD). Page: ``book/your_own_network``.

    Args:
        module: of the layers that `rescaled` knows.
        inputs: shape (N, …); the shape and dtype of one of them are used, not the values.

    Returns:
        A number >= 0, which no scaling moves. The trap: it knows neither data nor loss.

    Raises:
        ValueError, TypeError: as `rescaled` does.

    Example:
        >>> net = nn.Sequential(nn.Linear(1, 1, bias=False), nn.ReLU(), nn.Linear(1, 1, bias=False))
        >>> with torch.no_grad():
        ...     _ = net[0].weight.fill_(-2.0), net[2].weight.fill_(3.0)
        >>> path_norm(net, torch.ones(1, 1))
        6.0
    """
    found = walk(require_module(module))
    require_finite_parameters(module)
    inputs = as_tensor(inputs, "inputs", next(module.parameters()).dtype)
    require_rows(inputs, "inputs")
    positive = private_copy(module)
    with torch.no_grad():
        for layer in found.layers:
            _make_positive(positive.get_submodule(layer.name))
        return float(run(positive, torch.ones_like(inputs[:1])).sum())


def _make_positive(layer: nn.Module) -> None:
    """Absolute weight and bias; of a normalization those of the affine map that it is."""
    if isinstance(layer, nn.modules.batchnorm._BatchNorm):
        norm: Any = layer  # one without statistics has been refused
        shift = norm.running_mean
        if norm.weight is None:
            shift.copy_(-shift.abs())
            return
        norm.bias -= norm.weight * shift / (norm.running_var + norm.eps).sqrt()
        shift.zero_()
    for parameter in layer.parameters():
        parameter.abs_()
