r"""Reparametrizations that bend each weight on its own: theta_k = g(eta_k)."""

from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import require_choice
from flatlib.params import flatten
from flatlib.transforms.reparametrization import Reparametrization, entrywise
from flatlib.transforms.substitution import Substitution


def _cubic_root(theta: ndarray) -> ndarray:
    """The real u with u^3 + u = theta; Cardano's formula cancels at small theta, this does not."""
    return 2 / np.sqrt(3) * np.sinh(np.arcsinh(1.5 * np.sqrt(3) * theta) / 3)


def _softplus_root(theta: ndarray) -> ndarray:
    return theta + np.log(-np.expm1(-theta))


# name: (g, its inverse)
MAPS = {
    "cubic": (lambda u: u**3 + u, _cubic_root),
    "softplus": (lambda u: np.logaddexp(0.0, u), _softplus_root),
}


@dataclass(frozen=True)
class Elementwise(Reparametrization):
    r"""Each weight is a fixed function of a new one.

    ``"cubic"`` is :math:`\theta = \eta^3 + \eta`, a diffeomorphism of R. ``"softplus"`` is
    :math:`\theta = \log(1 + e^\eta)`, a diffeomorphism onto the positive numbers.

    Page: ``book/reparametrization``.

    Args:
        name: ``"cubic"`` or ``"softplus"``.

    Raises:
        ValueError: for another name; `inverse` of softplus at a number that is not positive.

    Example:
        >>> Elementwise("cubic")(np.array([1.0, -2.0]))
        array([  2., -10.])
    """

    name: str

    def __post_init__(self) -> None:
        """Refuse an unknown name."""
        require_choice(self.name, "name", MAPS)

    def __call__(self, eta: Any) -> Any:
        """Theta, with the structure of eta."""
        return entrywise(MAPS[self.name][0], eta)

    @property
    def inverse(self) -> Substitution:
        """To eta, entry by entry."""
        return Substitution(self._back, backward=self)

    def _back(self, theta: Any) -> Any:
        if self.name == "softplus" and (flatten(theta) <= 0).any():
            raise ValueError(
                "theta must be positive for softplus, got "
                f'{flatten(theta).min():g} among its entries. Use Elementwise("cubic").'
            )
        return entrywise(MAPS[self.name][1], theta)
