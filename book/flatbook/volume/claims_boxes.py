"""Section 4.1: every minimum of a rectified net has infinite volume."""

from functools import partial
from itertools import combinations

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.symmetries.scenes import two_weights
from flatbook.three_notions.scenes import taught
from flatbook.volume.march import HEIGHT, march, number_of_overlaps
from flatlib.measures import certified_box, fastest_pair, growth_exponent, loss_bound
from flatlib.networks import MLP
from flatlib.transforms import alpha_scale

_dinh = partial(claim, paper="dinh2017", page="volume")
_exact = partial(Check.equal, tolerance=0.0)
_close = partial(Check.equal, tolerance=1e-8)


@_dinh("DINH-T2", place="section 4.1, Theorem 2", verdict="holds")
def infinite_volume(rng: np.random.Generator) -> Check:
    """At a minimum of a rectified net with one hidden layer, C(L, theta, epsilon) is infinite.

    One box certainly lies in C. So do its images under T_alpha, which grow without limit if
    n_1 and n_2 differ, and are as large as itself and disjoint, without end, if they do not.
    """
    parts = []
    for name, net in {
        "n_1 > n_2": MLP((4, 5, 2), bias=False),
        "n_1 < n_2": MLP((2, 5, 4), bias=False),
        "n_1 = n_2": MLP((3, 5, 3), bias=False),
    }.items():
        objective, params = taught(net, 20, rng)
        parts += march(name, objective, certified_box(objective, params, HEIGHT), rng)
    return Check.all_of("boxes inside C whose volumes add up to as much as one likes", parts)


@_dinh("DINH-F3", place="Figure 3", verdict="holds")
def boxes_along_the_hyperbola(rng: np.random.Generator) -> Check:
    """For two weights the boxes T_alpha^k B have one area, are disjoint, and march along a curve.

    On logarithmic axes they are copies of each other, shifted.
    """
    height = rng.uniform(0.05, 0.2)
    objective, centre = two_weights(), ([[1.0]], [[1.0]])
    box = certified_box(objective, centre, height)
    radius = np.sqrt(1 + np.sqrt(2 * height)) - 1
    alpha = (1 + radius) / (1 - radius) * (1 + 1e-9)
    boxes = [box.scaled([alpha**k, alpha**-k]) for k in range(-2, 4)]
    areas = [np.exp(image.log_volume) for image in boxes]
    bounds = [loss_bound(objective, image) for image in boxes]
    return Check.all_of(
        "six boxes on the hyperbola, k from -2 to 3",
        [
            _close("radius: (1 + r)^2 = 1 + sqrt(2 epsilon)", np.full(2, radius), box.half_widths),
            _close("areas", np.full(6, 4 * radius**2), areas),
            _exact("pairs that overlap", 0, number_of_overlaps(boxes)),
            _close("bound of the loss on each", np.full(6, height), bounds),
            Check.equal(
                "shift from one to the next on logarithmic axes",
                np.tile([np.log(alpha), -np.log(alpha)], (5, 2, 1)),
                np.diff(np.log([image.ends for image in boxes]), axis=0),
                tolerance=1e-10,
            ),
        ],
    )


@_dinh("DINH-T2g", place="section 4.1, after Theorem 2", verdict="holds")
def any_depth_any_pair(rng: np.random.Generator) -> Check:
    """The theorem extends to rectified nets in general, by scaling any two of their layers.

    With c = n_j + (biases of layers j to k - 1) - n_k in place of n_1 - n_2.
    """
    parts = [*_exponents(rng, bias=False), *_exponents(rng, bias=True)]
    for net, layers in [(MLP((3, 4, 4, 2)), (1, 2)), (MLP((3, 4, 3, 5)), (1, 3))]:
        objective, params = taught(net, 20, rng)
        box = certified_box(objective, params, HEIGHT)
        parts += march(f"{net.layer_sizes}, layers {layers}", objective, box, rng, layers)
    exponent = growth_exponent(MLP((3, 7, 4)))
    return Check.all_of(
        "exponents of all pairs of layers, and boxes in nets of three layers",
        [*parts, _exact("one hidden layer with biases: 0 if m = d + 1", 0, exponent)],
    )


def _exponents(rng: np.random.Generator, *, bias: bool) -> list[Check]:
    """Of all pairs of layers of a net of random widths: counted, and from the matrix."""
    net = MLP(tuple(int(n) for n in rng.integers(2, 6, size=5)), bias=bias)
    pairs = list(combinations(range(1, 5), 2))
    exponents = [growth_exponent(net, layers=pair) for pair in pairs]
    return [
        _exact(
            f"{'with' if bias else 'no'} biases, six pairs of four layers: log det T_e",
            [_counted(net, *pair) for pair in pairs],
            exponents,
        ),
        Check.equal(
            "the same from the matrix",
            exponents,
            [_log_det(net, pair) for pair in pairs],
            tolerance=1e-10,
        ),
        _exact(
            "no pair is faster than fastest_pair",
            np.abs(exponents).max(),
            abs(growth_exponent(net, layers=fastest_pair(net))),
        ),
    ]


def _counted(net: MLP, first: int, second: int) -> int:
    sizes = net.layer_sizes
    biases = sum(sizes[first:second]) if net.bias else 0
    return sizes[first - 1] * sizes[first] + biases - sizes[second - 1] * sizes[second]


def _log_det(net: MLP, pair: tuple[int, int]) -> float:
    return np.linalg.slogdet(np.diag(alpha_scale(net, np.e, layers=pair).multipliers))[1]
