"""Many runs of stochastic descent at once, one example in each step."""

import numpy as np

from flatlib.networks import Params
from flatlib.objective import Objective


def long_runs(
    objective: Objective,
    params: Params,
    step_size: float,
    rng: np.random.Generator,
    *,
    num_runs: int = 200,
    steps: int = 2000,
    distance: float = 1e-4,
) -> np.ndarray:
    """How far runs end from a minimum beside which they start; infinite if they diverge.

    Page: ``book/stability``.

    Args:
        objective: one hidden layer of relu units with biases, one output, the mean square.
        params: the minimum.
        step_size: constant.
        rng: draws the directions in which the runs start, and the example of each step.
        num_runs: how many.
        steps: of each run.
        distance: at the start.

    Returns:
        Shape (num_runs,).
    """
    offsets = [rng.normal(size=(num_runs, *one.shape)) for one in params]
    size = distance / np.sqrt(_squares(offsets))
    moved = [p + o * _last(size, o) for p, o in zip(params, offsets, strict=True)]
    with np.errstate(over="ignore", invalid="ignore"):
        for chosen in rng.integers(len(objective.inputs), size=(steps, num_runs)):
            inputs, targets = objective.inputs[chosen], objective.targets[chosen, 0]
            moved = _step(moved, inputs, targets, step_size)
        ends = np.sqrt(_squares([m - p for m, p in zip(moved, params, strict=True)]))
    return np.where(np.isfinite(ends), ends, np.inf)


def _step(
    moved: list[np.ndarray], inputs: np.ndarray, targets: np.ndarray, step_size: float
) -> list[np.ndarray]:
    weights, bias, out, last = moved
    z = np.einsum("ri,rik->rk", inputs, weights) + bias
    active = np.maximum(z, 0.0)
    residual = np.einsum("rk,rk->r", active, out[:, :, 0]) + last[:, 0] - targets
    pull = 2 * step_size * residual[:, None]
    back = pull * out[:, :, 0] * (z > 0)
    return [
        weights - inputs[:, :, None] * back[:, None, :],
        bias - back,
        out - (pull * active)[:, :, None],
        last - pull,
    ]


def _squares(arrays: list[np.ndarray]) -> np.ndarray:
    return sum((one**2).reshape(len(one), -1).sum(axis=1) for one in arrays)


def _last(numbers: np.ndarray, like: np.ndarray) -> np.ndarray:
    """A number for each run, to be multiplied with an array for each run."""
    return numbers.reshape(-1, *[1] * (like.ndim - 1))
