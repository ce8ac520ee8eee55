"""Sections 1 and 2: what flat may mean, and when two networks are the same."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import (
    LEFT,
    RIGHT,
    flat_length,
    half_widths,
    two_wells,
    with_a_silent_unit,
)
from flatlib.data import teacher_student
from flatlib.measures import epsilon_sharpness, spectral_norm
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons

_dinh = partial(claim, paper="dinh2017", page="three_notions")
_EPSILONS = np.array([0.2, 0.4, 0.55])


@_dinh("DINH-I1", place="section 1", verdict="illustrated")
def flat_has_three_meanings(rng: np.random.Generator) -> Check:
    """Works differ in what flat means: a large region, a small curvature, a small worst loss.

    Illustrated by two minima that the notions rank differently, and by how often two random
    quadratic minima are.
    """
    curvatures = [spectral_norm(two_wells, at) for at in (LEFT, RIGHT)]
    lengths = [[flat_length(at, h) for at in (LEFT, RIGHT)] for h in _EPSILONS]
    worst = [[epsilon_sharpness(two_wells, at, h, rng) for at in (LEFT, RIGHT)] for h in _EPSILONS]
    return Check.all_of(
        "which of two minima is flatter depends on the notion, and on epsilon",
        [
            *_closed_forms(curvatures, lengths, worst),
            Check.equal(
                "left is flatter by curvature, volume, sharpness: 1 1 1, then 1 0 1, then 1 0 0",
                [[1, 1, 1], [1, 0, 1], [1, 0, 0]],
                _left_is_flatter(curvatures, lengths, worst),
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


def _left_is_flatter(curvatures, lengths, worst) -> np.ndarray:
    """For each epsilon by each notion: 1 if it is, else 0."""
    rulings = [
        [curvatures[0] < curvatures[1], wide[0] > wide[1], steep[0] < steep[1]]
        for wide, steep in zip(lengths, worst, strict=True)
    ]
    return np.array(rulings, dtype=int)


def _closed_forms(curvatures, lengths, worst) -> list[Check]:
    """What each notion says of the two wells, from their formulas."""
    rises = [[h**2 / 2 + 7 * h**4 / 2, ((1 + 60 * h**2) ** 0.5 - 1) / 10] for h in _EPSILONS]
    widths = [[2 * width for width in half_widths(h)] for h in _EPSILONS]
    return [
        Check.equal("curvature of the two wells", [1.0, 6.0], curvatures),
        Check.equal("lengths at heights 0.2, 0.4, 0.55", widths, lengths),
        Check.equal("sharpness at the same radii", rises, worst),
    ]


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
            *_equal_on_the_data_alone(net, data, elsewhere),
        ],
    )


def _equal_on_the_data_alone(net: MLP, data, elsewhere: np.ndarray) -> list[Check]:
    """Two networks that agree on all training inputs and are not equivalent."""
    one, other = (with_a_silent_unit(data, says=answer) for answer in (1.0, -1.0))
    apart = net.predict(one, elsewhere) - net.predict(other, elsewhere)
    return [
        Check.equal(
            "a unit silent on the data says 1, or -1: same answers there",
            net.predict(one, data.inputs),
            net.predict(other, data.inputs),
        ),
        Check.at_least("and other answers elsewhere, by", 1.0, np.abs(apart).max()),
    ]


def _exchanged(params, order):
    """The hidden units of a network with two layers, in another order."""
    weights, bias, out, last = params
    return weights[:, order], bias[order], out[order], last


def _invariants(params):
    """What no rescaling of a unit changes, (w, b) |a| and the sign of a, in order of the first."""
    weights, bias, out, last = params
    units = np.vstack([np.vstack([weights, bias]) * np.abs(out[:, 0]), np.sign(out[:, 0])])
    return np.append(units[:, np.argsort(units[0])], last)
