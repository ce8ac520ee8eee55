"""Sections 1 and 2: what flat may mean, and the volume that is flat."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import LEFT, RIGHT, half_widths, two_wells, with_a_silent_unit
from flatlib.data import teacher_student
from flatlib.measures import epsilon_sharpness, flat_interval, spectral_norm
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons

_dinh = partial(claim, paper="dinh2017", page="three_notions")


@_dinh("DINH-I1", place="section 1", verdict="illustrated")
def flat_has_three_meanings(rng: np.random.Generator) -> Check:
    """Works differ in what flat means: a large region, a small curvature, a small worst loss.

    Illustrated by two minima that the notions rank differently, and by how often two random
    quadratic minima are.
    """
    heights = np.array([0.2, 0.4, 0.55])
    found = [[_length(at, h) for at in (LEFT, RIGHT)] for h in heights]
    worst = [[epsilon_sharpness(two_wells, at, h, rng) for at in (LEFT, RIGHT)] for h in heights]
    curvatures = [spectral_norm(two_wells, at) for at in (LEFT, RIGHT)]
    rulings = [
        [curvatures[0] < curvatures[1], wide[0] > wide[1], steep[0] < steep[1]]
        for wide, steep in zip(found, worst, strict=True)
    ]
    return Check.all_of(
        "which of two minima is flatter depends on the notion, and on epsilon",
        [
            Check.equal("curvature of the two wells", [1.0, 6.0], curvatures),
            Check.equal(
                "lengths at heights 0.2, 0.4, 0.55",
                [[2 * width for width in half_widths(h)] for h in heights],
                found,
            ),
            Check.equal(
                "sharpness at the same radii",
                [[h**2 / 2 + 7 * h**4 / 2, ((1 + 60 * h**2) ** 0.5 - 1) / 10] for h in heights],
                worst,
            ),
            Check.equal(
                "left is flatter by curvature, volume, sharpness: 1 1 1, then 1 0 1, then 1 0 0",
                [[1, 1, 1], [1, 0, 1], [1, 0, 0]],
                np.array(rulings, dtype=int),
                tolerance=0.0,
            ),
            Check.at_least(
                "of 1000 pairs of random quadratic minima with 5 weights: part on which norm, "
                "trace and volume are not unanimous",
                0.1,
                _part_not_unanimous(rng),
            ),
        ],
    )


def _length(point, height):
    return flat_interval(two_wells, point, height).length


def _part_not_unanimous(rng: np.random.Generator) -> float:
    """Norm and trace should be small; the volume of {delta H delta < 2 epsilon}, as det, too."""
    eigenvalues = rng.lognormal(size=(1000, 2, 5))
    numbers = [eigenvalues.max(axis=2), eigenvalues.sum(axis=2), eigenvalues.prod(axis=2)]
    votes = sum((first < second).astype(int) for first, second in (n.T for n in numbers))
    return float(np.mean((votes > 0) & (votes < 3)))


@_dinh("DINH-D0", place="section 2", verdict="holds")
def observational_equivalence(rng: np.random.Generator) -> Check:
    """Parameters with the same function on all inputs are equivalent; L depends on that alone.

    Equality on the training inputs is weaker: a unit that is silent on all of them can say
    anything elsewhere.
    """
    net = MLP((2, 4, 1))
    data, elsewhere = teacher_student(net, 30, rng), rng.normal(size=(200, 2)) * 10
    theta, loss = data.params, Objective(net, "squared", data.inputs, data.targets - 1.0)
    equal = _exchanged(scale_neurons(net, [rng.lognormal(size=4)])(theta), rng.permutation(4))
    one, other = with_a_silent_unit(data, says=1.0), with_a_silent_unit(data, says=-1.0)
    apart = net.predict(one, elsewhere) - net.predict(other, elsewhere)
    return Check.all_of(
        "equivalent parameters have one loss; agreeing on the data is not enough to be equivalent",
        [
            Check.equal(
                "units rescaled and exchanged: same answers far from the data",
                net.predict(theta, elsewhere),
                net.predict(equal, elsewhere),
            ),
            Check.equal("no accident: the units agree", _invariants(theta), _invariants(equal)),
            Check.equal("the same loss", loss(theta), loss(equal)),
            Check.equal(
                "L is continuous: a step of 1e-9 hardly moves it",
                loss(theta),
                loss(tuple(array + 1e-9 for array in theta)),
                tolerance=1e-6,
            ),
            Check.equal(
                "a unit silent on the data says 1, or -1: same answers there",
                net.predict(one, data.inputs),
                net.predict(other, data.inputs),
            ),
            Check.at_least("and other answers elsewhere, by", 1.0, np.abs(apart).max()),
        ],
    )


def _exchanged(params, order):
    """The hidden units of a network with two layers, in another order."""
    weights, bias, out, last = params
    return weights[:, order], bias[order], out[order], last


def _invariants(params):
    """What no rescaling of a unit changes, (w, b) |a| and the sign of a, in order of the first."""
    weights, bias, out, last = params
    units = np.vstack([np.vstack([weights, bias]) * np.abs(out[:, 0]), np.sign(out[:, 0])])
    return np.append(units[:, np.argsort(units[0])], last)


@_dinh("DINH-D1", place="section 2, Definition 1", verdict="holds")
def volume_flatness(rng: np.random.Generator) -> Check:
    """Flatness is the volume of C(L, theta, epsilon), where L < L(theta) + epsilon, around theta.

    C is the largest connected set of that kind: it exists, is open, and leaves other wells out.
    """
    height, tilt = rng.uniform(0.2, 0.8), rng.uniform(0.05, 0.2)
    left, right = flat_interval(_double, 1.0, height)
    grid = np.linspace(-2.5, 2.5, 500_001)
    tilted = flat_interval(lambda x: _double(x) + tilt * (x - 1) ** 2, 1.0, height)
    return Check.all_of(
        "the component is found by walking outwards, in agreement with closed forms and a grid",
        [
            Check.equal(
                "double well (x^2 - 1)^2: ends of the component of 1",
                [(1 - height**0.5) ** 0.5, (1 + height**0.5) ** 0.5],
                [left, right],
            ),
            Check.equal(
                "open: the ends are at the level", [height] * 2, [_double(left), _double(right)]
            ),
            Check.equal(
                "the other well is not counted: length over that of the whole set",
                0.5,
                (right - left) / _measure(_double(grid) < height, grid),
                tolerance=1e-3,
            ),
            Check.equal(
                "a tilted double well, against a grid",
                _grid_length(_double(grid) + tilt * (grid - 1) ** 2 < height, grid),
                tilted.length,
                tolerance=1e-3,
            ),
            Check.equal(
                "at the height of the barrier, strictly below: one well; higher up: both",
                [2.0**0.5, 2 * 2.2**0.5],
                [flat_interval(_double, 1.0, h).length for h in (1.0, 1.44)],
            ),
        ],
    )


def _double(x):
    return (x * x - 1) ** 2


def _measure(inside, grid):
    return inside.sum() * (grid[1] - grid[0])


def _grid_length(inside, grid):
    """Length of the run of grid points inside, around x = 1."""
    outside = grid[~inside]
    return outside[outside > 1].min() - outside[outside < 1].max()
