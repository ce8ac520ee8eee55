"""The last layer alone is a linear problem: solve it, and a wide enough net sits at a minimum."""

import numpy as np

from flatlib.losses import SquaredLoss
from flatlib.networks import Params, ParamsLike, require_mlp
from flatlib.objective import Objective, require_no_l2


def fit_output_layer(objective: Objective, params: ParamsLike) -> Params:
    r"""Params with the last layer replaced by the least-squares fit of least norm.

    With the squared loss L is quadratic in the last layer. If the hidden units span the examples
    the fit is exact, the loss is 0, and that is a global minimum in all parameters: an exact
    minimum for free on data of your own, without a kink where a trained net would have one.

    Page: ``book/index``.

    Args:
        objective: with `flatlib.SquaredLoss`.
        params: the hidden layers to keep; the last layer's entries are not used.

    Raises:
        TypeError: if the loss is not squared, or the network no `flatlib.MLP`.
        ValueError: as ``objective.network.predict`` does.
    """
    if not isinstance(require_no_l2(objective, why="it has no exact fit").loss, SquaredLoss):
        raise TypeError(
            f"objective must have the squared loss, got {objective.loss}. "
            "No other loss is quadratic in the last layer."
        )
    network = require_mlp(objective.network)
    params = network.require_params(params)
    hidden = objective.inputs
    if network.depth > 1:
        hidden = network.activation(network.pre_activations(params, hidden)[-2])
    if network.bias:
        hidden = np.hstack([hidden, np.ones((len(hidden), 1))])
    solution = np.linalg.lstsq(hidden, objective.targets, rcond=None)[0]
    if not network.bias:
        return (*params[:-1], solution)
    return (*params[:-2], solution[:-1], solution[-1])
