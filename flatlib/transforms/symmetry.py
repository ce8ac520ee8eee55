r"""What all symmetries have in common: a way to be applied, a matrix, and a test of the function.

A symmetry moves the parameters of a network, and where needed its shape and its data with them, so
that what the network says does not change. A reparametrization leaves the point where it is and
measures it with other coordinates; `Coordinates` lets it pass through the same door.
"""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from flatlib._guards import require_array, require_positive, shown
from flatlib.networks import Network, Params, ParamsLike
from flatlib.objective import Objective, require_no_l2, require_objective
from flatlib.params import flatten, unflatten
from flatlib.transforms.reparametrization import (
    Reparametrization,
    Reparametrized,
    require_reparametrization,
)
from flatlib.transforms.transform import Transform


class Symmetry(Transform):
    r"""A map of params, affine in them, that leaves what the network says alone.

    Call it on params to get the moved ones; `apply` moves the objective as well.

    Page: ``book/what_survives``.

    Attributes:
        network: whose params it maps.
        group: the name of the family it belongs to, such as ``"neuron scaling"``.
    """

    network: Network

    @property
    @abstractmethod
    def group(self) -> str:
        """The name of the family it belongs to."""

    @abstractmethod
    def __call__(self, params: ParamsLike) -> Params:
        """Moved params; the originals are not touched."""

    @property
    def target(self) -> Network:
        """The network that the moved params belong to."""
        return self.network

    @property
    def inverse(self) -> "Symmetry":
        """The map back, where there is one."""
        raise TypeError(f"{self.group} has no inverse, got a network of another size. Keep params.")

    def objective(self, objective: Objective) -> Objective:
        """The objective that the moved params belong to: the same loss, labels and ``l2``."""
        self.require_own(objective)
        if self.target == self.network:
            return objective
        if self.target.depth == self.network.depth:
            return replace(objective, network=self.target)
        require_no_l2(objective, why="the layers afterwards are others")
        return replace(objective, network=self.target, l2=(0.0,) * self.target.depth)

    def apply(self, objective: Objective, params: ParamsLike) -> tuple[Objective, Params]:
        """The pair (objective, params) after the move; the mean loss is the same number.

        What ``l2`` adds to it is not: no scaling leaves the norm of the weights alone.

        Raises:
            TypeError: if the objective is no `flatlib.Objective`.
            ValueError: if it has another network, or the params do not fit.
        """
        return self.objective(objective), self(params)

    def jacobian(self, params: ParamsLike) -> np.ndarray:
        r"""The matrix D of :math:`\theta' = D\theta + \text{const}`, shape (P', P); params are
        taken for their shapes.

        With it :math:`\nabla^2L(\theta') = D^{-\top}\,\nabla^2L(\theta)\,D^{-1}` where D is square.
        """
        params = self.network.require_params(params)
        origin = flatten(self(unflatten(np.zeros(self.network.num_params), like=params)))
        units = np.eye(self.network.num_params)
        return np.stack([flatten(self(unflatten(u, like=params))) - origin for u in units], axis=1)

    def check(self, objective: Objective, params: ParamsLike, *, tolerance: float = 1e-9) -> None:
        """Refuse the map if it changes what the network says on the inputs of the objective.

        Args:
            objective: with the network of this symmetry.
            params: where to look.
            tolerance: largest change of an output, relative to the largest output.

        Raises:
            ValueError: naming the family, with the change.
        """
        moved = self.apply(objective, params)
        refuse_change(self.group, self.said(objective, params), self.said(*moved), tolerance)

    def said(self, objective: Objective, params: ParamsLike) -> np.ndarray:
        """What must not change: the outputs."""
        return objective.outputs(params)

    def require_own(self, objective: Any) -> Objective:
        """Return the objective if its network is the one of this symmetry."""
        if require_objective(objective).network != self.network:
            raise ValueError(
                f"objective must have the network of the {self.group}, got another one, "
                f"{shown(objective.network)}. Build both from one network."
            )
        return objective


@dataclass(frozen=True, eq=False)
class Coordinates(Transform):
    r"""A reparametrization seen as a symmetry: the loss in new parameters, at the same point.

    Call it on params to get an eta with :math:`g(\eta) = \theta`; `apply` returns it with
    :math:`L\circ g`. Nothing has moved.

    Page: ``book/what_survives``.

    Args:
        g: a `Reparametrization` of the objective's params.
        group: the name of the coordinates.

    Raises:
        TypeError: if g is only a function.
    """

    g: Reparametrization
    group: str = field(default="coordinates", kw_only=True)

    def __post_init__(self) -> None:
        """Refuse a g without a way back."""
        require_reparametrization(self.g, "g")

    def __call__(self, params: ParamsLike) -> Any:
        """Eta."""
        return self.g.inverse(params)

    @property
    def inverse(self) -> Reparametrization:
        """G: from eta to params."""
        return self.g

    def apply(self, objective: Callable, params: ParamsLike) -> tuple[Reparametrized, Any]:
        """The pair (objective in eta, eta)."""
        return self.g.objective(objective), self(params)

    def jacobian(self, params: ParamsLike) -> np.ndarray:
        r""":math:`\partial\eta/\partial\theta`, shape (Q, P), from the old parameters to the new as
        for a `Symmetry`.
        """
        return self.g.inverse.jacobian(params)

    def check(self, objective: Callable, params: ParamsLike, *, tolerance: float = 1e-9) -> None:
        """Refuse coordinates whose point is another one than ``params``."""
        back = flatten(self.g(self(params)))
        refuse_change(self.group, flatten(params), back, tolerance)


def refuse_change(group: str, before: Any, after: Any, tolerance: float) -> None:
    """One sentence if two arrays differ by more than the tolerance, relative to the largest."""
    before, after = require_array(before, "outputs"), require_array(after, "outputs", finite=False)
    change = np.abs(after - before).max() / max(np.abs(before).max(), np.finfo(float).tiny)
    if not change <= require_positive(tolerance, "tolerance"):
        raise ValueError(
            f"{group} must leave what the network says alone, got a relative change of "
            f"{change:.2g}. Look for a weight or a bias that was not moved along."
        )
