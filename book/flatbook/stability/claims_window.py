"""The window of gradient descent on an orbit: predicted, then watched."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.stability.scenes import run, teacher, two_weights
from flatlib.curvature import hessian
from flatlib.measures import orbit_window
from flatlib.params import flatten, unflatten
from flatlib.transforms import alpha_scale

_beyond = partial(claim, paper="beyond", page="stability", verdict="holds")


@_beyond("SR30", place="to Dinh et al., section 4.1")
def an_orbit_has_a_window(rng: np.random.Generator) -> Check:
    """On the orbit of an interpolating minimum a step size can stay at an interval of alphas,
    those with the largest eigenvalue at most 2 over the step; outside of it descent leaves.
    """
    return Check.all_of(
        "windows of two weights and of five nets, and descent on both sides of each end",
        [_of_two_weights(), _imbalance(rng), *_growth(), *_stays(rng)],
    )


def _of_two_weights() -> Check:
    steps = np.array([0.1, 0.3, 0.4, 0.45])
    found = [orbit_window(*two_weights(1.3), step) for step in steps]
    ends = [[(1.3 * one.low) ** 2, (1.3 * one.high) ** 2] for one in found]
    half = 1 / (2 * steps)  # a^2 + a^-2 = 1 / step
    root = np.sqrt(half**2 - 1)
    exact = np.transpose([half - root, half + root])
    return Check.equal("two weights: squares of the ends", exact, ends, tolerance=1e-9)


def _imbalance(rng: np.random.Generator) -> Check:
    """One step multiplies a^2 - b^2 by 1 - 4 step^2 (ab - 1)^2."""
    objective, params = two_weights(1.0)
    a, b = rng.uniform(0.5, 1.5, size=2)
    path = run(objective, unflatten(np.array([a, b]), like=params), 0.3, steps=1)
    after = path[1, 0] ** 2 - path[1, 1] ** 2
    return Check.equal("two weights: imbalance after a step",
                       (a**2 - b**2) * (1 - 4 * 0.3**2 * (a * b - 1) ** 2), after)  # fmt: skip


def _window(seed: int):
    objective, params = teacher(seed)
    step = orbit_window(objective, params, 1.0).step_size / 1.5
    return objective, params, step, orbit_window(objective, params, step)


def _places(window, distance: float) -> tuple[list[float], list[float]]:
    """Alphas outside of both ends, and inside."""
    out, into = 1 + distance, 1 - distance
    return [window.low / out, window.high * out], [window.low / into, window.high * into]


def _growth() -> list[Check]:
    """By what a displacement along the sharpest direction is multiplied, 2 % beside each end."""
    predicted, measured, outside = [], [], []
    for seed in range(5):
        objective, params, step, window = _window(seed)
        for place in np.ravel(_places(window, 0.02)):
            there = alpha_scale(objective.network, place)(params)
            values, axes = np.linalg.eigh(hessian(objective, there))
            start = unflatten(flatten(there) + 1e-7 * axes[:, -1], like=there)
            along = (run(objective, start, step, steps=10) - flatten(there)) @ axes[:, -1]
            predicted.append(abs(1 - step * values[-1]))
            measured.append(abs(along[10] / along[0]) ** 0.1)
            outside.append(float(not window.low <= place <= window.high))
    grown = (np.array(measured) > 1).astype(float)
    return [
        Check.equal("twenty places 2 % beside the ends of five nets: growth in a step", predicted,
                    measured, tolerance=1e-3),
        Check.equal("whether it grows: outside, and only there", outside, grown),
    ]  # fmt: skip


def _stays(rng: np.random.Generator) -> list[Check]:
    """Largest distance in 400 steps, from 1e-6 away in random directions, 5 % beside each end."""
    objective, params, step, window = _window(0)
    far, near = [], []
    for places, kept in zip(_places(window, 0.05), (far, near), strict=True):
        for place in places:
            there = alpha_scale(objective.network, place)(params)
            for direction in rng.normal(size=(3, len(flatten(there)))):
                offset = 1e-6 * direction / np.linalg.norm(direction)
                start = unflatten(flatten(there) + offset, like=there)
                path = run(objective, start, step, steps=400) - flatten(there)
                kept.append(np.linalg.norm(path, axis=1).max())
    return [
        Check.at_least("outside: distance reached, from 1e-6", np.full(6, 1e-2), far),
        Check.at_most("inside: distance reached, from 1e-6", np.full(6, 1e-4), near),
    ]
