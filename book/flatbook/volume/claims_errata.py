"""Errata to Theorem 2 and its proof: a step left out, a factor and hypotheses not needed."""

from functools import partial
from itertools import pairwise

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import taught
from flatbook.volume.march import HEIGHT, march, number_of_overlaps
from flatbook.volume.scenes import islands
from flatlib.measures import (
    Box,
    certified_box,
    clipped_volume,
    flat_interval,
    loss_bound,
    strip_area,
)
from flatlib.networks import MLP
from flatlib.transforms import alpha_scale

_dinh = partial(
    claim, paper="dinh2017", place="section 4.1, proof of Theorem 2", verdict="holds", page="volume"
)


@_dinh("S2")
def connectedness_is_left_out(rng: np.random.Generator) -> Check:
    """For n_1 != n_2 the printed proof shows that T_alpha B is large and low, but not that it is
    connected to theta; for that the boxes on the way from 1 to alpha are needed.

    A continuous loss of three weights that T_2 and its powers leave alone, but no T_alpha between
    them, passes every printed step: low boxes of growing volume. Its component is bounded.
    """
    thetas = rng.normal(size=(500, 3)) * rng.lognormal(size=(500, 1))
    double, theta, radius = np.array([2.0, 2.0, 0.5]), np.array([1.0, 0.0, 1.0]), 0.02
    corners = theta + rng.uniform(-radius, radius, size=(500, 3))
    images = np.array([corners * double**k for k in range(6)])
    wall = thetas.copy()
    wall[:, 2] *= np.linalg.norm(wall[:, :2], axis=1) / np.abs(wall[:, 2]) / 2
    return Check.all_of(
        "low, large, and cut off: with T_2 alone; never with all T_alpha",
        [
            Check.equal("T_2 leaves the loss alone", islands(thetas), islands(thetas * double),
                        tolerance=1e-9),
            Check.at_most("highest loss on T_2^k B, k to 5", 0.1, islands(images).max()),
            Check.equal("det T_2", 2.0, double.prod(), tolerance=0.0),
            Check.at_least("loss where |theta_1| = 2 |theta_2|: a wall round C", 0.75 - 1e-9,
                           islands(wall).min()),
            *_boxes_on_the_way(rng),
        ],
    )  # fmt: skip


def _boxes_on_the_way(rng: np.random.Generator) -> list[Check]:
    """What the proof leaves out: a chain of low boxes from theta to its image under T_10."""
    net = MLP((4, 5, 2), bias=False)
    objective, params = taught(net, 20, rng)
    box = certified_box(objective, params, HEIGHT)
    half_a_step = np.log(box.disjoint_step(np.ones(net.num_params, dtype=bool))) / 2
    alphas = np.geomspace(1, 10, int(np.log(10) / half_a_step) + 2)
    path = [box.scaled(alpha_scale(net, alpha).multipliers) for alpha in alphas]
    steps = np.linspace(0, len(path) - 1, 20).astype(int)
    return [
        Check.equal("a rectified net from alpha = 1 to 10: neighbours that do not overlap", 0,
                    sum(not one.overlaps(two) for one, two in pairwise(path)), tolerance=0.0),
        Check.equal("and the bound of the loss on the way",
                    np.full(20, loss_bound(objective, box)),
                    [loss_bound(objective, path[k]) for k in steps],
                    tolerance=1e-10),
    ]  # fmt: skip


@_dinh("S3")
def half_the_step_is_enough(rng: np.random.Generator) -> Check:
    """The factor 2 in the paper's alpha is not needed: (|theta_1| + r) / (|theta_1| - r) parts the
    boxes, in the max norm, and no smaller alpha does if theta_1 holds the largest weight.

    If theta_2 holds it, theta_2 in place of theta_1 gives a smaller alpha.
    """
    net, parts = MLP((3, 5, 3), bias=False), []
    for name, layer in [("theta_1 holds the largest weight", 0), ("theta_2 does", 1)]:
        box = _with_its_largest_weight_in(layer, net, rng)
        radius = box.half_widths[0]
        first, top = (np.abs(box.centre[k]).max() for k in (0, layer))
        step = box.disjoint_step(np.ones(net.num_params, dtype=bool))
        printed = 2 * (first + radius) / (first - radius)
        steps = (printed, step * (1 + 1e-9), step * (1 - 1e-3 * (step - 1)))
        counts = [_overlaps_after(alpha, net, box) for alpha in steps]
        parts += [
            Check.equal(f"{name}: the smallest step", (top + radius) / (top - radius), step),
            Check.equal(
                "pairs that overlap: the paper's step, this one, one a little shorter (5 or more)",
                [0, 0, 5],
                [*counts[:2], min(counts[2], 5)],
                tolerance=0.0,
            ),
            Check.at_least("the paper's over it", 2.0 * (1 - 1e-9), printed / step),
        ]
    return Check.all_of("half the paper's alpha parts the boxes, and less does not", parts)


def _with_its_largest_weight_in(layer: int, net: MLP, rng: np.random.Generator) -> Box:
    """The box at a minimum moved along its orbit until this layer has it, by a factor of 4."""
    objective, params = taught(net, 20, rng)
    largest = [np.abs(array).max() for array in params]
    factor = np.sqrt(largest[1] / largest[0]) * (2.0 if layer == 0 else 0.5)
    return certified_box(objective, alpha_scale(net, factor)(params), HEIGHT)


def _overlaps_after(alpha: float, net: MLP, box: Box) -> int:
    """How many pairs of the boxes T_alpha^k B, k from 0 to 5, share a point."""
    boxes = [box.scaled(alpha_scale(net, alpha**k).multipliers) for k in range(6)]
    return number_of_overlaps(boxes)


@_dinh("S4")
def hypotheses_not_needed(rng: np.random.Generator) -> Check:
    """Theorem 2 needs neither a minimum nor theta_1 != 0 != theta_2, only a continuous loss.

    At theta = 0 the boxes around 0 sweep out |theta_1 theta_2| < r^2, of infinite area. Where the
    loss jumps the theorem is false: 0 on the hyperbola and 1 off it has a C without area.
    """
    radius, clips = 0.4, np.array([4.0, 40.0, 400.0])
    areas = [2 * strip_area(-(radius**2), radius**2, clip) for clip in clips]
    sampled = clipped_volume(partial(_is_swept, radius), (1, 1), clips[0], rng)
    net = MLP((3, 4, 3), bias=False)
    (objective, _), elsewhere = taught(net, 20, rng), net.init(rng)
    parts = march("no minimum", objective, certified_box(objective, elsewhere, HEIGHT), rng)
    dead = tuple(0 * array for array in elsewhere)
    box = certified_box(objective, dead, HEIGHT)
    images = [box.scaled(alpha_scale(net, alpha).multipliers) for alpha in np.geomspace(1, 1e6, 7)]
    return Check.all_of(
        "at theta = 0, at no minimum, and where the loss jumps",
        [
            Check.equal("theta = 0: area of |theta_1 theta_2| < r^2, clipped at 4, 40, 400",
                        4 * radius**2 * (1 + 2 * np.log(clips / radius)), areas),
            Check.equal("the same swept by boxes, sampled", areas[0], sampled.value,
                        tolerance=4 * sampled.standard_error / areas[0]),
            Check.equal("theta = 0 in a net of 24 weights: bound on boxes swept to alpha = 10^6",
                        np.full(7, loss_bound(objective, box)),
                        [loss_bound(objective, image) for image in images], tolerance=1e-10),
            *parts,
            Check.equal("a jump: width of C across the hyperbola", 0.0,
                        flat_interval(_jump, 1.0, 0.5).length, tolerance=1e-12),
        ],
    )  # fmt: skip


def _is_swept(radius: float, thetas: np.ndarray) -> np.ndarray:
    """Whether some alpha has |theta_1| < alpha r and |theta_2| < r / alpha."""
    first, second = np.abs(thetas).T
    return first / radius < radius / second


def _jump(product: float) -> float:
    return 0.0 if product == 1.0 else 1.0
