r"""The curvature of a module as SciPy operators and as a matrix, by double backward.

One convention, ours: :math:`L = \frac1N\sum_n\ell_n`, the mean over examples and no mean over
outputs. ``"squared"`` is half the squared distance; ``torch.nn.MSELoss()`` is 2/C of that, with C
outputs. ``"cross_entropy"`` is ``torch.nn.CrossEntropyLoss()``.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import torch

from flatlib.pytorch._checks import SYMMETRY, require_symmetric
from flatlib.pytorch._culprit import blame
from flatlib.pytorch._door import prepare
from flatlib.pytorch._operator import ModuleOperator
from flatlib.pytorch._products import Products

COLUMNS = 16  # products at once: each holds changes of all outputs


def hessian_operator(
    module: Any,
    loss: Any,
    inputs: Any,
    targets: Any = None,
    *,
    params: Any = None,
    batch_size: int | None = None,
    progress: bool = False,
) -> ModuleOperator:
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
        targets: N labels of any integer dtype, or an array of shape (N, …). Left out if ``inputs``
            is a DataLoader, or anything else that gives pairs (inputs, targets) anew in each pass:
            nothing but targets and outputs is kept of it, and what is others in a later pass is
            refused.
        params: the parameters to measure: names of parameters or of parts of the module, modules or
            parameters, one or a list of them; or a function of name and parameter that says yes or
            no. Unless told, all but the frozen ones; ``params=module`` is all.
        batch_size: examples that the module is run on at once; all of them unless told, and then
            their graph is kept as long as the operator is. The result does not depend on it,
            whatever the loss averages over: class weights and ignored labels are counted over all.
        progress: show a bar of the batches on stderr in each pass: one for a product.

    Returns:
        A `ModuleOperator` of shape (P, P), ordered as ``module.parameters()`` is; its ``block`` is
        that of a layer, and its ``frozen`` names what is left out. The trap: in float32 it is
        symmetric to 1e-7 of its size only, and small eigenvalues are noise. Pass
        ``module.double()``. And derivatives are what autograd says: that of a ReLU at 0 is 0, and
        an ``autograd.Function`` of one's own is believed.

    Raises:
        ValueError: for BatchNorm or Dropout in training mode, a layer that PyTorch cannot
            differentiate twice, NaN or infinity: by name; for outputs that differ from run to run,
            or from batch to batch, or are cut off from parameters; a loss that is a sum or has
            parameters; another dtype; labels out of range; numbers of examples that differ.
        TypeError: if the module is not a `torch.nn.Module`, inputs or targets are no arrays of
            numbers, or batches are no pairs or can be gone through but once.

    Example:
        >>> net = torch.nn.Linear(1, 1, bias=False)
        >>> x = torch.tensor([[1.0], [3.0]])
        >>> hessian_operator(net, "squared", x, x) @ [1.0]
        array([5.])
    """
    options = {"params": params, "batch_size": batch_size, "progress": progress}
    products = Products(prepare(module, loss, inputs, targets, **options))
    return _operator(products, products.hessian)


def gauss_newton_operator(
    module: Any,
    loss: Any,
    inputs: Any,
    targets: Any = None,
    *,
    params: Any = None,
    batch_size: int | None = None,
    progress: bool = False,
) -> ModuleOperator:
    r"""The Gauss–Newton matrix :math:`J^\top\ell''J` of a module.

    J is the Jacobian of all outputs and :math:`\ell''` the Hessian of the loss in them. For
    ``"cross_entropy"`` with labels and ``"squared"`` it is the Fisher information too.
    Page: ``book/your_own_network``.

    Args:
        module: as for `hessian_operator`, like all the others.
        loss: name, loss of PyTorch or function.
        inputs: shape (N, …), or batches.
        targets: for ``"squared"`` and ``"cross_entropy"`` their values do not matter.
        params: those to measure.
        batch_size: examples at once.
        progress: show a bar of the batches.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.
    """
    options = {"params": params, "batch_size": batch_size, "progress": progress}
    products = Products(prepare(module, loss, inputs, targets, **options))
    return _operator(products, products.gauss_newton)


def dense_hessian(
    module: Any, loss: Any, inputs: Any, targets: Any = None, *, params: Any = None
) -> np.ndarray:
    """The Hessian as a matrix, shape (P, P): a product with each unit vector.

    For small modules only. It is seen to be symmetric but for rounding, and then made so.
    Page: ``book/your_own_network``.

    Args:
        module: as for `hessian_operator`, like all the others.
        loss: name, loss of PyTorch or function.
        inputs: shape (N, …), or batches.
        targets: N labels, or shape (N, …).
        params: those to measure.

    Raises:
        ValueError, TypeError: as `hessian_operator` does.
    """
    products = Products(prepare(module, loss, inputs, targets, params=params))
    matrix = _columns(products, products.hessian)(np.eye(products.size))
    asymmetry, scale = np.abs(matrix - matrix.T).max(), np.abs(matrix).max()
    if asymmetry > SYMMETRY[products.slopes.dtype] * scale:
        came = f"entries {asymmetry / scale:.1g} of the largest off their mirror images"
        rule, remedy = "have a symmetric second derivative", "Try module.double()."
        raise blame(products.problem, rule, came, remedy)
    return (matrix + matrix.T) / 2


def _operator(products: Products, multiply: Callable) -> ModuleOperator:
    refused = partial(blame, products.problem)
    require_symmetric(multiply, products.size, products.slopes, refused)
    return ModuleOperator(_columns(products, multiply), products.problem)


def _columns(products: Products, multiply: Callable) -> Callable[[np.ndarray], np.ndarray]:
    """Products with the columns of an array of NumPy, some at once."""

    def result(vectors: np.ndarray) -> np.ndarray:
        # a copy in C order: PyTorch takes neither read-only nor reversed arrays
        rows = torch.from_numpy(np.array(vectors.T, order="C", dtype=np.float64))
        parts = [multiply(part.to(products.slopes)) for part in rows.split(COLUMNS)]
        return torch.cat(parts).detach().cpu().double().numpy().T

    return result
