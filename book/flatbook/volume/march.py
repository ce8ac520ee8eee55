"""The paper's boxes along an orbit: checks that they are low, grow, and are apart."""

from itertools import combinations

import numpy as np

from flatbook.check import Check
from flatlib.measures import Box, growth_exponent, loss_bound
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

HEIGHT = 0.05


def march(
    name: str,
    objective: Objective,
    box: Box,
    rng: np.random.Generator,
    layers: tuple[int, int] = (1, 2),
) -> list[Check]:
    """The paper's boxes T_alpha^k B for k = 0, ..., 5, with the smallest alpha that parts them."""
    net, exponent = objective.network, growth_exponent(objective.network, layers=layers)
    moving = alpha_scale(net, 2.0, layers=layers).multipliers != 1
    # boxes that touch must not overlap by a rounding
    alpha = box.disjoint_step(moving) * (1 + 1e-9)
    boxes = [box.scaled(alpha_scale(net, alpha**k, layers=layers).multipliers) for k in range(6)]
    return [
        *_are_low(name, objective, boxes, objective(box.centre) + HEIGHT, rng),
        Check.equal(
            f"{name}: log volume, k ({exponent}) log alpha added",
            box.log_volume + np.arange(6) * exponent * np.log(alpha),
            [image.log_volume for image in boxes],
        ),
        Check.equal(f"{name}: pairs that overlap", 0, number_of_overlaps(boxes), tolerance=0.0),
        *_one_long_step(name, box, net, layers),
    ]


def _are_low(
    name: str, objective: Objective, boxes: list[Box], level: float, rng: np.random.Generator
) -> list[Check]:
    """The loss on the boxes, by a bound and by a look inside."""
    return [
        Check.equal(
            f"{name}: bound of the loss on each of six boxes, computed anew: L + epsilon",
            np.full(6, level),
            [loss_bound(objective, image) for image in boxes],
            tolerance=1e-8,
        ),
        Check.at_most(
            f"{name}: highest loss of 60 points in them, L + epsilon or less",
            level,
            highest_loss(objective, boxes, rng),
        ),
    ]


def _one_long_step(name: str, box: Box, net: MLP, layers: tuple[int, int]) -> list[Check]:
    """Where one box is enough: alpha = 10^300, or 10^-300."""
    exponent = growth_exponent(net, layers=layers)
    if exponent == 0:
        return []
    far = alpha_scale(net, 10.0 ** (300 * np.sign(exponent)), layers=layers).multipliers
    return [
        Check.equal(
            f"{name}: powers of ten gained in one step of 10^300",
            300 * abs(exponent),
            (box.scaled(far).log_volume - box.log_volume) / np.log(10),
        )
    ]


def highest_loss(objective: Objective, boxes: list[Box], rng: np.random.Generator) -> float:
    """Of ten random points in each box: a look inside, not a bound."""
    return max(float(objective(box.draw(rng))) for box in boxes for _ in range(10))


def number_of_overlaps(boxes: list[Box]) -> int:
    """Pairs of boxes that share a point."""
    return sum(one.overlaps(other) for one, other in combinations(boxes, 2))
