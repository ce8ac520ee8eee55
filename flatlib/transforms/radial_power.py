r"""A power of the length of the whole parameter vector."""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as np

from flatlib._guards import require_positive
from flatlib.params import flatten, unflatten
from flatlib.transforms.reparametrization import Reparametrization


@dataclass(frozen=True)
class RadialPower(Reparametrization):
    r""":math:`\theta = \lVert\eta\rVert^{\kappa-1}\,\eta`: directions stay, lengths are raised to
    the power kappa.

    Positively homogeneous of degree kappa: on a ray, :math:`g(t\eta) = t^\kappa g(\eta)`.

    Page: ``book/what_survives``.

    Args:
        kappa: positive; 1 is the identity.

    Raises:
        ValueError: if kappa is not positive; calling it, or its inverse, at 0.

    Example:
        >>> RadialPower(2.0)(np.array([3.0, 4.0])), RadialPower(2.0).inverse(np.array([15.0, 20.0]))
        (array([15., 20.]), array([3., 4.]))
    """

    kappa: float

    def __post_init__(self) -> None:
        """Refuse what turns the rays around."""
        object.__setattr__(self, "kappa", require_positive(self.kappa, "kappa"))

    def __call__(self, eta: Any) -> Any:
        """Theta, with the structure of eta."""
        values = flatten(eta)
        length = np.sqrt(np.sum(values**2))
        if not length > 0:
            raise ValueError("eta must not be 0 (0 has no direction), got 0. Pass another point.")
        return unflatten(length ** (self.kappa - 1.0) * values, like=eta)

    @property
    def inverse(self) -> "RadialPower":
        """The same map with 1 / kappa."""
        return RadialPower(1.0 / self.kappa)
