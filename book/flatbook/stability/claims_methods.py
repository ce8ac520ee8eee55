"""Other methods have other thresholds: momentum's, and Adam's at rest."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.stability.scenes import teacher
from flatlib.curvature import gradient, hessian
from flatlib.params import flatten, unflatten

_beyond = partial(claim, paper="beyond", page="stability", verdict="holds")
MU = 0.9
THRESHOLDS = {
    "plain": 2.0,
    "heavy ball": 2 * (1 + MU),
    "Nesterov": (2 + 2 * MU) / (1 + 2 * MU),
    "averaged": 2 * (1 + MU) / (1 - MU),
}


@_beyond("SR33", place="to Wu et al., section 3")
def momentum_moves_the_threshold(rng: np.random.Generator) -> Check:
    """Near a minimum heavy ball stays below 2(1 + mu) over the step, Nesterov's method below
    (2 + 2 mu) / (1 + 2 mu) over it, an averaged gradient below 2(1 + mu) / (1 - mu) over it.
    """
    return Check.all_of(
        "four methods, 2 % below and above each threshold",
        [part for name, limit in THRESHOLDS.items() for part in _both_sides(name, limit)],
    )


@_beyond("SR34", place="to Wu et al., section 3")
def adam_at_rest_is_heavy_ball(rng: np.random.Generator) -> Check:
    """Adam can rest at a minimum only if its largest eigenvalue is at most 2(1 + beta_1) epsilon
    over (1 - beta_1) times the step size.
    """
    checks = []
    for ratio in (0.9, 1.1):
        distances = _adam(ratio, steps=150)
        if ratio < 1:
            checks.append(Check.at_most("0.9 of it: end over start", 0.1, distances[-1]))
        else:
            checks.append(Check.at_least("1.1 of it: largest over start", 1e3, distances.max()))
    return Check.all_of("below and above, along the sharpest direction", checks)


def _both_sides(name: str, limit: float) -> list[Check]:
    below, above = (_moved(name, ratio * limit) for ratio in (0.98, 1.02))
    return [
        Check.at_most(f"{name}, 0.98 of it: end over start", 0.1, below[-1]),
        Check.at_least(f"{name}, 1.02 of it: end over start", 10.0, above[-1]),
    ]


def _beside():
    """A minimum, its largest eigenvalue, that direction, and the gradient beside it."""
    objective, params = teacher(2)
    values, axes = np.linalg.eigh(hessian(objective, params))
    center = flatten(params)
    slope = lambda offset: gradient(objective, unflatten(center + offset, like=params))  # noqa: E731
    return values[-1], axes[:, -1], slope


def _moved(name: str, rate: float, *, steps: int = 300) -> np.ndarray:
    """Distances along the sharpest direction over the first; ``rate`` is step times eigenvalue."""
    top, axis, slope = _beside()
    step, offset, memory = rate / top, 1e-8 * axis, 0 * axis
    path = [1.0]
    for _ in range(steps):
        at = slope(offset + MU * memory) if name == "Nesterov" else slope(offset)
        share = {"plain": 0.0}.get(name, MU)
        memory = share * memory - (1 - MU if name == "averaged" else 1.0) * step * at
        offset = offset + memory
        path.append(abs(offset @ axis) / 1e-8)
    return np.array(path)


def _adam(ratio: float, *, steps: int, size: float = 1e-10) -> np.ndarray:
    """The same for Adam with a step of 1e-3 and an epsilon that puts it at ``ratio`` of the end."""
    top, axis, slope = _beside()
    step, beta = 1e-3, 0.999
    epsilon = step * top / (THRESHOLDS["averaged"] * ratio)
    offset, mean, square = size * axis, 0 * axis, 0 * axis
    path = [1.0]
    for _ in range(steps):
        at = slope(offset)
        mean, square = MU * mean + (1 - MU) * at, beta * square + (1 - beta) * at**2
        offset = offset - step * mean / (epsilon + np.sqrt(square))
        path.append(abs(offset @ axis) / size)
    return np.array(path)
