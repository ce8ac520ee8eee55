"""Section 4.3: epsilon-sharpness in a ball of the whole space."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.epsilon_sharpness.scenes import (
    Case,
    cases,
    constant_loss,
    proved,
    stretched,
    without_first_layer,
)
from flatbook.symmetries.scenes import two_weights
from flatlib.measures import epsilon_sharpness
from flatlib.transforms import alpha_scale

_dinh = partial(claim, paper="dinh2017", page="epsilon_sharpness")
_RADII = (0.1, 0.01, 0.001)
# the points are known: no search has to find them
_QUICK = {"num_restarts": 1, "num_steps": 1}


@_dinh("DINH-X1", place="section 4.3", verdict="holds")
def the_ball_reaches_a_constant(rng: np.random.Generator) -> Check:
    """At T_alpha theta with alpha = epsilon / |theta_1| the ball holds a constant predictor, so the
    largest loss in it is at least that of the best constant.

    Only theta_1 != 0 is used. A ball without its rim has the same supremum.
    """
    trials = [(case, radius, False) for case in cases(rng, bias=False) for radius in _RADII]
    margins = []
    for case, radius, _ in trials:
        inner = alpha_scale(case.network, (1 - 1e-6) * radius / case.first_norm, layers=case.layers)
        gone = case.distance(inner(case.params), without_first_layer(case, inner))
        margins.append(1e6 * (1 - gone / radius))
    return Check.all_of(
        "two and three layers, both losses, epsilon = 0.1, 0.01, 0.001",
        [
            *_constant_checks(trials, rng),
            Check.at_least(
                "open ball: alpha a millionth smaller, distance short of epsilon, in millionths",
                np.full(len(trials), 0.999),
                margins,
            ),
        ],
    )


@_dinh("S7", place="section 4.3 with the biases of supplement B", verdict="holds")
def biases_do_not_break_it(rng: np.random.Generator) -> Check:
    """With biases the ball still reaches a constant: relu(b_1) theta_2 + b_2 if theta_1 is set to
    0, and b_2 if b_1 is set to 0 with it.
    """
    trials = [(case, 0.01, with_b) for case in cases(rng, bias=True) for with_b in (False, True)]
    expected, answers = [], []
    for case, radius, with_bias in trials[:4]:  # the nets of two layers
        _, bias, out, last = case.params
        expected.append(last if with_bias else np.maximum(bias, 0) @ out + last)
        point = _beside_the_constant(case, radius, with_bias)[1]
        answers.append(case.objective.outputs(point)[0])
    return Check.all_of(
        "two and three layers, both losses, with biases",
        [*_constant_checks(trials, rng), Check.equal("which constants", expected, answers)],
    )


def _beside_the_constant(case: Case, radius: float, with_bias: bool):
    """T_alpha theta with alpha = epsilon / |theta_1|, and the same with layer 1 set to 0."""
    norm = case.first_norm_with_bias if with_bias else case.first_norm
    scaling = alpha_scale(case.network, radius / norm, layers=case.layers)
    return scaling(case.params), without_first_layer(case, scaling, and_bias=with_bias)


def _constant_checks(trials, rng: np.random.Generator) -> list[Check]:
    """The points are at distance epsilon, constant, and no better than the best constant."""
    distances, spreads, best, found = [], [], [], []
    for case, radius, with_bias in trials:
        objective, base = case.objective, case.objective(case.params)
        scaled, point = _beside_the_constant(case, radius, with_bias)
        outputs = objective.outputs(point)
        distances.append(case.distance(scaled, point) / radius)
        spreads.append(np.ptp(outputs, axis=0).max() / max(1.0, np.abs(outputs).max()))
        best.append((1 + objective(point)) / (1 + constant_loss(objective)))
        sharpness = epsilon_sharpness(objective, scaled, radius, rng, witnesses=[point], **_QUICK)
        # 1 + sharpness is (1 + largest loss) / (1 + L)
        found.append((1 + sharpness) * (1 + base) / (1 + objective(point)))
    return [
        Check.equal("distance to the point, over epsilon", np.ones(len(trials)), distances),
        Check.equal("every input gets one answer", np.zeros(len(trials)), spreads),
        Check.at_least("1 + its loss, over 1 + the best constant's", np.ones(len(trials)), best),
        Check.at_least("1 + largest loss, over 1 + its loss", np.ones(len(trials)), found),
    ]


@_dinh("DINH-X1b", place="section 4.3, made stronger", verdict="holds")
def no_ceiling(rng: np.random.Generator) -> Check:
    """With t = epsilon alpha / |theta_2| the ball holds (1 + t) f and (1 - t) f, so sharpness is
    at least t^2 |f|^2 / (2 (1 + L)), where |f|^2 is the mean over the data: there is no ceiling.

    Squared loss, every theta, epsilon and alpha; with an output bias, f minus that bias. For
    cross-entropy it grows without bound as well.
    """
    both = cases(rng, bias=False) + cases(rng, bias=True)
    squared = [case for case in both if case.loss == "squared"]
    draws = np.exp(rng.uniform(np.log(1e-3), 0, size=(60, 2))) * [1.0, 1e4]
    trials = [(squared[k % len(squared)], *draw) for k, draw in enumerate(draws)]
    others = [case for case in both if case.loss == "cross_entropy"]
    case = squared[0]
    for_a_million = np.sqrt(1e6 / _bound(case, 1.0, 0.01))
    return Check.all_of(
        "60 random epsilon and alpha, at points that are no minima",
        [
            *_stretch_checks(trials, rng),
            Check.at_least(
                "cross-entropy: proved for epsilon = 0.01 at alpha = 1e7",
                np.full(len(others), 1e3),
                [max(proved(case, stretched(case, 1e7, 0.01))) for case in others],
            ),
            Check.at_least(
                "a sharpness of a million on demand",
                1e6 * (1 - 1e-9),
                max(proved(case, stretched(case, for_a_million, 0.01))),
            ),
        ],
    )


def _bound(case: Case, alpha: float, radius: float) -> float:
    """t^2 |f|^2 / (2 (1 + L)), the mean of what the two points prove, for the squared loss."""
    t, moving = radius * alpha / case.last_norm, case.moving_outputs
    return t**2 * np.mean((moving**2).sum(axis=1)) / 2 / (1 + case.objective(case.params))


def _stretch_checks(trials, rng: np.random.Generator) -> list[Check]:
    distances, errors, means, bounds, found = [], [], [], [], []
    for case, radius, alpha in trials:
        scaled = alpha_scale(case.network, alpha, layers=case.layers)(case.params)
        points, moving = stretched(case, alpha, radius), case.moving_outputs
        fixed = case.objective.outputs(case.params) - moving
        t = radius * alpha / case.last_norm
        distances += [case.distance(scaled, point) / radius for point in points]
        errors += [
            np.abs(case.objective.outputs(point) - fixed - factor * moving).max() / (1 + t)
            for point, factor in zip(points, (1 + t, 1 - t), strict=True)
        ]
        means.append(np.mean(proved(case, points)) / t**2)
        bounds.append(_bound(case, alpha, radius) / t**2)
        # the rim of the ball, as far as the rounding of theta lets one see it
        ball = radius * (1 + 1e-9)
        sharpness = epsilon_sharpness(case.objective, scaled, ball, rng, witnesses=points, **_QUICK)
        found.append(sharpness / _bound(case, alpha, radius))
    return [
        Check.equal("distances over epsilon", np.ones(120), distances, tolerance=1e-9),
        Check.equal("functions (1 + t) f and (1 - t) f", np.zeros(120), errors),
        Check.equal("mean of the two, over t^2", bounds, means, tolerance=1e-7),
        Check.at_least("sharpness over its bound", np.full(60, 1 - 1e-7), found),
    ]


@_dinh("DINH-F4", place="Figure 4", verdict="holds")
def one_disc_reaches_the_axis(rng: np.random.Generator) -> Check:
    """Of two discs of one radius, at theta and at T_alpha theta, only the second meets an axis.

    The caption speaks of the axis theta_2 = 0, the text of theta_1 = 0: both are reached.
    """
    objective, radius = two_weights(), rng.uniform(0.2, 0.4)
    angles = np.linspace(0, 2 * np.pi, 20_001)
    rim, parts = radius * np.exp(1j * angles), []
    for alpha in (1.0, 1 / radius, radius):
        params = alpha_scale(objective.network, alpha)(([[1.0]], [[1.0]]))
        worst = (((alpha + rim.real) * (1 / alpha + rim.imag) - 1) ** 2).max() / 2
        found = epsilon_sharpness(objective, params, radius, rng)
        nearest = min(abs(float(array[0, 0])) for array in params)
        name = f"alpha = {alpha:.2g}: "
        parts.append(Check.equal(f"{name}worst loss in the disc", worst, found, tolerance=1e-6))
        if alpha == 1:
            parts.append(Check.at_least(f"{name}disc to axis", 0.5, nearest - radius))
            parts.append(Check.at_most(f"{name}below half the loss of 0", 0.25, found))
        else:
            parts.append(Check.equal(f"{name}axis at the radius", radius, nearest))
            parts.append(Check.at_least(f"{name}the loss of the net that is 0", 0.5, found))
    return Check.all_of(f"discs of radius {radius:.2f} on the hyperbola", parts)
