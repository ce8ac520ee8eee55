"""How far a network is from the nearest point where it has no Hessian."""

import numpy as np

from flatlib.curvature._conv_kinks import kink_margin_conv
from flatlib.networks import ConvNet, ParamsLike, require_mlp
from flatlib.objective import Objective, require_objective


def kink_margin(objective: Objective, params: ParamsLike) -> float:
    r"""Smallest :math:`|z - c| / (\sum_i |w_i a_i| + |b|)` over hidden units, examples and kinks c.

    That is the relative change of a unit's incoming weights and bias, each of them by this much or
    less, that puts one example on its kink. It is the same number along the orbit of every
    scaling in ``flatlib.transforms``. An example whose input to the layer is 0 is left out where
    there is no bias: no change of the weights moves it.

    Returns:
        A number from 0 (on a kink) to 1; infinite if the activation has no kink, or nothing can
        reach one.
    """
    network = require_objective(objective).network
    if isinstance(network, ConvNet):
        return kink_margin_conv(objective, params)
    network = require_mlp(network)
    params = network.require_params(params)
    hidden, margin = objective.inputs, np.inf
    zs = network.pre_activations(params, objective.inputs)
    for (weights, bias), z in zip(network.layers(params)[:-1], zs, strict=False):
        terms = np.abs(hidden) @ np.abs(weights) + (0.0 if bias is None else np.abs(bias))
        moves = (hidden != 0).any(axis=1) | (bias is not None)
        for kink in network.activation.kinks:
            # a unit without weights sits on a kink at 0 for every example, and reaches no other
            stuck = np.full_like(z, np.inf if kink else 0.0)
            ratios = np.divide(np.abs(z - kink), terms, out=stuck, where=terms > 0)
            margin = min(margin, ratios[moves].min(initial=np.inf))
        hidden = network.activation(z)
    return float(margin)
