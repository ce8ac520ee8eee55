r"""Supplement A of Dinh et al.: blow up or shrink a ball around one point, and nothing outside."""

from dataclasses import dataclass, replace
from typing import Any

import autograd.numpy as np
from autograd.tracer import getval, isbox
from numpy import ndarray

from flatlib._guards import require_array, require_positive
from flatlib._short import short
from flatlib.params import flatten, unflatten
from flatlib.transforms.reparametrization import Reparametrization, displacement


def psi(r: Any, r_hat: float, delta: float, rho: float) -> Any:
    r"""The radius to which a point at radius r is moved: three straight pieces.

    Slope :math:`\rho/\hat r` up to r_hat, :math:`(\delta-\rho)/(\delta-\hat r)` up to delta, 1
    beyond. Its inverse is the same function with rho and r_hat exchanged.

    Paper: Dinh et al., supplement A. Page: ``book/reparametrization``.

    Args:
        r: radii, 0 or more, of any shape.
        r_hat: between 0 and delta.
        delta: radius of the ball in which anything happens.
        rho: between 0 and delta; psi(r_hat) = rho.

    Raises:
        ValueError: for a negative r, a radius that is not positive, or one not below delta.

    Example:
        >>> psi(np.array([0.15, 0.3, 1.0, 2.0]), 0.3, 1.0, 0.6)
        array([0.3, 0.6, 1. , 2. ])
    """
    r_hat, delta, rho = _require_radii(r_hat, delta, rho)
    r = require_array(r, "r")
    if (r < 0).any():
        raise ValueError(f"r must not be negative, got {r.min():g}. Radii are 0 or more.")
    inner, middle = rho / r_hat * r, delta + (delta - rho) / (delta - r_hat) * (r - delta)
    return np.where(r <= r_hat, inner, np.where(r <= delta, middle, r))


@dataclass(frozen=True, eq=False)
class Radial(Reparametrization):
    r"""The radial map :math:`g^{-1}(\theta) = \hat\theta + \psi(r)(\theta - \hat\theta)/r`.

    With :math:`r = \lVert\theta-\hat\theta\rVert`. The ball of radius r_hat around the centre
    becomes the ball of radius rho, and all curvature at the centre is multiplied by
    :math:`(\hat r/\rho)^2`. Continuous everywhere, but on the spheres of radius r_hat and delta
    there is no derivative; the library takes the one from inside.

    Paper: Dinh et al., supplement A. Page: ``book/reparametrization``.

    Args:
        center: theta-hat, an array or params.
        r_hat: radius in theta, between 0 and delta.
        rho: radius in eta, between 0 and delta.
        delta: outside the ball of this radius nothing changes.

    Raises:
        ValueError: if a radius is not positive, or r_hat or rho is not below delta.

    Example:
        >>> g = Radial(np.zeros(2), r_hat=0.3, rho=0.6, delta=1.0)
        >>> g(np.array([0.6, 0.0])), g(np.array([0.0, 2.0]))
        (array([0.3, 0. ]), array([0., 2.]))
    """

    center: Any
    r_hat: float
    rho: float
    delta: float
    __repr__ = short

    def __post_init__(self) -> None:
        """Refuse radii that are not inside the ball."""
        flatten(self.center)  # refuses what is not finite
        radii = _require_radii(self.r_hat, self.delta, self.rho)
        for name, radius in zip(("r_hat", "delta", "rho"), radii, strict=True):
            object.__setattr__(self, name, radius)

    def __call__(self, eta: Any) -> Any:
        """Theta: radius r in eta goes to psi(r) with rho and r_hat exchanged."""
        x = displacement(eta, self.center, "eta")
        return unflatten(flatten(self.center) + self._factor(x) * x, like=self.center)

    @property
    def inverse(self) -> "Radial":
        """The map of the same kind with rho and r_hat exchanged."""
        return replace(self, r_hat=self.rho, rho=self.r_hat)

    def jacobian(self, eta: Any) -> ndarray:
        r"""In closed form: :math:`\psi'` along the radius, :math:`\psi/r` across it.

        :math:`\nabla g = \psi' P + \frac{\psi}{r}(I - P)` with P the projection onto the radius;
        the paper's formula, written with its eigenvalues.
        """
        x = displacement(eta, self.center, "eta")
        r, identity = np.linalg.norm(x), np.eye(len(x))
        across = self._factor(x)
        if r <= self.rho or r > self.delta:
            return across * identity
        along = (self.delta - self.r_hat) / (self.delta - self.rho)
        return across * identity + (along - across) * np.outer(x, x) / r**2

    def _factor(self, x: Any) -> Any:
        """Theta's radius over eta's, psi(r) / r; at r = 0 its limit."""
        value = x
        while isbox(value):
            value = getval(value)
        r = np.linalg.norm(value)
        if r <= self.rho:
            return self.r_hat / self.rho
        if r > self.delta:
            return 1.0
        along = (self.delta - self.r_hat) / (self.delta - self.rho)
        return along + self.delta * (1 - along) / np.linalg.norm(x)


def _require_radii(r_hat: Any, delta: Any, rho: Any) -> tuple[float, float, float]:
    """Positive, the two inner ones below delta."""
    delta = require_positive(delta, "delta")
    inner = {"r_hat": require_positive(r_hat, "r_hat"), "rho": require_positive(rho, "rho")}
    for name, radius in inner.items():
        if radius >= delta:
            raise ValueError(
                f"{name} must be below delta = {delta:g}, got {radius:g}. "
                "Pass a smaller radius, or a larger delta."
            )
    return inner["r_hat"], delta, inner["rho"]
