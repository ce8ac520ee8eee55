"""Where descent goes from beside a minimum at which its step size cannot stay.

Teachers with two inputs and 6, 12 or 24 hidden units, six examples, every one fitted. The step is
1 / 1.5 of the largest that can stay anywhere on the teacher's orbit. Descent starts 1e-6 away from
a point outside of the window, in a random direction.

Tolerances: with a start moved by 1e-9 of that distance 94 of 96 runs come out with the same numbers
to 1e-6. The other two end on a kink: there rounding decides how often the last steps are on which
side, and the eigenvalue of the last steps moved by 0.01.
"""

import numpy as np

from flatbook.experiment import Experiment
from flatbook.stability.scenes import MEAN_SQUARE, run, teacher
from flatlib.curvature import hessian
from flatlib.measures import orbit_window, outputs_of_many
from flatlib.networks import Params
from flatlib.objective import Objective
from flatlib.params import flatten, unflatten
from flatlib.transforms import alpha_scale

STEPS, LAST, DISTANCE, PART = 4000, 1000, 1e-6, 1.5
UNITS, PLACES = (6, 12, 24), (0.7, 0.9, 1.1, 1.4)


def leave(rng: np.random.Generator, *, units: int, place: float) -> dict[str, float]:
    """Descend from beside a point of the orbit, outside of the window.

    Args:
        rng: draws the teacher and the direction.
        units: hidden ones.
        place: alpha over that of the lower end of the window, if below 1, or else the upper one.

    Returns:
        ``edge``, the largest eigenvalue over 2 / step at the start; ``edge_after`` at the end, the
        largest of the last 1000 steps, each tenth; ``highest`` and ``loss``, the largest loss and
        the last one; ``kink``, the least distance of a hidden unit from its kink over the last
        1000 steps; ``change`` of the function, in the root mean square over 500 fresh inputs, over
        its size; ``floor``, the least edge on the orbit of the function at the end.
    """
    objective, params = teacher(int(rng.integers(2**32)), units=units)
    step = orbit_window(objective, params, 1.0).step_size / PART
    window = orbit_window(objective, params, step)
    alpha = place * (window.low if place < 1 else window.high)
    start = alpha_scale(objective.network, alpha)(params)
    offset = rng.normal(size=objective.network.num_params)
    beside = flatten(start) + DISTANCE * offset / np.linalg.norm(offset)
    path = run(objective, unflatten(beside, like=start), step, steps=STEPS)
    last = [unflatten(point, like=start) for point in path[-LAST::10]]
    losses = _losses(objective, path)
    return {
        "edge": _edge(objective, start, step),
        "edge_after": max(_edge(objective, point, step) for point in last),
        "highest": losses.max(),
        "loss": losses[-1],
        "kink": min(_distance(objective, point) for point in last),
        "change": _change(objective, start, last[-1], rng),
        "floor": step / orbit_window(_fitted(objective, last[-1]), last[-1], 1.0).step_size,
    }


def _edge(objective: Objective, params: Params, step: float) -> float:
    return float(np.linalg.eigvalsh(hessian(objective, params))[-1] * step / 2)


def _losses(objective: Objective, path: np.ndarray) -> np.ndarray:
    outputs = outputs_of_many(objective.network, path, objective.inputs)
    return ((outputs - objective.targets) ** 2).mean(axis=(1, 2))


def _distance(objective: Objective, params: Params) -> float:
    """Of the input of a hidden unit from 0, the least over units and examples."""
    return float(np.abs(objective.network.pre_activations(params, objective.inputs)[0]).min())


def _change(objective: Objective, start: Params, end: Params, rng: np.random.Generator) -> float:
    inputs = rng.normal(size=(500, 2))
    before, after = (objective.network.predict(params, inputs) for params in (start, end))
    return float(np.linalg.norm(after - before) / np.linalg.norm(before))


def _fitted(objective: Objective, params: Params) -> Objective:
    """The same with the outputs at these params for targets."""
    outputs = objective.network.predict(params, objective.inputs)
    return Objective(objective.network, MEAN_SQUARE, objective.inputs, outputs)


LEAVING = Experiment(
    name="leaving",
    function=leave,
    settings=tuple({"units": units, "place": place} for units in UNITS for place in PLACES),
    seeds=tuple(range(8)),
    tolerances={
        "edge": 1e-9,
        "edge_after": 0.1,
        "highest": 1e-3,
        "loss": 1e-4,
        "kink": 1e-4,
        "change": 1e-2,
        "floor": 0.05,
    },
)
