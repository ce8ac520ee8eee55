r"""Exact gradient and Hessian of a convolutional net in closed form.

A convolution is a linear layer at T positions. The Hessian is Gauss–Newton plus a residual part,

.. math:: \nabla^2 L = \sum_n J_n^\top S_n J_n
          + \sum_{n,t,q} \delta_{l,ntq}\, \nabla^2 z_{l,ntq},

with :math:`\delta_l = \partial L/\partial z_l` and S the curvature of the loss. The first is one
symmetric product. The second has, for kernels k < l, the blocks

.. math:: R_{k,l(p,q)} = \sum_{n,t} \frac{\partial a_{l,ntp}}{\partial\theta_k}\,\delta_{l,ntq},

with the tangents of the layer's input :math:`a_l` pushed forward through the positions that ReLU
and max pooling let through, and for curved activations the products of tangents of z weighted by
:math:`\phi''`. No Hessian-vector product is taken.
"""

import numpy as np

from flatlib._guards import require_integer
from flatlib.curvature import _conv_blocks as blocks
from flatlib.curvature._conv_kinks import kink_margin_conv
from flatlib.curvature._conv_products import ConvProducts, gauss_newton_matmat, hessian_matmat
from flatlib.curvature._conv_slice import add_slice
from flatlib.curvature._conv_tape import cotangents, loss_seeds, record
from flatlib.curvature._memory import BUDGET, allocate
from flatlib.networks import ConvNet, Params, ParamsLike
from flatlib.networks._banded import correlate
from flatlib.networks.convnet import require_convnet
from flatlib.objective import Objective, require_objective

__all__ = [
    "ConvProducts",
    "gauss_newton_matmat",
    "gradient",
    "hessian",
    "hessian_matmat",
    "kink_margin_conv",
]


def gradient(objective: Objective, params: ParamsLike, *, budget: int = BUDGET) -> np.ndarray:
    r"""Exact gradient :math:`\nabla L(\theta)` of a convolutional net, by backpropagation.

    Page: ``book/exact_hessians``.

    Args:
        objective: a `flatlib.ConvNet`, loss and data.
        params: arrays with the network's shapes.
        budget: bytes for the temporaries.

    Returns:
        float64 vector of shape (P,), ordered as `flatlib.flatten` orders params.

    Raises:
        ValueError, TypeError: as ``objective.network.predict`` does; TypeError for another network.

    Example:
        >>> from flatlib.networks import Conv, ConvNet
        >>> net = ConvNet((2, 1), [Conv(1, 2)], bias=False)
        >>> gradient(Objective(net, "squared", [[[1.0], [2.0]]], [[0.0]]), [[[[1.0]], [[1.0]]]])
        array([3., 6.])
    """
    network, params = _require(objective, params, budget)
    total = np.zeros(network.num_params)
    for examples in blocks.slices(objective, budget, blocks.gradient_size(network)):
        tape = record(objective, params, examples)
        parts: list[np.ndarray] = []
        for step, flowing in cotangents(tape, loss_seeds(objective, tape)):
            at_z = step.to_z(flowing)[:, :, 0]
            parts[:0] = [correlate(step.maps, at_z, step.stage.window).reshape(-1)] + (
                [at_z.sum(axis=(0, 2))] * network.bias
            )
        total += np.concatenate(parts)
    return total


def hessian(
    objective: Objective,
    params: ParamsLike,
    *,
    residual: bool = True,
    curvature: bool = True,
    out: np.ndarray | None = None,
    budget: int = BUDGET,
) -> np.ndarray:
    r"""Exact Hessian :math:`\nabla^2 L(\theta)` of a convolutional net, or one of its two parts.

    Paper: Wu, Zhu & E, equation (7) and Figure 2. Page: ``book/exact_hessians``.

    Args:
        objective: a `flatlib.ConvNet`, loss and data.
        params: arrays with the network's shapes.
        residual: whether to include the residual part; without it, Gauss–Newton.
        curvature: whether to include Gauss–Newton; without it, the residual part.
        out: a float64 array (P, P), contiguous, that is overwritten and returned.
        budget: bytes for the temporaries; examples are worked through in slices that fit, one
            example being the least.

    Returns:
        float64 matrix of shape (P, P), symmetric to the last bit; takes 8 P^2 bytes. At a kink
        of the activation or a tie of max pooling there is no Hessian: entries are those of the
        side that the slope, or the first of equal entries, stands for.

    Raises:
        ValueError: for wrong shapes, or if both parts are left out.
        TypeError: for another network or ``out`` of another type.

    Example:
        >>> from flatlib.networks import Conv, ConvNet
        >>> net = ConvNet((2, 1), [Conv(1, 2)], bias=False)
        >>> hessian(Objective(net, "squared", [[[1.0], [2.0]]], [[0.0]]), [[[[1.0]], [[1.0]]]])
        array([[1., 2.],
               [2., 4.]])
    """
    network, params = _require(objective, params, budget)
    blocks.require_a_part(residual, curvature)
    result = blocks.prepare(out, network.num_params)
    layout = blocks.Layout(network, budget)
    for examples in blocks.slices(objective, budget - layout.fixed_bytes, layout.example_size):
        tape = record(objective, params, examples)
        add_slice(result, tape, objective, layout, residual=residual, curvature=curvature)
    blocks.mirror(result, layout.room)
    return result


def assemble(
    objective: Objective,
    params: ParamsLike,
    *,
    gauss_newton: bool,
    residual: bool,
    budget: int = BUDGET,
) -> np.ndarray:
    """The Hessian or one of its parts, in the form of `flatlib.curvature.exact.assemble`."""
    room = allocate(objective.network.num_params, budget)
    return hessian(
        objective, params, residual=residual, curvature=gauss_newton, out=room, budget=budget
    )


def example_gradients(objective: Objective, params: Params, examples: slice) -> np.ndarray:
    """Gradients of single examples' losses, one row each, shape (n, P)."""
    numbers = np.arange(objective.num_examples)[examples]
    return np.array([gradient(objective.subset([n]), params) for n in numbers])


def _require(objective: Objective, params: ParamsLike, budget: int) -> tuple[ConvNet, Params]:
    network = require_convnet(require_objective(objective).network)
    require_integer(budget, "budget", minimum=1)
    return network, network.require_params(params)
