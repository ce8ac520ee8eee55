"""An affine map of the inputs that the first layer undoes."""

from dataclasses import dataclass, replace

import numpy as np

from flatlib.networks import Network, Params, ParamsLike, require_chain
from flatlib.objective import Objective
from flatlib.transforms.inputs import AffineMap
from flatlib.transforms.symmetry import Symmetry


@dataclass(frozen=True, eq=False)
class InputMap(Symmetry):
    r"""Inputs :math:`u = (x-c)M`, first layer :math:`M^{-1}\theta_1`, :math:`b_1 + c\,\theta_1`.

    The only symmetry here that changes the data. Its group is named after the map: rotation (M
    orthogonal, c = 0), units of the inputs (M diagonal, c = 0), or affine map of the inputs.

    Page: ``book/what_survives`` and ``book/input_representation``.

    Args:
        network: with as many inputs as the map, or images of so many channels, which are mixed at
            every position alike; with biases, unless c = 0.
        affine: an `AffineMap`.

    Raises:
        TypeError: if ``affine`` is no `AffineMap`, or the network no chain of layers.

    Example:
        >>> from flatlib import MLP
        >>> turn = InputMap(MLP((2, 1), bias=False), AffineMap([[0.0, 1.0], [-1.0, 0.0]]))
        >>> turn.group, turn(([[3.0], [4.0]],))[0].ravel()
        ('rotation of the inputs', array([-4.,  3.]))
    """

    network: Network
    affine: AffineMap

    def __post_init__(self) -> None:
        """Refuse what is no affine map."""
        require_chain(self.network)
        if not isinstance(self.affine, AffineMap):
            raise TypeError(
                f"affine must be an AffineMap, got {type(self.affine).__name__}. "
                "Build one with flatlib.transforms.AffineMap(matrix)."
            )

    @property
    def group(self) -> str:
        """Rotation, units, or affine map of the inputs."""
        matrix = self.affine.matrix
        if self.affine.center.any():
            return "affine map of the inputs"
        if np.abs(matrix @ matrix.T - np.eye(len(matrix))).max() < 1e-12:
            return "rotation of the inputs"
        diagonal = (matrix == np.diag(np.diag(matrix))).all()
        return "units of the inputs" if diagonal else "affine map of the inputs"

    def __call__(self, params: ParamsLike) -> Params:
        """Params with the first layer compensated."""
        return self.affine.fold(self.network, params)

    @property
    def inverse(self) -> "InputMap":
        r"""The map :math:`x = uM^{-1} + c`, as an affine map of u."""
        back = self.affine.backward
        return InputMap(
            self.network, AffineMap(back, center=-self.affine.center @ self.affine.matrix)
        )

    def objective(self, objective: Objective) -> Objective:
        """The same labels with the mapped inputs."""
        objective = self.require_own(objective)
        shape = objective.inputs.shape
        inputs = self.affine(objective.inputs.reshape(-1, shape[-1])).reshape(shape)
        return replace(objective, inputs=inputs)
