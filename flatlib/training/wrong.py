"""Wrong labels, and what is a class when targets are labels, one-hot rows, or -1 and 1."""

import numpy as np

from flatlib._guards import require_generator, require_indices, require_integer
from flatlib._types import ArrayLike
from flatlib.losses import CrossEntropyLoss
from flatlib.objective import Objective, require_objective


def wrong_labels(labels: ArrayLike, num_classes: int, rng: np.random.Generator) -> np.ndarray:
    """For each label one of the others, all equally likely.

    Page: ``book/attack_sets``.

    Args:
        labels: integers from 0 to ``num_classes - 1``, shape (M,).
        num_classes: C >= 2.
        rng: draws them.

    Raises:
        ValueError: if a label is out of range, or there is only one class.
        TypeError: if labels are not integers, or ``rng`` is no Generator.

    Example:
        >>> wrong_labels([0, 1, 1, 0], 2, np.random.default_rng(0))
        array([1, 0, 0, 1])
    """
    require_generator(rng)
    num_classes = require_integer(num_classes, "num_classes", minimum=2)
    labels = require_indices(labels, "labels")
    if len(labels) and (labels.min() < 0 or labels.max() >= num_classes):
        raise ValueError(
            f"labels must be from 0 to {num_classes - 1}, got {labels.min()} to {labels.max()}. "
            "Count classes from 0."
        )
    return (labels + rng.integers(1, num_classes, size=len(labels))) % num_classes


def require_attack_set(
    objective: Objective, inputs: ArrayLike, targets: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Inputs, the targets that stand for the classes, and the true class of each input."""
    classes, _ = _classes(require_objective(objective), objective.targets)
    if len(classes) < 2:
        raise ValueError(
            "objective must have two classes or more, got one: there is no other one to draw. "
            "Pass wrong targets of your own to flatlib.training.attack_objective."
        )
    pool = Objective(objective.network, objective.loss, inputs, targets)
    theirs, labels = _classes(pool, pool.targets)
    where = [np.flatnonzero((classes == row).all(axis=1)) for row in theirs]
    if not all(len(found) for found in where):
        raise ValueError(
            f"targets must be of the {len(classes)} classes of the training set, got others. "
            "Pass wrong targets of your own to flatlib.training.attack_objective."
        )
    return pool.inputs, classes, np.concatenate(where)[labels]


def _classes(objective: Objective, targets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The distinct rows of targets, and which of them each target is."""
    if isinstance(objective.loss, CrossEntropyLoss):
        return np.eye(targets.shape[1]), targets.argmax(axis=1)
    if targets.shape != (len(targets), objective.network.num_outputs):
        raise ValueError(
            f"targets must have shape (N, {objective.network.num_outputs}) for classes to be told "
            f"apart, got {targets.shape}. Use a loss whose targets are rows of outputs."
        )
    classes, labels = np.unique(targets, axis=0, return_inverse=True)
    return classes, labels.ravel()
