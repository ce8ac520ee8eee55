"""How complex a function is, and the part of its Fisher information that Wu et al. tie it to."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from flatlib._guards import require_positive
from flatlib._types import ArrayLike
from flatlib.activations import ACTIVATIONS
from flatlib.curvature import autodiff
from flatlib.measures._two_layer import is_two_layer, require_two_layer
from flatlib.networks import MLP, ConvNet, Network, ParamsLike, require_network
from flatlib.objective import Objective, require_no_l2


def input_complexity(network: Network, params: ParamsLike, inputs: ArrayLike) -> float:
    r"""Mean squared length of the gradient in the input, :math:`\mathbb{E}\lVert\nabla_xf\rVert^2`.

    With several outputs, the sum over them. For two layers and one output it is the closed form
    :math:`\langle B^\top B, I_c\rangle` (equation 9), for any other network one backward pass
    through it for each output.

    Paper: Wu et al., section 4, before equation (9). Page: ``book/fisher_bound``.

    Args:
        network: a `flatlib.MLP` or `flatlib.ConvNet` of any depth.
        params: arrays of the network's shapes.
        inputs: shape (N, d), the points over which the mean is taken.

    Returns:
        A number >= 0. It belongs to the function, so no rescaling of the network moves it. The
        trap: it does depend on the units of x, and on which points are averaged over.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or what is no network.

    Example:
        >>> from flatlib import MLP
        >>> input_complexity(MLP((1, 1, 1), bias=False), ([[2.0]], [[3.0]]), [[1.0], [-1.0]])
        18.0
    """
    if is_two_layer(network):
        units = require_two_layer(network, params, inputs)
        return float((units.gram * units.fisher).sum())
    total = 0.0
    for rows in input_gradients(network, params, inputs):
        total += (rows**2).sum()
    return float(total / len(network.require_inputs(inputs)))


def input_gradients(
    network: Network, params: ParamsLike, inputs: ArrayLike
) -> Iterator[np.ndarray]:
    """For each output its gradient in x at each example, shape (N times the size of x,)."""
    params = require_network(network).require_params(params)
    inputs = network.require_inputs(inputs)
    for output in range(network.num_outputs):
        # one output of all examples added up: its gradient in x holds theirs side by side
        yield autodiff.gradient(_sum_of_one_output(network, params, output), inputs)


def _sum_of_one_output(
    network: Network, params: ParamsLike, output: int
) -> Callable[[np.ndarray], np.ndarray]:
    return lambda x: network.predict(params, x)[:, output].sum()


def bias_fisher(network: Network, params: ParamsLike, inputs: ArrayLike) -> np.ndarray:
    r"""Fisher information of hidden biases, :math:`I_c = \mathbb{E}[\nabla_cf\,\nabla_cf^\top]`.

    The model's own, for labels with Gaussian noise of variance 1; targets do not enter.

    Paper: Wu et al., section 4, equation (9). Page: ``book/fisher_bound``.

    Args:
        network: a `flatlib.MLP` with one hidden layer of K units and one output. Without biases,
            c = 0 is where the derivative is taken.
        params: arrays of the network's shapes.
        inputs: shape (N, d).

    Returns:
        float64 matrix of shape (K, K), positive semidefinite. The trap: scaling a unit moves it,
        although the function stays.

    Raises:
        ValueError: for another network, a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays.

    Example:
        >>> from flatlib import MLP
        >>> bias_fisher(MLP((1, 1, 1), bias=False), ([[2.0]], [[3.0]]), [[1.0], [-1.0]])
        array([[4.5]])
    """
    return require_two_layer(network, params, inputs).fisher


def bias_hessian(objective: Objective, params: ParamsLike) -> np.ndarray:
    r"""Hessian of the loss in the hidden biases, :math:`\nabla^2_cL`, exact.

    Contracted with :math:`B^\top B` it is the Laplacian of the loss when all inputs are shifted
    together, and as such it needs no bias parameters.

    Paper: Wu et al., section 4, equation (11). Page: ``book/fisher_bound``.

    Args:
        objective: a `flatlib.MLP` with one hidden layer of K units and one output, any loss.
        params: arrays of the network's shapes.

    Returns:
        float64 matrix of shape (K, K). The trap: the mean square of Wu et al. is
        ``SquaredLoss(factor=1.0)``; ``"squared"`` gives half of this matrix.

    Raises:
        ValueError: for another network, a wrong shape, NaN or infinity.
        TypeError: if the objective is none, or for complex or object arrays.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> bias_hessian(Objective(net, "squared", [[1.0]], [[6.0]]), ([[2.0]], [[3.0]]))
        array([[9.]])
    """
    network, loss = require_no_l2(objective, why="it is of the mean loss").network, objective.loss
    units = require_two_layer(network, params, objective.inputs)
    outputs = objective.outputs(params)
    slopes = loss.gradient(outputs, objective.targets)[:, 0]
    return units.hessian(slopes, loss.curvature(outputs, objective.targets)[:, 0, 0])


def path_norm(network: Network, params: ParamsLike, *, p: float | None = None) -> float:
    r"""Size of all paths through the network, in the form of Wu et al. or of Neyshabur et al.

    Without p, for two layers and one output, :math:`\sum_k|a_k|\,\lVert b_k\rVert_2` over the
    hidden units: :math:`\mathbb{E}\lVert\nabla_xf\rVert^2` is at most its square times the square
    of the steepest slope of the activation. Biases do not enter. With p, for any depth,

    .. math:: \Bigl(\sum_{\text{paths}}\ \prod_{w\in\text{path}}|w|^p\Bigr)^{1/p},

    by one pass of ones through :math:`|w|^p`; biases are where further paths begin. In a
    convolution a weight is on as many paths as it has positions; an average counts as it is, of the
    paths into a window of maxima those of its largest sum.

    Paper: Wu et al., section 4, after Neyshabur et al. 2015, whose code is the form with p (the
    code of Dziugaite et al. 2020 takes p = 2 without the root). Page: ``book/fisher_bound``.

    Args:
        network: a `flatlib.MLP` or a `flatlib.ConvNet`; without p, a `flatlib.MLP` with one hidden
            layer and one output.
        params: arrays of the network's shapes.
        p: > 0, usually 1 or 2; None for the form of Wu et al.

    Returns:
        A number >= 0. Scaling a unit does not move it. The trap: p = 1 is larger than the form
        without p, by up to a factor of sqrt(d); and only p = 2 bears a rotation of the inputs.

    Raises:
        ValueError: for another network, a p that is not positive, a wrong shape, NaN or infinity.
        TypeError: for complex or object arrays, or with p, a network of another kind.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((2, 1, 1), bias=False)
        >>> path_norm(net, ([[3.0], [4.0]], [[-2.0]]))
        10.0
        >>> path_norm(net, ([[3.0], [4.0]], [[-2.0]]), p=1)
        14.0
    """
    if p is None:
        units = require_two_layer(network, params, np.zeros((1, *network.input_shape)))
        lengths = np.linalg.norm(units.incoming, axis=0)
        return float((np.abs(units.outgoing) * lengths).sum())
    p = require_positive(p, "p")
    if type(network) is MLP or type(network) is ConvNet:  # of a subclass nobody knows the paths
        sizes = [np.abs(array) ** p for array in network.require_params(params)]
        linear = replace(network, activation=ACTIVATIONS["linear"])
        paths = linear.predict(sizes, np.ones((1, *network.input_shape)))
        return float(paths.sum() ** (1 / p))
    raise TypeError(
        "network must be a flatlib.MLP or a flatlib.ConvNet, whose paths are known, got "
        f"{type(network).__name__}. Build one of these."
    )
