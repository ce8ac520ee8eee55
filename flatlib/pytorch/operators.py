r"""The curvature of a module as SciPy operators and as a matrix, by double backward.

One convention, ours: :math:`L = \frac1N\sum_n\ell_n`, the mean over examples and no mean over
outputs. ``"squared"`` is half the squared distance; ``torch.nn.MSELoss()`` is 2/C of that, with C
outputs. ``"cross_entropy"`` is ``torch.nn.CrossEntropyLoss()``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from flatlib._guards import require_integer
from flatlib.curvature import CurvatureOperator
from flatlib.pytorch._checks import SYMMETRY, require_symmetric
from flatlib.pytorch._door import prepare
from flatlib.pytorch._products import Products
from flatlib.pytorch._refusals import refusal

COLUMNS = 16  # products at once: each holds changes of all outputs


def hessian_operator(
    module: Any,
    loss: Any,
    inputs: Any,
    targets: Any,
    *,
    batch_size: int | None = None,
    parameters: str = "all",
) -> CurvatureOperator:
    r"""The Hessian of a module's loss, :math:`\nabla^2 L(\theta)`, as an operator.

    It is the operator that `flatlib.hessian_operator` returns, so `flatlib.top_eigenvalues`,
    `flatlib.curvature.hutchinson_trace` and the others take it. Products are PyTorch's double
    backward. Before the operator is returned, they are seen to be symmetric on two random vectors:
    :math:`u^\top Hv = v^\top Hu`.

    Page: ``book/your_own_network``.

    Args:
        module: a `torch.nn.Module` that maps one tensor to one tensor, without random or
            batch-dependent parts. It is copied: training it further changes nothing here.
        loss: ``"squared"``, ``"cross_entropy"``, a loss of PyTorch (taken as it is, with its
            weights and ignored labels), or any function of all outputs and all targets that
            returns one number and has no parameters.
        inputs: tensor of shape (N, …), of the parameters' dtype or of integers, for tokens; or an
            array or a list, which is converted.
        targets: N labels of any integer dtype, or an array of shape (N, …).
        batch_size: examples that the module is run on at once; all of them unless told, and then
            their graph is kept as long as the operator is. The result does not depend on it,
            whatever the loss averages over.
        parameters: ``"all"``, frozen ones too, or ``"trainable"``, those that require_grad.

    Returns:
        A `flatlib.curvature.CurvatureOperator` of shape (P, P), ordered as ``module.parameters()``
        is. The trap: in float32 it is symmetric to 1e-7 of its size only, and small eigenvalues
        are noise. Pass ``module.double()``. And derivatives are what autograd says: that of a
        ReLU at 0 is 0, and an ``autograd.Function`` of one's own is believed.

    Raises:
        ValueError: for BatchNorm or Dropout in training mode, a layer that PyTorch cannot
            differentiate twice, NaN or infinity: by name; for outputs that differ from run to run,
            or from batch to batch, or are cut off from parameters; a loss that is a sum or has
            parameters; another dtype; labels out of range; numbers of examples that differ.
        TypeError: if the module is not a `torch.nn.Module`, or inputs or targets are no arrays of
            numbers, such as a DataLoader.

    Example:
        >>> net = torch.nn.Linear(1, 1, bias=False)
        >>> x = torch.tensor([[1.0], [3.0]])
        >>> hessian_operator(net, "squared", x, x) @ [1.0]
        array([5.])
    """
    products = _products(module, loss, inputs, targets, batch_size, parameters)
    return _operator(products, products.hessian)


def gauss_newton_operator(
    module: Any,
    loss: Any,
    inputs: Any,
    targets: Any,
    *,
    batch_size: int | None = None,
    parameters: str = "all",
) -> CurvatureOperator:
    r"""The Gauss–Newton matrix :math:`J^\top\ell''J` of a module.

    J is the Jacobian of all outputs and :math:`\ell''` the Hessian of the loss in them. For
    ``"cross_entropy"`` with labels and ``"squared"`` it is the Fisher information too.
    Page: ``book/your_own_network``.

    Args:
        module: as for `hessian_operator`, like all the others.
        loss: name, loss of PyTorch or function.
        inputs: shape (N, …).
        targets: for ``"squared"`` and ``"cross_entropy"`` their values do not matter.
        batch_size: examples at once.
        parameters: ``"all"`` or ``"trainable"``.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.
    """
    products = _products(module, loss, inputs, targets, batch_size, parameters)
    return _operator(products, products.gauss_newton)


def dense_hessian(
    module: Any, loss: Any, inputs: Any, targets: Any, *, parameters: str = "all"
) -> np.ndarray:
    """The Hessian as a matrix, shape (P, P): a product with each unit vector.

    For small modules only. It is seen to be symmetric but for rounding, and then made so.
    Page: ``book/your_own_network``.

    Args:
        module: as for `hessian_operator`, like all the others.
        loss: name, loss of PyTorch or function.
        inputs: shape (N, …).
        targets: N labels, or shape (N, …).
        parameters: ``"all"`` or ``"trainable"``.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.
    """
    products = _products(module, loss, inputs, targets, None, parameters)
    matrix = _columns(products, products.hessian)(np.eye(products.size))
    asymmetry, scale = np.abs(matrix - matrix.T).max(), np.abs(matrix).max()
    if asymmetry > SYMMETRY[products.slopes.dtype] * scale:
        came = f"entries {asymmetry / scale:.1g} of the largest off their mirror images"
        raise refusal("", "have a symmetric second derivative", came, "Try module.double().")
    return (matrix + matrix.T) / 2


def _products(
    module: Any, loss: Any, inputs: Any, targets: Any, batch_size: Any, parameters: Any
) -> Products:
    problem = prepare(module, loss, inputs, targets, parameters)
    size = len(problem.inputs)
    if batch_size is not None:
        size = require_integer(batch_size, "batch_size", minimum=1)
    return Products(problem, size)


def _operator(products: Products, multiply: Callable) -> CurvatureOperator:
    require_symmetric(multiply, products.size, products.slopes)
    return CurvatureOperator(_columns(products, multiply), products.size)


def _columns(products: Products, multiply: Callable) -> Callable[[np.ndarray], np.ndarray]:
    """Products with the columns of an array of NumPy, some at once."""

    def result(vectors: np.ndarray) -> np.ndarray:
        # a copy in C order: PyTorch takes neither read-only nor reversed arrays
        rows = torch.from_numpy(np.array(vectors.T, order="C", dtype=np.float64))
        parts = [multiply(part.to(products.slopes)) for part in rows.split(COLUMNS)]
        return torch.cat(parts).detach().cpu().double().numpy().T

    return result
