r"""What "a minimum" means here: a certificate, computed, instead of an assumption.

Each decision is one that no scaling of the weights can touch. T_alpha turns the gradient g and the
Hessian H into Dg and DHD with a positive diagonal D, so that neither a gradient's norm nor a
fraction of the largest eigenvalue says anything about the function.

*Signs and rank* are those of the Hessian scaled to unit diagonal: the same matrix for H and DHD.

*Critical* is a point with a tiny `relative_gradient`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_positive
from flatlib.curvature import matrices
from flatlib.curvature._critical import relative_gradient
from flatlib.curvature._derivatives import derivatives_of
from flatlib.curvature._finite import finite
from flatlib.curvature._unit_diagonal import UnitDiagonal
from flatlib.curvature.spectrum import top_eigenvalues
from flatlib.params import flatten

# A kink nearer than this relative change of a unit's weights is not told apart from one hit.
KINK_TOLERANCE = 1e-9
# A gamma up to this, or an eigenvalue up to this fraction of the largest, is rounding.
_ROUNDING = 1e-13
_WORDS = {
    "no minimum": "no minimum: all examples are right, and the loss falls on and on "
    "as the last layer grows",
}


@dataclass(frozen=True)
class Certificate:
    """What is known about a point of the loss; see `certify`.

    Page: ``book/exact_hessians``.

    Attributes:
        loss: L(theta).
        gradient_norm: Euclidean norm of the gradient. It changes along an orbit.
        relative_gradient: gamma of `certify`, which does not.
        scale: what gamma compares with: L plus what the loss would lose without the weights.
        smallest_eigenvalue: of the Hessian, algebraic; with an error of 1e-15 of the largest, so
            its sign can be wrong where ``negative`` is right.
        largest_eigenvalue: of the Hessian, algebraic.
        negative: number of negative eigenvalues.
        rank: number of eigenvalues that are not 0.
        nullity: P - rank, the number of flat directions.
        kink_margin: relative change of a unit's incoming weights that puts an example on a kink;
            infinite where the activation has none. NaN of a function of which no kinks are known.
        verdict: "no minimum", "on a kink", "not critical", "minimum" or "saddle or maximum".
            "minimum" says what second order can say: critical, no kink, no negative curvature.
    """

    loss: float
    gradient_norm: float
    relative_gradient: float
    scale: float
    smallest_eigenvalue: float
    largest_eigenvalue: float
    negative: int
    rank: int
    nullity: int
    kink_margin: float
    verdict: str

    def __str__(self) -> str:
        """Four lines for a page or a log; rounding is called rounding, and no number 0 but 0."""
        return (
            f"{_WORDS.get(self.verdict, self.verdict)}\n"
            f"  {_slope(self)}\n"
            f"  eigenvalues from {_lowest(self)} to {self.largest_eigenvalue:.3g}: "
            f"rank {self.rank}, nullity {self.nullity}\n"
            f"  {_kinks(self.kink_margin)}"
        )


def certify(objective: Any, params: Any, *, gradient_tolerance: float = 1e-8) -> Certificate:
    r"""Say whether ``params`` is a minimum, and what second order knows about it.

    The verdict, the rank and the number of negative eigenvalues are the same at every point of an
    orbit of ``flatlib.transforms``. With cross-entropy a net that has every example right is no
    minimum, however small its gradient: the loss falls for ever along the ray on which the last
    layer grows.

    Paper: Dinh et al., section 2, footnote (the Hessian is assumed to exist there).
    Page: ``book/hessian_transform``.

    Args:
        objective: network, loss and data, or a `flatlib.WeightedSum`; or any callable ``params ->
            float`` written with ``autograd.numpy``. No kinks are known of a callable or of a
            network of your own, and the certificate says so.
        params: as for `flatlib.gradient`.
        gradient_tolerance: a point counts as critical when gamma is at most this,

            .. math:: \gamma^2 = \frac{\sum_i g_i^2/\lvert H_{ii}\rvert}
                      {2L + \sum_i \theta_i^2\lvert H_{ii}\rvert}:

            what each weight alone could gain, over the loss and what each alone is worth. Of a
            function that is negative, :math:`\lvert L\rvert` is taken.

    Returns:
        A `Certificate`. The trap: weights of 1e-13 that ought to be 0 are one scaling away from
        ordinary ones with a large gradient. Near a saddle at which a unit's incoming and outgoing
        weights vanish, the verdict is "not critical" until they do.

    Raises:
        ValueError: if the tolerance is not positive, params do not fit, or numbers overflow.
        TypeError: if ``objective`` cannot be called, or autograd cannot follow it.
        MemoryError: if the Hessian takes more than 1 GiB: use `flatlib.top_eigenvalues`.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net = MLP((1, 1, 1), bias=False)
        >>> certify(Objective(net, "squared", [[1.0]], [[1.0]]), ([[1.0]], [[1.0]])).verdict
        'minimum'
        >>> certify(lambda p: (p["x"] - 1.0) ** 2 - p["y"] ** 2, {"x": 1.0, "y": 0.0}).verdict
        'saddle or maximum'
    """
    known = derivatives_of(objective)
    params = known.require_params(params)
    tolerance = require_positive(gradient_tolerance, "gradient_tolerance")
    hessian = matrices.hessian(objective, params)
    unit = UnitDiagonal(hessian)
    loss, norm, gamma, scale = _slopes(objective, params, np.diag(hessian), known.remedy)
    margin = known.kink_margin(params)
    largest, smallest = top_eigenvalues(hessian, len(hessian))[[0, -1]]
    _, negative, nullity = unit.inertia
    return Certificate(
        loss=loss,
        gradient_norm=norm,
        relative_gradient=gamma,
        scale=scale,
        smallest_eigenvalue=float(smallest),
        largest_eigenvalue=float(largest),
        negative=negative,
        rank=len(hessian) - nullity,
        nullity=nullity,
        kink_margin=margin,
        verdict=_verdict(
            all(known.along_last_layer(params)), margin, gamma <= tolerance, unit.is_indefinite
        ),
    )


def _slopes(objective: Any, params: Any, diagonal: np.ndarray, remedy: str) -> list[float]:
    """The loss, the gradient's norm, gamma and its scale.

    Gamma alone may be infinite: along a line that does not bend a weight could gain without end.
    """
    gradient, theta = matrices.gradient(objective, params), flatten(params)
    with np.errstate(over="ignore", invalid="ignore"):
        loss = float(objective(params))
        gamma, scale = relative_gradient(gradient, theta, diagonal, loss)
        norm = float(np.linalg.norm(gradient))
    finite("the loss and its slope", remedy, lambda: np.array([loss, norm, scale]))
    return [loss, norm, gamma, scale]


def _slope(certificate: Certificate) -> str:
    c = certificate
    loss, gradient = f"{c.loss:.3g}", f"{c.gradient_norm:.2g} (relative {c.relative_gradient:.1g})"
    if 0 < c.loss <= _ROUNDING**2 * c.scale:
        loss = "0 up to rounding"
    if c.relative_gradient <= _ROUNDING:
        gradient = "0 up to rounding" if c.gradient_norm else "0"
    return f"loss {loss}, gradient of norm {gradient}"


def _lowest(certificate: Certificate) -> str:
    """The smallest eigenvalue as far as it is known: its sign is that of the unit diagonal."""
    c = certificate
    noise = _ROUNDING * max(abs(c.smallest_eigenvalue), abs(c.largest_eigenvalue))
    if c.nullity and not c.negative:
        return "0"
    if abs(c.smallest_eigenvalue) <= noise:
        return "below 0" if c.negative else "above 0"
    return f"{c.smallest_eigenvalue:.2g}"


def _kinks(margin: float) -> str:
    if np.isnan(margin):
        return "no kinks are known of this function"
    if np.isinf(margin):
        return "no kink can be reached"
    return f"nearest kink: a unit's weights changed by {margin:.1e} of themselves"


def _verdict(falls_for_ever: bool, margin: float, is_critical: bool, is_indefinite: bool) -> str:
    if falls_for_ever:
        return "no minimum"
    if margin <= KINK_TOLERANCE:
        return "on a kink"
    if not is_critical:
        return "not critical"
    return "saddle or maximum" if is_indefinite else "minimum"
