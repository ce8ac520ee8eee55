"""The digits of this page, its network, and what is asked of random solutions."""

from dataclasses import dataclass

import numpy as np

from flatlib.data import digits
from flatlib.measures import SolutionVolume, outputs_of_many, solution_volume
from flatlib.networks import MLP

# 64 pixels and a constant; no biases
NET = MLP((65, 16, 1), bias=False)
_CLASSES = {"0 or 1": (0, 1), "3 or 8": (3, 8), "odd or even": tuple(range(10))}
_POSITIVE = {"0 or 1": (1,), "3 or 8": (8,), "odd or even": (1, 3, 5, 7, 9)}


@dataclass(frozen=True, eq=False)
class Task:
    """Images in a random order with labels 1 and -1: the first are to train on.

    Page: ``book/volume_is_accuracy``.
    """

    inputs: np.ndarray
    labels: np.ndarray

    def first(self, count: int) -> tuple[np.ndarray, np.ndarray]:
        """The first so many images and their labels."""
        return self.inputs[:count], self.labels[:count]

    def accuracies(self, solutions: np.ndarray, seen: int) -> np.ndarray:
        """Of each network, shape (..., P), on the images after the first ``seen``."""
        thetas = solutions.reshape(-1, solutions.shape[-1])
        outputs = outputs_of_many(NET, thetas, self.inputs[seen:])[:, :, 0]
        return (outputs * self.labels[seen:] > 0).mean(axis=1)


def task(name: str, *, draw: int = 0) -> Task:
    """Digits less the mean image, with a constant 1 appended; ``draw`` is the order.

    The mean is that of all training images of the library's split, whatever the task: a mild
    breach of the rule that the start must know nothing of the data.

    Page: ``book/volume_is_accuracy``.

    Args:
        name: ``"0 or 1"``, ``"3 or 8"`` or ``"odd or even"``.
        draw: of the images; another one has others to train on.
    """
    split = digits()
    images = np.vstack([split.train_inputs, split.test_inputs]) - split.train_inputs.mean(axis=0)
    classes = np.concatenate([split.train_labels, split.test_labels])
    chosen = np.flatnonzero(np.isin(classes, _CLASSES[name]))
    order = np.random.default_rng([draw, 7]).permutation(chosen)
    inputs = np.hstack([images[order], np.ones((len(order), 1))])
    return Task(inputs, np.where(np.isin(classes[order], _POSITIVE[name]), 1, -1))


def measured(
    of: Task,
    count: int,
    rng: np.random.Generator,
    *,
    num_particles: int = 50,
    num_replicates: int = 6,
) -> SolutionVolume:
    """The volume of the first ``count`` labels, in one sweep a label.

    Page: ``book/volume_is_accuracy``.

    Args:
        of: the images and labels.
        count: how many of them.
        rng: draws the networks.
        num_particles: as for `flatlib.measures.solution_volume`, like the next.
        num_replicates: independent runs.
    """
    return solution_volume(
        NET,
        *of.first(count),
        rng,
        num_particles=num_particles,
        num_replicates=num_replicates,
        num_sweeps=1,
    )
