"""The curvature that a filter-normalized picture of the loss shows on average."""

from flatlib.curvature import hessian_diagonal
from flatlib.networks import ParamsLike
from flatlib.networks.units import unit_indices
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten


def filter_normalized_curvature(objective: Objective, params: ParamsLike) -> float:
    r"""Mean second derivative along filter-normalized directions.

    A direction d is Gaussian, rescaled unit by unit to the length of the unit's weights; biases do
    not move (``ignore="biasbn"`` in the authors' code; they add 1e-10 to the length that they
    divide by, which is left out here). The mean is a closed form:

    .. math:: \mathbb{E}[d\,\nabla^2L\,d^\top]
              = \sum_s \frac{\lVert w_s\rVert^2}{n_s}\,\tr H_{ss},

    where n_s is the number of weights of unit or filter s: the diagonal blocks of
    `relative_flatness`, over n_s, of all layers.

    Source: Li et al. 2018 for the directions; the formula is ours.
    Page: ``book/what_survives``.

    Args:
        objective: a `flatlib.Objective`; filters of a `flatlib.ConvNet` count as units.
        params: arrays of the network's shapes.

    Returns:
        A real number. The trap: it is invariant to scaling whole layers, not to scaling units:
        what undoes a unit's factor changes lengths of filters above by unequal amounts.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> filter_normalized_curvature(objective, ([[2.0]], [[3.0]]))
        72.0
    """
    network = require_objective(objective).network
    theta = flatten(network.require_params(params))
    diagonal, total = hessian_diagonal(objective, params), 0.0
    for layer in unit_indices(network):
        squares = (theta[layer.weights] ** 2).mean(axis=0)
        total += (squares * diagonal[layer.weights].sum(axis=0)).sum()
    return float(total)
