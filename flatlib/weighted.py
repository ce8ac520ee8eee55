"""Several objectives on one network, weighted and added up, with all their derivatives."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from flatlib._guards import require_indices, require_positive, require_sequence, shown
from flatlib._types import ArrayLike
from flatlib.networks import Network, ParamsLike
from flatlib.objective import Objective, require_objective

Linear = TypeVar("Linear", float, np.ndarray)


@dataclass(frozen=True, eq=False)
class WeightedSum:
    r""":math:`\sum_i w_i L_i(\theta)`, each :math:`L_i` a mean over its own examples.

    `flatlib.training.descent` takes it where it takes an objective, and so do `flatlib.gradient`,
    `flatlib.hessian`, its diagonal, its two parts, its operators, `flatlib.certify` and
    `flatlib.training.polish`: a derivative of the sum is the sum of the parts' own, in closed form,
    what their ``l2`` adds included. Page: ``book/attack_sets``.

    Args:
        objectives: a list or tuple of objectives on the same network.
        weights: one number > 0 for each.

    Raises:
        ValueError: if the networks differ, there are none, or a weight is not positive.
        TypeError: if one is no objective.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1), bias=False)
        >>> at_1, at_3 = (Objective(net, "squared", [[1.0]], [[y]]) for y in (1.0, 3.0))
        >>> float(WeightedSum((at_1, at_3), (1.0, 0.5))([[[0.0]]]))
        2.75
    """

    objectives: Sequence[Objective]
    weights: Sequence[float]

    def __post_init__(self) -> None:
        """Check that the parts belong together."""
        count = len(self.objectives) if isinstance(self.objectives, (list, tuple)) else 1
        objectives = tuple(require_sequence(self.objectives, "objectives", max(count, 1)))
        weights = require_sequence(self.weights, "weights", len(objectives))
        for objective in objectives:
            if require_objective(objective).network != objectives[0].network:
                raise ValueError(
                    f"objectives must be on one network, got {shown(objectives[0].network)} and "
                    f"{shown(objective.network)}. Build all of them with the same network."
                )
        object.__setattr__(self, "objectives", objectives)
        object.__setattr__(self, "weights", tuple(require_positive(w, "weights") for w in weights))

    @property
    def network(self) -> Network:
        """The one network."""
        return self.objectives[0].network

    @property
    def num_examples(self) -> int:
        """The number of examples of all parts together."""
        return sum(objective.num_examples for objective in self.objectives)

    def __call__(self, params: ParamsLike) -> float:
        """The sum at ``params``."""
        return self.total(lambda part: part(params))

    def total(self, measure: Callable[[Objective], Linear]) -> Linear:
        r""":math:`\sum_i w_i\,m(L_i)` for whatever is linear in the loss, such as a derivative."""
        terms = [w * measure(part) for w, part in zip(self.weights, self.objectives, strict=True)]
        return sum(terms[1:], start=terms[0])

    def subset(self, indices: ArrayLike) -> "WeightedSum":
        r"""A batch whose gradient is, on average over batches, that of the whole.

        Examples are numbered through all parts. With b_i of the batch's b examples from part i,
        the part's mean over the batch has the weight :math:`w_i\,(b_i / b)\,(N / N_i)`.

        Args:
            indices: integers from 0 to N - 1 with N the number of all examples, at least one.

        Raises:
            ValueError: if there are none, or one is out of range.
            TypeError: if they are not integers.
        """
        indices, total, start = require_indices(indices, "indices"), self.num_examples, 0
        if len(indices) == 0 or indices.min() < 0 or indices.max() >= total:
            raise ValueError(
                f"indices must be from 0 to {total - 1}, at least one of them, got "
                f"{len(indices)} of them. Pass rng.permutation(num_examples)[:M]."
            )
        parts, weights = [], []
        for weight, part in zip(self.weights, self.objectives, strict=True):
            here = indices[(indices >= start) & (indices < start + part.num_examples)] - start
            if len(here):
                parts.append(part.subset(here))
                weights.append(weight * len(here) * total / (len(indices) * part.num_examples))
            start += part.num_examples
        return WeightedSum(parts, weights)
