"""V(k) along the orbits of two layers: part of the claim on log-convexity."""

import numpy as np

from flatbook.check import Check
from flatlib.losses import SquaredLoss
from flatlib.measures import flattest, log_product
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons

_VALUE = 1e-8  # what a convex programme promises of it


def least_products(rng) -> list[Check]:
    """V(k) on two layers that fit, 4-3-1 without biases: blocks of rank 12 and 3, so k below 6."""
    net, inputs = MLP((4, 3, 1), bias=False), rng.normal(size=(40, 4))
    params = net.init(rng)
    fit = Objective(net, SquaredLoss(1.0), inputs, net.predict(params, inputs))
    near = [scale_neurons(net, [np.exp(0.1 * rng.normal(size=3))]) for _ in range(5)]
    away, parts = scale_neurons(net, [np.exp(rng.normal(size=3))])(params), []
    for k in (1, 3, 5):
        best, other = (flattest(fit, p, measure="log_product", k=k) for p in (params, away))
        there = [log_product(fit, move(best.params), k) for move in near]
        parts += [
            Check.equal(f"V({k}): value", log_product(fit, best.params, k), best.value,
                        tolerance=_VALUE),
            Check.equal(f"V({k}): from elsewhere", best.value, other.value, tolerance=_VALUE),
            Check.at_least(f"V({k}): a neighbour above it, by", -_VALUE, min(there) - best.value),
        ]  # fmt: skip
    return [*parts, Check.equal("V(7) has no least value", 1.0, float(_is_refused(fit, params, 7)))]


def _is_refused(objective: Objective, params, k: int) -> bool:
    try:
        flattest(objective, params, measure="log_product", group="layers", k=k)
    except ValueError as error:
        return "has a least value" in str(error)
    return False
