"""Section 1 and section 6: where the paper sees the cause, and what it concludes."""

from functools import partial

import numpy as np
from scipy.integrate import quad
from scipy.stats import norm

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.input_representation.scenes import clean_and_misled
from flatbook.three_notions.scenes import taught
from flatlib.curvature import hessian, input_jacobian
from flatlib.measures import hessian_trace
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten
from flatlib.transforms import AffineMap, alpha_scale

_dinh = partial(claim, paper="dinh2017", page="input_representation")
_NARROW = 0.01  # the posterior's standard deviation


@_dinh("DINH-I2", place="section 1, last paragraph", verdict="holds")
def divergence_stays_flatness_moves(rng: np.random.Generator) -> Check:
    """The Kullback-Leibler divergence, on which Bayesian arguments for flat minima rest, does not
    change with the parameters chosen; flatness does.

    The divergence is between a posterior and a prior, and both must be written in the new
    parameters: with the prior held fixed it changes too.
    """
    return Check.all_of(
        "along the orbit, and under a curved change of one weight",
        [*_along_the_orbit(rng), _curved(rng)],
    )


def _along_the_orbit(rng: np.random.Generator) -> list[Check]:
    """T_alpha with alpha = 10, posterior and prior Gaussian."""
    net = MLP((3, 5, 1))
    objective, params = taught(net, 40, rng)
    scaling = alpha_scale(net, 10.0)
    theta, stretch = flatten(params), scaling.multipliers
    divergences = _divergences(theta, stretch)
    noise = _NARROW * rng.normal(size=(200, len(theta)))
    means = [
        _mean_loss(objective, params, theta, noise),
        _mean_loss(objective, params, stretch * theta, stretch * noise),
        _mean_loss(objective, params, stretch * theta, noise),
    ]
    traces = [hessian_trace(objective, p) for p in (params, scaling(params))]
    moved = abs(divergences[2] / divergences[0] - 1)
    return [
        Check.equal(
            "divergence, posterior and prior moved by T_alpha", *divergences[:2], tolerance=1e-10
        ),
        Check.equal("mean loss under the posterior, moved", means[0], means[1], tolerance=1e-10),
        Check.at_least("trace of the Hessian has grown by", 5.0, traces[1] / traces[0]),
        Check.at_least("mean loss under round noise has grown by", 5.0, means[2] / means[0]),
        Check.at_least("divergence, with prior and noise held fixed, has changed by", 0.1, moved),
    ]


def _divergences(theta: np.ndarray, stretch: np.ndarray) -> list[float]:
    """As it is; with posterior and prior moved; with the mean of the posterior alone moved."""
    narrow, one = np.full(len(theta), _NARROW), np.ones(len(theta))
    return [
        gaussian_divergence(theta, narrow, 0 * theta, one),
        gaussian_divergence(stretch * theta, stretch * narrow, 0 * theta, stretch),
        gaussian_divergence(stretch * theta, narrow, 0 * theta, one),
    ]


def _mean_loss(objective: Objective, like, theta: np.ndarray, noise: np.ndarray) -> float:
    return np.mean([objective(unflatten(theta + step, like=like)) for step in noise])


def gaussian_divergence(mean, deviation, prior_mean, prior_deviation) -> float:
    """Kullback-Leibler divergence between two Gaussians with diagonal covariances."""
    ratio = deviation / prior_deviation
    shift = (mean - prior_mean) / prior_deviation
    return float(0.5 * np.sum(ratio**2 + shift**2 - 1 - 2 * np.log(ratio)))


def _curved(rng: np.random.Generator) -> Check:
    """With theta = eta + eta^3: densities by the change of variables, curvature by autograd."""
    top, width = rng.uniform(0.7, 1.0), 0.2
    center, slope = _cubic(top), 1 + 3 * top**2
    posterior, prior = norm(center, width), norm(0.0, 1.0)

    def integrand(eta):
        q, p = (of.pdf(_cubic(eta)) * (1 + 3 * eta**2) for of in (posterior, prior))
        return q * np.log(q / p) if q > 0 else 0.0

    integral = quad(integrand, top - 2, top + 2, points=[top], epsabs=1e-12, limit=200)[0]
    curvature = hessian(lambda eta: (_cubic(eta[0]) - center) ** 2 / 2, np.array([top]))
    return Check.equal(
        "theta = eta + eta^3: the same divergence, curvature times the squared slope",
        [gaussian_divergence(center, width, 0.0, 1.0), slope**2],
        [integral, float(curvature[0, 0])],
        tolerance=1e-10,
    )


def _cubic(eta):
    return eta + eta**3


@_dinh("DINH-C", place="section 6", verdict="illustrated")
def flatter_hence_better(rng: np.random.Generator) -> Check:
    """That flat minima generalize better than sharp ones cannot be inferred without context:
    symmetries, parameters and input space change the flatness and not the function.

    Two networks read the same 100 digits; one of them was also taught 100 wrong labels. The
    flatter one is the better one, until somebody rescales it.
    """
    net, clean, test, models = clean_and_misled(rng)
    return Check.all_of(
        "flatter and smoother goes with better, and the order can be turned round",
        [*_observed(net, clean, test, models), *_turned(net, clean, test, models)],
    )


def _observed(net: MLP, clean: Objective, test: Objective, models: list) -> list[Check]:
    """As trained: the better net is flatter, and smoother in pixels."""
    traces = [hessian_trace(clean, p) for p in models]
    slopes = [mean_slope(net, p, clean.inputs) for p in models]
    fitted, scores = [clean.accuracy(p) for p in models], [_score(test, p) for p in models]
    return [
        Check.at_least("both read 97 of the 100 digits or more", [0.97, 0.97], fitted),
        Check.at_least("of 450 unseen the first reads more, by", 45, scores[0] - scores[1]),
        Check.at_least("trace of the Hessian, second over first", 1.0, traces[1] / traces[0]),
        Check.at_least("input gradient, second over first", 1.0, slopes[1] / slopes[0]),
    ]


def _turned(net: MLP, clean: Objective, test: Objective, models: list) -> list[Check]:
    """Rescaled: the better net is sharper and steeper, and reads what it read."""
    good, bad = models
    trace = hessian_trace(clean, bad)
    sharp = alpha_scale(net, sharpening(clean, good, 2 * trace))(good)
    xi = steeper_first(net, good, bad, clean.inputs)
    slopes = [mean_slope(net, xi.fold(net, p), xi(clean.inputs)) for p in models]
    labels = test.targets.argmax(axis=1)
    recoded = Objective(net, "cross_entropy", xi(test.inputs), labels)
    scores = [_score(test, sharp), _score(recoded, xi.fold(net, good))]
    return [
        Check.at_least(
            "after T_alpha: trace, first over second", 1.5, hessian_trace(clean, sharp) / trace
        ),
        Check.at_least(
            "images rewritten: input gradient, first over second", 1.5, slopes[0] / slopes[1]
        ),
        Check.equal(
            "and after both the first reads the same number of unseen digits",
            [_score(test, good)] * 2,
            scores,
            tolerance=0.0,
        ),
    ]


def _score(objective: Objective, params) -> int:
    """How many examples are read right."""
    return round(objective.accuracy(params) * objective.num_examples)


def mean_slope(net: MLP, params, inputs) -> float:
    """Root mean square of the input gradient."""
    return float(np.sqrt((input_jacobian(net, params, inputs) ** 2).sum() / len(inputs)))


def sharpening(objective: Objective, params, trace: float) -> float:
    """The alpha below 1 at which the trace's part in alpha^-2 alone reaches this trace."""
    first = np.trace(hessian(objective, params)[: params[0].size, : params[0].size])
    return float(np.sqrt(first / trace))


def steeper_first(net: MLP, first, second, inputs, stretch: float = 30.0) -> AffineMap:
    """A linear map that stretches all of input space but the direction in which the first net
    is steeper by most.
    """
    slopes = [input_jacobian(net, params, inputs) for params in (first, second)]
    grams = [np.einsum("nci,ncj->ij", slope, slope) for slope in slopes]
    direction = np.linalg.eigh(grams[0] - grams[1])[1][:, -1]
    kept = np.outer(direction, direction)
    return AffineMap(kept + stretch * (np.eye(len(kept)) - kept))
