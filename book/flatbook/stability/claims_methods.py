"""Other methods have other thresholds: momentum's, and Adam's at rest."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.stability.preconditioned import diagonal, divided, ends, preconditioned
from flatbook.stability.scenes import teacher
from flatlib.curvature import gradient, hessian
from flatlib.params import flatten, unflatten
from flatlib.transforms import alpha_scale

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
    (2 + 2 mu) / (1 + 2 mu) over it, an averaged gradient below 2(1 + mu) / (1 - mu) over it. Where
    a diagonal M divides the gradient, M^(-1/2) H M^(-1/2) takes the place of H; if M moves along
    the orbit like the root of the Hessian's diagonal, the window is twice as wide in log alpha,
    and if it moves like the diagonal, the orbit cannot be seen.
    """
    return Check.all_of(
        "four methods, 2 % below and above each threshold; and divided steps",
        [
            *(part for name, limit in THRESHOLDS.items() for part in _both_sides(name, limit)),
            *_divided(rng),
            *_windows(rng),
        ],
    )


@_beyond("SR34", place="to Wu et al., section 3")
def adam_at_rest_is_heavy_ball(rng: np.random.Generator) -> Check:
    """Adam can rest at a minimum only if its largest eigenvalue is at most 2(1 + beta_1) epsilon
    over (1 - beta_1) times the step size. If it is below, and the gradients of the outputs are
    independent, states close by converge.
    """
    checks = [_converges(rng)]
    for ratio in (0.9, 1.1):
        distances = _adam(ratio, steps=150)
        if ratio < 1:
            checks.append(Check.at_most("0.9 of it: end over start", 0.1, distances[-1]))
        else:
            checks.append(Check.at_least("1.1 of it: largest over start", 1e3, distances.max()))
    return Check.all_of("below and above, along the sharpest direction", checks)


def _converges(rng: np.random.Generator) -> Check:
    """Weights and both averages off by chance, at 0.9 of the end."""
    objective, params = teacher(2)
    size, top = len(flatten(params)), _beside()[0]
    epsilon = 1e-3 * top / (THRESHOLDS["averaged"] * 0.9)
    offset, mean, root = 1e-8 * rng.normal(size=(3, size))
    square, losses = root**2, []
    for _ in range(3001):
        at = unflatten(flatten(params) + offset, like=params)
        slope = gradient(objective, at)
        losses.append(float(objective(at)))
        mean, square = MU * mean + (1 - MU) * slope, 0.999 * square + 0.001 * slope**2
        offset = offset - 1e-3 * mean / (epsilon + np.sqrt(square))
    return Check.at_most("0.9 of it, all averages off: last loss over the first", 1e-3,
                         losses[-1] / losses[0])  # fmt: skip


def _divided(rng: np.random.Generator) -> list[Check]:
    """Descent with a fixed divisor, drawn at random."""
    objective, params = teacher(2)
    divisor = rng.uniform(0.2, 5.0, size=len(flatten(params)))
    below, above = (divided(objective, params, divisor, 2 * r, steps=200) for r in (0.98, 1.02))
    return [
        Check.at_most("divided by M, 0.98 of 2 / step: end over start", 0.1, below[-1]),
        Check.at_least("divided by M, 1.02 of it: end over start", 10.0, above[-1]),
    ]


def _windows(rng: np.random.Generator) -> list[Check]:
    """The ends where the divisor stays, to the power 2 / (2 - p), and where it moves along."""
    objective, params = teacher(2)

    def top(alpha: float, power: float, moves: bool) -> float:
        there = alpha_scale(objective.network, alpha)(params)
        divisor = diagonal(objective, there if moves else params, power)
        return np.linalg.eigvalsh(preconditioned(objective, there, divisor))[-1]

    limit = 1.5 * top(1.0, 1, False)
    stays, moves = (ends(lambda a, m=m: top(a, 1, m), limit) for m in (False, True))
    return [
        Check.equal("divided by the diagonal's root: ends of the window", stays**2, moves,
                    tolerance=1e-6),
        Check.equal("divided by the diagonal: largest eigenvalue on the orbit",
                    np.full(3, top(1.0, 2, True)), [top(a, 2, True) for a in (0.1, 3.0, 10.0)],
                    tolerance=1e-9),
    ]  # fmt: skip


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
