"""Beyond both papers: what gradient flow conserves, and which of the bound's terms is larger."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.flattest_representative.claims_flattest import problem
from flatlib.curvature import gradient
from flatlib.measures import balanced, bias_fisher, imbalance, path_norm
from flatlib.networks import MLP
from flatlib.params import flatten, unflatten
from flatlib.transforms import scale_neurons

_beyond = partial(claim, paper="beyond", page="flattest_representative")


@_beyond("EXT10", place="to Wu et al., section 4, after Corollary 1", verdict="holds")
def balance_is_conserved(rng: np.random.Generator) -> Check:
    """Gradient flow conserves a_k^2 - |b_k|^2 - c_k^2 of every hidden unit; where these are 0, and
    there are no hidden biases, the Fisher term of Theorem 1 is not larger than the norm term.

    A step of size h changes each by h^2 times the same of the gradient. The point where they are
    0 is the shortest of the orbit. With hidden biases the comparison can fail.
    """
    return Check.all_of(
        "the law, its exceptions, the shortest point, and the two terms",
        [*_step(rng), *_flow(rng), _frozen(rng), *_shortest(rng), *_dominance(rng)],
    )


def _step(rng) -> list[Check]:
    """One gradient step in closed form, two and three layers, with and without biases."""
    parts = []
    for sizes in ((3, 5, 1), (3, 4, 4, 2)):
        for bias in (True, False):
            objective, params = problem(sizes, rng, bias=bias)
            slope = unflatten(gradient(objective, params), like=params)
            after = _moved(params, slope, 0.1)
            change = _all(objective, after) - _all(objective, params)
            name = f"{len(sizes) - 1} layers, {'with' if bias else 'without'} biases: one step"
            parts.append(Check.equal(name, 0.01 * _all(objective, slope), change, tolerance=1e-10))
    return parts  # fmt: skip


def _moved(params, slope, rate: float):
    return tuple(array - rate * part for array, part in zip(params, slope, strict=True))


def _all(objective, params) -> np.ndarray:
    return np.concatenate(imbalance(objective.network, params))


def _flow(rng, time: float = 0.2) -> list[Check]:
    """Euler's method with steps h, and weight decay mu: D -> (1 - h mu)^2 D + h^2 of the gradient.

    The first term tends to e^(-2 mu t) D; what the others add up to, to 0 like h.
    """
    objective, params = problem((3, 5, 1), rng, bias=True)
    parts, drifts = [], []
    for decay in (0.0, 1.0):
        for steps in (100, 200):
            predicted, measured = _descend(objective, params, time / steps, steps, decay)
            name = f"{steps} steps, decay {decay:g}: all imbalances"
            parts.append(Check.equal(name, predicted, measured, tolerance=1e-10))
            limit = np.exp(-2 * decay * time) * _all(objective, params)
            drifts.append(np.abs(measured - limit).max())
    ratios = np.divide(drifts[::2], drifts[1::2])
    return [*parts, Check.at_least("error of the flow's law at twice the step", [1.8] * 2, ratios)]


def _descend(objective, params, rate: float, steps: int, decay: float):
    """Imbalances by the law of a single step, and as they are."""
    theta, law = flatten(params), _all(objective, params)
    for _ in range(steps):
        slope = gradient(objective, unflatten(theta, like=params))
        own = _all(objective, unflatten(slope, like=params))
        law = (1 - rate * decay) ** 2 * law + rate**2 * own
        theta = (1 - rate * decay) * theta - rate * slope
    return law, _all(objective, unflatten(theta, like=params))


def _frozen(rng) -> Check:
    """Biases that are not trained carry part of the gradient's balance away."""
    objective, params = problem((3, 5, 1), rng, bias=True)
    slope = list(unflatten(gradient(objective, params), like=params))
    rate = 2 * (np.sum(params[0] * slope[0], axis=0) - params[2][:, 0] * slope[2][:, 0])
    return Check.at_least(
        "hidden biases frozen at values that are not 0: the rate of a_k^2 - |b_k|^2", 1e-2,
        np.abs(rate).max(),
    )  # fmt: skip


def _shortest(rng) -> list[Check]:
    objective, params = problem((3, 5, 1), rng, bias=False)
    net = objective.network
    best = balanced(net, params)
    near = scale_neurons(net, [np.exp(0.1 * rng.normal(size=5))])(best.params)
    return [
        Check.equal("shortest: twice the path norm", 2 * path_norm(net, params), best.value,
                    tolerance=1e-10),
        Check.equal("shortest: its imbalance over the squared norm", np.zeros(5),
                    _all(objective, best.params) / best.value, tolerance=1e-9),
        Check.at_least("shortest: a neighbour", best.value, (flatten(near) ** 2).sum()),
    ]  # fmt: skip


def terms(net, params, inputs) -> tuple[float, float]:
    """The norm term and the Fisher term of Theorem 1."""
    return float((params[0] ** 2).sum() ** 2), float((bias_fisher(net, params, inputs) ** 2).sum())


def _dominance(rng) -> list[Check]:
    """On the balanced points of 15 nets; and one balanced unit with a bias, in closed form."""
    ratios = []
    for _ in range(15):
        objective, params = problem((4, 6, 1), rng, bias=False)
        best = balanced(objective.network, params).params
        norm, fisher = terms(objective.network, best, objective.inputs)
        ratios.append(norm / fisher)
    one = (np.array([[0.1]]), np.array([1.0]), np.array([[np.sqrt(1.01)]]), np.zeros(1))
    norm, fisher = terms(MLP((1, 1, 1)), one, [[0.0]])
    always_on = (np.array([[2.0]]), np.array([[2.0]]))
    equal = terms(MLP((1, 1, 1), bias=False), always_on, [[1.0]])
    return [
        Check.at_least("balanced, without hidden biases: norm term over Fisher term", 1.0,
                       min(ratios)),
        Check.equal("equal for one unit that always fires", equal[0], equal[1]),
        Check.equal("with a bias: both terms of one unit", [0.0001, 1.01**2], [norm, fisher]),
        Check.equal("that unit is balanced", 0.0, float(imbalance(MLP((1, 1, 1)), one)[0][0])),
    ]  # fmt: skip
