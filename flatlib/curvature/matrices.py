"""The public matrices of curvature: one door for each, one closed form behind them."""

from typing import Any

import numpy as np

from flatlib._guards import require_integer, require_sequence
from flatlib.curvature import exact
from flatlib.curvature._derivatives import derivatives_of
from flatlib.curvature._finite import SMALLER, finite
from flatlib.curvature._memory import BUDGET
from flatlib.networks import MLP, ParamsLike
from flatlib.objective import Objective, require_objective
from flatlib.weighted import WeightedSum


def gradient(function: Any, params: Any) -> np.ndarray:
    r"""Gradient :math:`\nabla L(\theta)`, shape (P,).

    Page: ``book/hessian_transform``.

    Args:
        function: any callable ``params -> float`` written with ``autograd.numpy``; of a
            `flatlib.Objective` or a `flatlib.WeightedSum` of some it is in closed form.
        params: arrays of the network's shapes; for a callable, one array or any (nested) list,
            tuple or dict of arrays.

    Returns:
        float64 vector of shape (P,), ordered as `flatlib.flatten` orders params.

    Raises:
        ValueError: for a wrong shape, NaN or infinity, in params or in the result.
        TypeError: for complex or object arrays, or a function that does not return one number or
            that autograd cannot follow.

    Example:
        >>> gradient(lambda p: p[0] * p[1], np.array([2.0, 5.0]))
        array([5., 2.])
        >>> gradient(lambda p: p["w"] @ p["w"] + p["b"], {"w": np.array([1.0, 2.0]), "b": 5.0})
        array([2., 4., 1.])
    """
    known = derivatives_of(function)
    return finite("the gradient", known.remedy, lambda: known.gradient(params))


def hessian(function: Any, params: Any, *, budget: int = BUDGET) -> np.ndarray:
    r"""Exact Hessian :math:`\nabla^2 L(\theta)`, shape (P, P).

    Paper: Dinh et al., section 2 and Theorem 3; Wu et al., equation (7).
    Page: ``book/exact_hessians``.

    Args:
        function: any callable ``params -> float`` written with ``autograd.numpy``, which costs P
            backward passes; of a `flatlib.Objective` or a `flatlib.WeightedSum` of some it is in
            closed form, a handful of matrix products.
        params: as for `flatlib.gradient`.
        budget: bytes for the temporaries of the closed form, whatever the number of examples; and
            for the matrix, where that takes more than 1 GiB.

    Returns:
        float64 matrix of shape (P, P) taking 8 P^2 bytes; symmetric to the last bit for an
        objective or a sum. At a kink of the activation there is no Hessian: entries are those of
        the side that the slope is taken from, and `flatlib.certify` tells how far the nearest kink
        is.

    Raises:
        ValueError: for a wrong shape, NaN or infinity, in params or in the result.
        TypeError: for complex or object arrays, or a function that does not return one number or
            that autograd cannot follow.
        MemoryError: if the matrix is not free, or takes more than 1 GiB and than ``budget``:
            `flatlib.hessian_operator` never forms it.

    Example:
        >>> hessian(lambda p: p[0] * p[1], np.array([2.0, 5.0]))
        array([[0., 1.],
               [1., 0.]])
    """
    return _matrix(function, params, (True, True), budget)


def gauss_newton(
    objective: Objective | WeightedSum, params: ParamsLike, *, budget: int = BUDGET
) -> np.ndarray:
    r"""Gauss–Newton matrix :math:`\frac1N\sum_n J_n^\top \ell''_n J_n`, shape (P, P).

    What the curvature of the loss contributes to the Hessian; positive semidefinite. It is the
    whole Hessian where every example is fitted exactly. The ``l2`` of an objective is in it: a
    squared loss of its own, linear in the params. What takes network and loss apart is closed to
    other functions and networks of one's own; `flatlib.hessian` takes them.

    Paper: Wu et al., equation (7), first term. Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data, or a `flatlib.WeightedSum`.
        params: arrays of the network's shapes.
        budget: bytes for the temporaries.

    Raises:
        ValueError, TypeError, MemoryError: as `flatlib.hessian` does.
    """
    return _matrix(objective, params, (True, False), budget)


def residual_part(
    objective: Objective | WeightedSum, params: ParamsLike, *, budget: int = BUDGET
) -> np.ndarray:
    r"""What the slope of the loss contributes, :math:`\frac1N\sum_n \ell'_n \nabla^2 f_n`.

    The Hessian is `flatlib.gauss_newton` plus this. With a piecewise linear activation it has no
    block of a layer with itself.

    Paper: Wu et al., equation (7), second term (printed without a factor of 2 that their loss
    asks for). Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data, or a `flatlib.WeightedSum`.
        params: arrays of the network's shapes.
        budget: bytes for the temporaries.

    Raises:
        ValueError, TypeError, MemoryError: as `flatlib.hessian` does.
    """
    return _matrix(objective, params, (False, True), budget)


def hessian_block(
    objective: Objective, params: ParamsLike, layers: tuple[int, int], *, budget: int = BUDGET
) -> np.ndarray:
    """Block (k, l) of the Hessian, at the cost of that block alone.

    Page: ``book/exact_hessians``.

    Args:
        objective: with a fully connected network.
        params: arrays of the network's shapes.
        layers: the two layers, counted from 1; a layer's parameters are its weights, row by row,
            and then its biases.
        budget: bytes for the temporaries.

    Returns:
        float64 matrix, entries of layer k by entries of layer l.

    Raises:
        ValueError: if there are no such layers, or as `flatlib.hessian` does.
        TypeError: if the network is not fully connected.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> hessian_block(objective, ([[10.0]], [[0.1]]), (2, 2))
        array([[100.]])
    """
    network = require_objective(objective).network
    if not isinstance(network, MLP):
        raise TypeError(
            f"objective must have a flatlib.MLP, got {type(network).__name__}. "
            "Cut the block out of flatlib.hessian."
        )
    require_sequence(layers, "layers", 2)
    numbers = [require_integer(layer, "layers", minimum=1) for layer in layers]
    if max(numbers) > network.depth:
        raise ValueError(
            f"layers must be from 1 to {network.depth}, got {tuple(layers)}. "
            "Layers of weights are counted, not layers of units."
        )
    places, alone = [k - 1 for k in numbers], objective.without_l2()
    block = finite("the block", SMALLER, lambda: exact.block(alone, params, places, budget=budget))
    if places[0] == places[1]:
        block.flat[:: len(block) + 1] += objective.l2[places[0]]
    return block


def _matrix(function: Any, params: Any, parts: tuple[bool, bool], budget: int) -> np.ndarray:
    known = derivatives_of(function)
    return finite("the matrix", known.remedy, lambda: known.matrix(params, parts, budget))
