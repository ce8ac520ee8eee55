"""From near a critical point to it, as far as float64 goes, and a certificate of what it is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_choice, require_integer, require_positive
from flatlib.curvature import Certificate, certify, gradient, hessian
from flatlib.curvature._critical import relative_gradient
from flatlib.curvature._derivatives import derivatives_of
from flatlib.curvature._memory import require_dense
from flatlib.curvature._unit_diagonal import UnitDiagonal
from flatlib.params import flatten, unflatten

_LAST_STEPS = 10
# Singular values of the Hessian with unit diagonal below this fraction of the largest are flat.
_FLAT = 1e-10


@dataclass(frozen=True, eq=False)
class Polished:
    """Where polishing has ended.

    Page: ``book/exact_hessians``.

    Attributes:
        params: the params reached.
        certificate: what they are; read its verdict before calling them a minimum.
        steps: how many steps were taken.
        losses: the loss before and after.
        norms: Euclidean norm of all weights, before and after.
    """

    params: Any
    certificate: Certificate
    steps: int
    losses: tuple[float, float]
    norms: tuple[float, float]

    def __repr__(self) -> str:
        """The number of steps, how far they went, and the certificate."""
        return (
            f"after {self.steps} steps, loss {self.losses[0]:.3g} to {self.losses[1]:.3g}, "
            f"norm of the weights {self.norms[0]:.3g} to {self.norms[1]:.3g}: {self.certificate}"
        )


def polish(
    objective: Any,
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
    ``"lbfgs"`` is SciPy's, without a Hessian at each step. ``"newton"`` takes plain
    Newton steps while they lower the gradient, so it is drawn to the nearest critical point of any
    kind. The first two end with a few of these, since a loss has half the digits of a gradient.

    With a ReLU net and a residual, the nearest minimum often sits on a kink, where no gradient
    vanishes: then the certificate says so, whatever the method and its patience.

    With cross-entropy and data that the net gets right there is no minimum to go to: the loss falls
    for ever and the weights grow. The certificate says "no minimum", and ``losses`` and ``norms``
    how far the steps went; more of them only go farther.

    Page: ``book/exact_hessians``.

    Args:
        objective: as for `flatlib.certify`: network, loss and data, or any function of params.
        params: where to start; not modified.
        method: ``"trust_region"``, ``"lbfgs"`` or ``"newton"``.
        tolerance: the certificate's relative gradient at which to stop. For the steps of SciPy it
            is the gradient's norm, which changes along an orbit, as their regions do: start from
            weights of ordinary size.
        max_steps: when to give up.

    Returns:
        A `Polished`: params, certificate, number of steps, losses and norms.

    Raises:
        ValueError: for an unknown method, a tolerance or a number of steps out of range.
        MemoryError: if the Hessian takes more than 1 GiB.
    """
    params = derivatives_of(objective).require_params(params)
    require_choice(method, "method", ("trust_region", "lbfgs", "newton"))
    tolerance = require_positive(tolerance, "tolerance")
    max_steps = require_integer(max_steps, "max_steps", minimum=1)
    flat, start = _Flat(objective, params), flatten(params)
    require_dense(len(start))  # the last steps and the certificate need it
    theta, steps = _descend(flat, start, method, tolerance, max_steps)
    reached = unflatten(theta, like=params)
    return Polished(
        reached,
        certify(objective, reached),
        steps,
        losses=(flat.loss(start), flat.loss(theta)),
        norms=(float(np.linalg.norm(start)), float(np.linalg.norm(theta))),
    )


@dataclass(frozen=True)
class _Flat:
    """An objective and its derivatives as functions of theta."""

    objective: Any
    like: Any

    def loss(self, theta: np.ndarray) -> float:
        with np.errstate(over="ignore", invalid="ignore"):  # the Hessian there is refused
            return float(self.objective(unflatten(theta, like=self.like)))

    def gradient(self, theta: np.ndarray) -> np.ndarray:
        return gradient(self.objective, unflatten(theta, like=self.like))

    def hessian(self, theta: np.ndarray) -> np.ndarray:
        return hessian(self.objective, unflatten(theta, like=self.like))


def _descend(
    flat: _Flat, theta: np.ndarray, method: str, tolerance: float, max_steps: int
) -> tuple[np.ndarray, int]:
    """Where a method ends, its last Newton steps included, and after how many steps in all."""
    if method == "newton":
        return _newton(flat, theta, tolerance, max_steps)
    theta, steps = _by_scipy(flat, theta, method, tolerance, max_steps)
    theta, last = _newton(flat, theta, tolerance, min(_LAST_STEPS, max_steps - steps))
    return theta, steps + last


def _by_scipy(
    flat: _Flat, theta: np.ndarray, method: str, tolerance: float, max_steps: int
) -> tuple[np.ndarray, int]:
    if method == "lbfgs":
        how: dict[str, Any] = {"method": "L-BFGS-B"}
        options = {"maxiter": max_steps, "maxfun": 20 * max_steps, "ftol": 0.0}
    else:
        how, options = {"method": "trust-exact", "hess": flat.hessian}, {"maxiter": max_steps}
    result = scipy.optimize.minimize(
        flat.loss, theta, jac=flat.gradient, options={**options, "gtol": tolerance}, **how
    )
    return result.x, int(result.nit)


def _newton(
    flat: _Flat, theta: np.ndarray, tolerance: float, max_steps: int
) -> tuple[np.ndarray, int]:
    """Newton steps of least norm, as long as each lowers the gradient."""
    slope = flat.gradient(theta)
    for step in range(max_steps):
        hessian = flat.hessian(theta)
        if relative_gradient(slope, theta, np.diag(hessian), flat.loss(theta))[0] <= tolerance:
            return theta, step
        unit = UnitDiagonal(hessian)
        there = theta - _least_step(unit, slope)
        next_slope = flat.gradient(there)
        # both on the scale of the same Hessian, so that no scaling of the weights decides
        if not np.linalg.norm(next_slope * unit.reciprocals) < np.linalg.norm(
            slope * unit.reciprocals
        ):
            return theta, step
        theta, slope = there, next_slope
    return theta, max_steps


def _least_step(unit: UnitDiagonal, slope: np.ndarray) -> np.ndarray:
    """The Newton step; lstsq, since along a network's flat directions nothing should move."""
    return unit.reciprocals * np.linalg.lstsq(unit.matrix, unit.reciprocals * slope, rcond=_FLAT)[0]
