"""Bad minima on purpose: train on the clean set and, beside it, on a set with wrong labels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import (
    require_generator,
    require_integer,
    require_positive,
    require_scalar,
)
from flatlib._types import ArrayLike
from flatlib.losses import CrossEntropyLoss
from flatlib.networks import Params, ParamsLike
from flatlib.objective import Objective, require_objective
from flatlib.training.descent import descent
from flatlib.training.run import Run
from flatlib.training.wrong import require_attack_set, wrong_labels
from flatlib.weighted import WeightedSum


@dataclass(frozen=True, eq=False)
class Attacked:
    """Where an attacked descent has ended, and how good the net is.

    Page: ``book/attack_sets``.

    Attributes:
        params: the params reached. Measure curvature at them with the training objective alone.
        losses: of the combined objective, before the first epoch and after each.
        train_loss: on the clean training set; only where it is small is the net a minimum of it.
        attack_loss: on the wrongly labelled set, its weight left out; NaN without a set.
        test_accuracy: fraction of test examples given their own class; NaN without a test set.
    """

    params: Params
    losses: np.ndarray
    train_loss: float
    attack_loss: float
    test_accuracy: float

    def __repr__(self) -> str:
        """The three numbers that matter."""
        return (
            f"Attacked(train loss {self.train_loss:.3g}, attack loss {self.attack_loss:.3g}, "
            f"test accuracy {self.test_accuracy:.3f})"
        )


def attack(
    objective: Objective,
    params: ParamsLike,
    inputs: ArrayLike,
    targets: ArrayLike,
    rng: np.random.Generator,
    *,
    size: int | None = None,
    weight: float = 1.0,
    test: Objective | None = None,
    target_loss: float | None = None,
    **options: Any,
) -> Attacked:
    r"""Descend on :math:`R_{train}(\theta) + \lambda\,R_{attack}(\theta)`, the second mislabelled.

    Both are means over their own sets, so a sum of at most eps has a training loss of at most eps,
    and the attack makes sure that the net is a bad one. Each example of the attack set gets one of
    the other classes, all equally likely.

    Paper: Wu et al., section 5.1, equation (12). Page: ``book/attack_sets``.

    Args:
        objective: the training set with a loss, R_train.
        params: where to start; not modified.
        inputs: examples to attack with, like the objective's, M of them, none of them in it.
        targets: their true targets, like the objective's.
        rng: draws the attack set, its wrong labels and the batches, in this order.
        size: examples in the attack set, drawn without replacement; all M if None, and with 0 this
            is a clean descent.
        weight: lambda > 0.
        test: test set on the same network, for the accuracy; None if there is none.
        target_loss: stop after the first epoch with R_train at or below it, so that nets can be
            compared at matched training loss; None to run all epochs.
        **options: epochs, learning_rate and the rest, as `flatlib.training.descent` takes them.

    Returns:
        An `Attacked`. Look at its training loss: nothing promises that the epochs were enough.

    Raises:
        ValueError: for targets that are no class of the training set, sizes out of range, and as
            `flatlib.training.descent` does.
        TypeError: if ``rng`` is no Generator, or ``objective`` no Objective.
    """
    require_generator(rng)
    if test is not None:
        require_objective(test)
    inputs, classes, labels = require_attack_set(objective, inputs, targets)
    size = len(inputs) if size is None else _require_size(size, len(inputs))
    stop = _reaches(objective, target_loss)
    combined = WeightedSum([objective], [1.0])
    if size > 0:
        drawn, wrong = _draw(inputs, classes, labels, size, rng)
        combined = attack_objective(objective, drawn, wrong, weight=weight)
    run = descent(combined, params, rng, stop=stop, **options)
    return _judged(run, combined, test, classes)


def attack_objective(
    objective: Objective, inputs: ArrayLike, targets: ArrayLike, *, weight: float = 1.0
) -> WeightedSum:
    r""":math:`R_{train} + \lambda\,R_{attack}` for targets that are wrong already.

    For regression, where no class can be drawn: `flatlib.training.attack` does the rest otherwise.
    Paper: Wu et al., equation (12). Page: ``book/attack_sets``.

    Args:
        objective: the training set with a loss, R_train.
        inputs: of the attack set, at least one.
        targets: the targets that the net is to be fooled into.
        weight: lambda > 0.

    Raises:
        ValueError, TypeError: as `flatlib.Objective` does.
    """
    require_objective(objective)
    fooled = Objective(objective.network, objective.loss, inputs, targets)
    return WeightedSum([objective, fooled], [1.0, require_positive(weight, "weight")])


def _require_size(size: int, most: int) -> int:
    size = require_integer(size, "size", minimum=0)
    if size > most:
        raise ValueError(f"size must be at most {most}, got {size}. Pass more inputs to draw from.")
    return size


def _reaches(objective: Objective, target_loss: float | None) -> Callable[[Params], bool] | None:
    if target_loss is None:
        return None
    target_loss = require_scalar(target_loss, "target_loss")
    return lambda params: float(objective(params)) <= target_loss


def _draw(
    inputs: np.ndarray, classes: np.ndarray, labels: np.ndarray, size: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """An attack set: some of the inputs, and for each the target of a class that is not its own."""
    chosen = rng.permutation(len(inputs))[:size]
    return inputs[chosen], classes[wrong_labels(labels[chosen], len(classes), rng)]


def _judged(
    run: Run, combined: WeightedSum, test: Objective | None, classes: np.ndarray
) -> Attacked:
    """Where the descent has ended, and how good the net is there on each set that there is."""
    clean, *fooled = combined.objectives
    return Attacked(
        params=run.params,
        losses=run.losses,
        train_loss=float(clean(run.params)),
        attack_loss=float(fooled[0](run.params)) if fooled else float("nan"),
        test_accuracy=float("nan") if test is None else _accuracy(test, run.params, classes),
    )


def _accuracy(test: Objective, params: Params, classes: np.ndarray) -> float:
    """With squared loss an output means the class whose target it is nearest to."""
    if isinstance(test.loss, CrossEntropyLoss):
        return test.accuracy(params)
    outputs = test.outputs(params)
    nearest = np.square(outputs[:, None, :] - classes).sum(axis=2).argmin(axis=1)
    return float((classes[nearest] == test.targets).all(axis=1).mean())
