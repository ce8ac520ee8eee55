"""From near a critical point to it, as far as float64 goes, and a certificate of what it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.optimize

from flatlib._guards import require_choice, require_integer, require_positive
from flatlib.curvature import Certificate, certify, gradient, hessian
from flatlib.networks import Params
from flatlib.objective import Objective, require_objective
from flatlib.params import flatten, unflatten

_LAST_STEPS = 10
# Eigenvalues below this fraction of the largest are flat directions.
_FLAT = 1e-10


@dataclass(frozen=True, eq=False)
class Polished:
    """Where polishing has ended.

    Page: ``book/exact_hessians``.

    Attributes:
        params: the params reached.
        certificate: what they are; read its verdict before calling them a minimum.
        steps: how many steps were taken.
    """

    params: Params
    certificate: Certificate
    steps: int

    def __repr__(self) -> str:
        """The number of steps and the certificate."""
        return f"after {self.steps} steps: {self.certificate}"


def polish(
    objective: Objective,
    params: Any,
    *,
    method: str = "trust_region",
    tolerance: float = 1e-10,
    max_steps: int = 1000,
) -> Polished:
    r"""Go to a critical point nearby.

    ``"trust_region"`` is SciPy's nearly exact trust-region method (Moré and Sorensen 1983) on the
    exact Hessian: each step solves :math:`(\nabla^2L + \mu I)\,\delta = -\nabla L`, as
    Levenberg and Marquardt do, with the mu that the region asks for; it leaves saddles.
    ``"lbfgs"`` is SciPy's, for networks too large for a dense Hessian. ``"newton"`` takes plain
    Newton steps while they lower the gradient, so it is drawn to the nearest critical point of any
    kind. The first two end with a few of these, since a loss has half the digits of a gradient.

    With a ReLU net and a residual, the nearest minimum often sits on a kink, where no gradient
    vanishes: then the certificate says so, whatever the method and its patience.

    Page: ``book/exact_hessians``.

    Args:
        objective: network, loss and data.
        params: where to start; not modified.
        method: ``"trust_region"``, ``"lbfgs"`` or ``"newton"``.
        tolerance: norm of the gradient at which to stop.
        max_steps: when to give up.

    Returns:
        A `Polished`: params, certificate, number of steps.

    Raises:
        ValueError: for an unknown method, a tolerance or a number of steps out of range.
    """
    params = require_objective(objective).network.require_params(params)
    require_choice(method, "method", ("trust_region", "lbfgs", "newton"))
    tolerance = require_positive(tolerance, "tolerance")
    left = require_integer(max_steps, "max_steps", minimum=1)
    theta, flat, steps = flatten(params), _Flat(objective, params), 0
    if method != "newton":
        theta, steps = _by_scipy(flat, theta, method, tolerance, left)
        left = min(_LAST_STEPS, left - steps)
    theta, last = _newton(flat, theta, tolerance, left)
    reached = unflatten(theta, like=params)
    return Polished(reached, certify(objective, reached), steps + last)


@dataclass(frozen=True)
class _Flat:
    """An objective and its derivatives as functions of theta."""

    objective: Objective
    like: Params

    def loss(self, theta: np.ndarray) -> float:
        return float(self.objective(unflatten(theta, like=self.like)))

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        return gradient(self.objective, unflatten(theta, like=self.like))

    def hessian(self, theta: np.ndarray) -> np.ndarray:
        return hessian(self.objective, unflatten(theta, like=self.like))


def _by_scipy(flat: _Flat, theta, method: str, tolerance: float, max_steps: int):
    if method == "lbfgs":
        how = {"method": "L-BFGS-B"}
        options = {"maxiter": max_steps, "maxfun": 20 * max_steps, "ftol": 0.0}
    else:
        how, options = {"method": "trust-exact", "hess": flat.hessian}, {"maxiter": max_steps}
    result = scipy.optimize.minimize(
        flat.loss, theta, jac=flat.gradient, options={**options, "gtol": tolerance}, **how
    )
    return result.x, int(result.nit)


def _newton(flat: _Flat, theta, tolerance: float, max_steps: int) -> tuple[np.ndarray, int]:
    """Newton steps of least norm, as long as each lowers the gradient."""
    slope = flat.gradient(theta)
    for step in range(max_steps):
        if np.linalg.norm(slope) <= tolerance:
            return theta, step
        # lstsq: a minimum of a network has flat directions, along which nothing should move
        there = theta - np.linalg.lstsq(flat.hessian(theta), slope, rcond=_FLAT)[0]
        next_slope = flat.gradient(there)
        if not np.linalg.norm(next_slope) < np.linalg.norm(slope):
            return theta, step
        theta, slope = there, next_slope
    return theta, max_steps
