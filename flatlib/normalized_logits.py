"""An objective in which the size of the outputs does not count."""

from dataclasses import dataclass

import autograd.numpy as np

from flatlib._types import ArrayLike
from flatlib.networks import Network, ParamsLike
from flatlib.objective import Objective, require_objective


@dataclass(frozen=True, eq=False)
class NormalizedLogits:
    r"""An objective whose outputs are normalized before the loss: a callable of params.

    Page: ``book/what_survives``.

    .. math:: f \mapsto g/\lVert g\rVert_2, \qquad g = f - \tfrac1C\textstyle\sum_kf_k

    Multiplying all outputs of a net by a positive number then changes nothing. Andriushchenko et
    al. 2023 measure adaptive sharpness so; others divide by the root mean square, which differs by
    a factor of :math:`\sqrt C`. Derivatives are autograd's. The objective's ``l2`` is added as it
    is.

    Args:
        objective: a `flatlib.Objective`, in practice with cross-entropy and three classes or more:
            with two nothing but the sign of their difference is left.

    Raises:
        TypeError: if ``objective`` is not an Objective.
        ValueError: on call, if all outputs of an example are equal.

    Example:
        >>> from flatlib import MLP, Objective
        >>> objective = Objective(MLP((1, 3), bias=False), "cross_entropy", [[1.0]], [0])
        >>> measured = NormalizedLogits(objective)
        >>> [round(float(measured(([[c, 2 * c, 3 * c]],))), 6) for c in (1.0, 100.0)]
        [1.965904, 1.965904]
    """

    objective: Objective

    def __post_init__(self) -> None:
        """Refuse a bare callable."""
        require_objective(self.objective)

    @property
    def network(self) -> Network:
        """The objective's."""
        return self.objective.network

    def __call__(self, params: ParamsLike) -> float:
        """The loss of the normalized outputs; traceable by autograd."""
        outputs = self.objective.outputs(params)
        centered = outputs - np.mean(outputs, axis=1, keepdims=True)
        squares = np.sum(centered**2, axis=1, keepdims=True)
        if np.any(squares == 0):
            raise ValueError(
                "outputs must differ within each example to be normalized, got equal ones. "
                "Measure the objective itself."
            )
        losses = self.objective.loss.value(centered / squares**0.5, self.objective.targets)
        return np.mean(losses) + self.objective.penalty(params)

    @property
    def num_examples(self) -> int:
        """The objective's."""
        return self.objective.num_examples

    def subset(self, indices: ArrayLike) -> "NormalizedLogits":
        """The same on some of the examples, as `Objective.subset`."""
        return NormalizedLogits(self.objective.subset(indices))
