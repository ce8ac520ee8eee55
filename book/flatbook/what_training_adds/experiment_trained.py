"""Random solutions of a few labels, and what descent finds from starts of several sizes.

Handwritten digits as on the page *Volume is accuracy*, in three tasks; every row has images, random
solutions and descents of its own. All networks are tested on the same images, those after the
first 64. A control is part of every row: the size of the start, which no volume of solutions sees.
"""

from typing import Any

import numpy as np

from flatbook.experiment import Experiment
from flatbook.significant import significant
from flatbook.volume_is_accuracy import task as digits_of
from flatbook.what_training_adds.descents import descend, outputs, starts
from flatlib.measures import SolutionVolume, outputs_of_many, solution_volume
from flatlib.networks import MLP

TASKS = ("0 or 1", "3 or 8", "odd or even")
SCALES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
DESCENTS = 6
SEEN = 64
WANTED = (0.0, 0.5, 1.0, 2.0)
LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.4, 2.0)  # on the way there
HIDDEN = 16


def net(rng: np.random.Generator, *, task: str, hidden: list[int], labels: int) -> dict[str, Any]:
    """Random solutions and descents of so many labels.

    Args:
        rng: draws images, random solutions and starts, in this order.
        task: a name that `flatbook.volume_is_accuracy.task` knows.
        hidden: widths of the hidden layers.
        labels: how many.

    Returns:
        ``log_volume`` to base 10 with its standard error and ``scatter``; accuracy on fresh images
        of ``random`` solutions, the mean, and of their ``vote``; ``descents``, for each of `SCALES`
        the mean accuracy of the networks that fit; ``fitted``, how many of `DESCENTS` those are.
    """
    data = digits_of(task, draw=int(rng.integers(2**31)))
    shape = MLP((65, *hidden, 1), bias=False)
    run = solution_volume(
        shape, *data.first(labels), rng, num_particles=30, num_replicates=4, num_sweeps=2
    )
    fresh, answers = data.inputs[SEEN:], data.labels[SEEN:]
    scales = np.repeat(SCALES, DESCENTS)
    found, fits = descend(starts((65, *hidden, 1), scales, rng), *data.first(labels))
    fits = fits.reshape(-1, DESCENTS)
    accuracies = (outputs(found, fresh) * answers > 0).mean(axis=1).reshape(-1, DESCENTS)
    means = (accuracies * fits).sum(axis=1) / np.maximum(fits.sum(axis=1), 1)
    return {
        **_of_solutions(run, shape, fresh, answers),
        "descents": np.round(means, 6),
        "fitted": fits.sum(axis=1),
    }


def with_margin(rng: np.random.Generator, *, task: str, margin: float) -> dict[str, float]:
    """Random solutions of 16 labels with a margin.

    Args:
        rng: draws images and random solutions.
        task: as for `net`.
        margin: one of `WANTED`, in units of the root mean square of the outputs under the law of
            the start on these images.

    Returns:
        The first five of what `net` returns.
    """
    data = digits_of(task, draw=int(rng.integers(2**31)))
    shape = MLP((65, HIDDEN, 1), bias=False)
    inputs, labels = data.first(16)
    unit = np.sqrt(HIDDEN * (inputs**2).sum(axis=1).mean() / 2)
    levels = [level for level in LEVELS if level <= margin]
    run = solution_volume(
        shape,
        np.tile(inputs, (len(levels), 1)),
        np.tile(labels, len(levels)),
        rng,
        margin=np.repeat(levels, 16) * unit,
        num_particles=40,
        num_replicates=3,
        num_sweeps=2,
    )
    return _of_solutions(run, shape, data.inputs[SEEN:], data.labels[SEEN:])


def _of_solutions(
    run: SolutionVolume, shape: MLP, fresh: np.ndarray, answers: np.ndarray
) -> dict[str, float]:
    alive = run.solutions[np.isfinite(run.log_shares[:, -1])].reshape(-1, shape.num_params)
    right = outputs_of_many(shape, alive, fresh)[:, :, 0] * answers > 0
    found = {
        "log_volume": run.log_volume.value / np.log(10),
        "log_error": run.log_volume.standard_error / np.log(10),
        "scatter": run.scatter,
        "random": right.mean(),
        "vote": (right.mean(axis=0) > 0.5).mean(),
    }
    return {name: significant(value, 8) for name, value in found.items()}


# Random solutions go through turns and comparisons only, which hand rounding on without making it
# larger; of an image that descent reads one way or the other, 1 in 300 of 6 networks, a few may.
_OF_SOLUTIONS = dict.fromkeys(("log_volume", "log_error", "scatter", "random", "vote"), 1e-6)
_DESCENTS = {"descents": 2e-3, "fitted": 0.0}

TRAINED = Experiment(
    name="trained_and_random",
    function=net,
    settings=tuple(
        {"task": task, "hidden": hidden, "labels": labels}
        for task in TASKS
        for hidden, counts in (((16,), (16, 32, 64)), ((48,), (16, 32)), ((8, 8), (16, 32)))
        for labels in counts
    ),
    seeds=tuple(range(4)),
    tolerances={**_OF_SOLUTIONS, **_DESCENTS},
)
MARGINS = Experiment(
    name="with_margin",
    function=with_margin,
    settings=tuple({"task": task, "margin": margin} for task in TASKS for margin in WANTED),
    seeds=tuple(range(4)),
    tolerances=_OF_SOLUTIONS,
)
