"""How accurate random solutions are on test images, and nets that descent has found."""

import numpy as np

from flatbook.significant import significant
from flatbook.volume_is_accuracy.pairs import WIDTH, Pair
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import descent

LOSS = 0.01
# standard deviations of the two layers, and a rate
STARTS = {"drawn": (1.0, 1.0, 0.002), "He's": (np.sqrt(2 / 785), np.sqrt(2 / WIDTH), 0.02)}


def tested(
    of: Pair, axes: np.ndarray, nets: tuple[np.ndarray, np.ndarray], rng: np.random.Generator
) -> dict[str, float]:
    """Accuracies of nets on the test images, drawn anew outside the space of their own images.

    Returns:
        ``random``, the mean over the nets, their ``spread``, and the ``vote``; zeros if there are
        no nets.
    """
    if not len(nets[1]):
        return dict.fromkeys(("random", "spread", "vote"), 0.0)
    right = of.right(axes, nets, rng.normal(size=(len(nets[1]), len(axes), WIDTH)))
    found = {
        "random": right.mean(),
        "spread": right.mean(axis=1).std(),
        "vote": (right.mean(axis=0) > 0.5).mean(),
    }
    return {name: significant(value, 8) for name, value in found.items()}


def descents(
    of: Pair, count: int, start: tuple[float, float, float], rng: np.random.Generator, number: int
) -> np.ndarray:
    """Test accuracies of full-batch descents, of those that come to where they should.

    That is where all of the first labels are right and the mean logistic loss is `LOSS`. Gradients
    lie in the space of the images, so descent is followed along its axes alone.

    Args:
        of: images and labels.
        count: how many of them.
        start: one of `STARTS`.
        rng: draws the starts.
        number: of descents.
    """
    inputs, axes = of.spanned(count)
    net = MLP((count, WIDTH, 1), bias=False)
    objective = Objective(net, "logistic", inputs, of.labels[:count])
    accuracies = []
    for _ in range(number):
        rest = start[0] * rng.normal(size=(len(axes), WIDTH))
        params = axes.T @ rest, start[1] * rng.normal(size=(WIDTH, 1))
        run = descent(
            objective, params, rng, epochs=3000, learning_rate=start[2], batch_size=None,
            stop=lambda at: objective.accuracy(at) == 1 and bool(objective(at) <= LOSS),
        )  # fmt: skip
        if run.ended == "stop":
            first, second = run.params
            right = of.right(axes, (first[None], second[None, :, 0]), rest[None])
            accuracies.append(float(right.mean()))
    return np.array(accuracies)
