r"""Figure 5 of Dinh et al.: a bijection of the line that magnifies one place of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
from autograd.extend import defvjp, primitive
from autograd.tracer import getval, isbox
from numpy import ndarray

from flatlib._guards import require_non_negative, require_scalar, require_shape
from flatlib._short import short
from flatlib.params import flatten, unflatten
from flatlib.transforms.reparametrization import Reparametrization, displacement
from flatlib.transforms.substitution import Substitution


@dataclass(frozen=True, eq=False)
class Power(Reparametrization):
    r"""The family of Figure 5: :math:`\eta = (t^2 + b)^a\,t` with :math:`t = \theta - \hat\theta`.

    Applied to each weight on its own. At the centre, :math:`\eta = 0`, curvature is multiplied by
    :math:`b^{-2a}`, whether the centre is a critical point or not.

    Paper: Dinh et al., Figure 5. Page: ``book/reparametrization``.

    Args:
        center: theta-hat, a number or params.
        a: above -1/2: otherwise eta runs through a bounded interval, or turns back.
        b: 0 or more. With b = 0 and a not 0 the map is no diffeomorphism at the centre, and its
            derivatives are refused there.

    Raises:
        ValueError: if a is not above -1/2 or b is negative.

    Example:
        >>> g = Power(2.0, a=0.5, b=0.01)
        >>> g.hessian(lambda t: 3.0 * (t - 2.0) ** 2, 0.0).round(9)
        array([[600.]])
    """

    center: Any
    a: float
    b: float
    __repr__ = short

    def __post_init__(self) -> None:
        """Keep the centre as checked, and refuse exponents without a way back."""
        a, b = require_scalar(self.a, "a"), require_non_negative(self.b, "b")
        if a <= -0.5:
            raise ValueError(
                f"a must be above -1/2 (eta would not run through all of R), got {a:g}. "
                "Pass for instance -0.4."
            )
        flatten(self.center)  # refuses what is not finite
        object.__setattr__(self, "a", a)
        object.__setattr__(self, "b", b)

    def __call__(self, eta: Any) -> Any:
        """Theta, with the structure of the centre; t is found by Newton's method."""
        values = flatten(eta)
        require_shape(values, flatten(self.center).shape, "eta")
        shift = _solve(values, self.a, self.b)
        return unflatten(flatten(self.center) + shift, like=self.center)

    @property
    def inverse(self) -> Substitution:
        """To eta, by the formula of the caption."""
        return Substitution(self._back, backward=self)

    def _back(self, theta: Any) -> Any:
        shift = displacement(theta, self.center, "theta")
        return unflatten(power(shift, self.a, self.b), like=self.center)


def power(t: ndarray, a: float, b: float) -> ndarray:
    """T (t^2 + b)^a, and 0 at t = 0 whatever b is."""
    return np.sign(t) * np.abs(t) ** (1 + 2 * a) if b == 0 else t * (t**2 + b) ** a


def power_slope(t: ndarray, a: float, b: float) -> ndarray:
    """Its derivative, (t^2 + b)^(a - 1) ((1 + 2a) t^2 + b)."""
    if b == 0:
        return (1 + 2 * a) * np.abs(t) ** (2 * a)
    return (t**2 + b) ** (a - 1) * ((1 + 2 * a) * t**2 + b)


# Newton's method doubles the digits at each step; 1e150 squared is still a float64.
_STEPS, _LARGEST = 60, 345.0


@primitive
def _solve(eta: ndarray, a: float, b: float) -> ndarray:
    """The t with t (t^2 + b)^a = eta: a primitive, since autograd cannot see through a search.

    In logarithms the equation is x + a log(e^(2x) + b) = log|eta|; the left side is convex or
    concave, with slopes between 1 and 1 + 2a, so Newton's method converges from anywhere.
    """
    if b == 0:
        return np.sign(eta) * np.abs(eta) ** (1 / (1 + 2 * a))
    moved = eta != 0
    goal = np.log(np.abs(np.where(moved, eta, 1.0)))
    x = goal - a * np.log(b)  # right near the centre
    for _ in range(_STEPS):
        square = np.exp(np.minimum(2 * x, 2 * _LARGEST))
        step = (x + a * np.log(square + b) - goal) / (1 + 2 * a * square / (square + b))
        x = x - step
        if np.abs(step).max(initial=0.0) < 1e-14 * (1 + np.abs(x).max(initial=0.0)):
            break
    return np.where(moved, np.sign(eta) * np.exp(x), 0.0)


def _pull_back(ans: Any, eta: Any, a: float, b: float) -> Callable[[ndarray], ndarray]:
    """Multiply by g' = 1 / eta'; ``ans`` is t, so that derivatives of any order follow."""
    value = ans
    while isbox(value):
        value = getval(value)
    if b == 0 and a != 0 and (value == 0).any():
        raise ValueError(
            "eta must not be the centre where b is 0 (g is no diffeomorphism there), got b = 0. "
            "Pass b > 0."
        )
    return lambda cotangent: cotangent / power_slope(ans, a, b)


defvjp(_solve, _pull_back, argnums=(0,))
