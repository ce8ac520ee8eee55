"""What "a minimum" means here: a certificate, computed, instead of an assumption."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_positive
from flatlib.curvature import matrices
from flatlib.curvature._conv_kinks import kink_margin_conv
from flatlib.networks import ConvNet
from flatlib.objective import Objective, require_objective

# Eigenvalues below this fraction of the largest are rounding, not curvature.
RANK_TOLERANCE = 1e-8
# A kink nearer than this relative change of a unit's weights is not told apart from one hit.
KINK_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Certificate:
    """What is known about a point of the loss; see `certify`.

    Page: ``book/exact_hessians``.

    Attributes:
        loss: L(theta).
        gradient_norm: Euclidean norm of the gradient.
        smallest_eigenvalue: of the Hessian, algebraic.
        largest_eigenvalue: of the Hessian, algebraic.
        rank: number of eigenvalues above 1e-8 of the largest modulus.
        nullity: P - rank, the number of flat directions.
        kink_margin: relative change of a unit's incoming weights that puts an example on a kink;
            infinite where the activation has none. See `kink_margin`.
        verdict: "minimum", "saddle or maximum", "not critical" or "on a kink". "minimum" says
            what second order can say: critical, no kink, no negative curvature.
    """

    loss: float
    gradient_norm: float
    smallest_eigenvalue: float
    largest_eigenvalue: float
    rank: int
    nullity: int
    kink_margin: float
    verdict: str

    def __str__(self) -> str:
        """Four lines for a page or a log; what is only rounding is written as 0."""
        noise = RANK_TOLERANCE * self.largest_eigenvalue
        lowest = 0.0 if abs(self.smallest_eigenvalue) <= noise else self.smallest_eigenvalue
        return (
            f"{self.verdict}\n"
            f"  loss {_without_rounding(self.loss):.3g}, "
            f"gradient of norm {_without_rounding(self.gradient_norm):.2g}\n"
            f"  eigenvalues from {lowest:.2g} to {self.largest_eigenvalue:.3g}: "
            f"rank {self.rank}, nullity {self.nullity}\n"
            f"  {_kinks(self.kink_margin)}"
        )


def certify(objective: Objective, params: Any, *, gradient_tolerance: float = 1e-8) -> Certificate:
    """Say whether ``params`` is a minimum, and what second order knows about it.

    Paper: Dinh et al., section 2, footnote (the Hessian is assumed to exist there).
    Page: ``book/hessian_transform``.

    Args:
        objective: network, loss and data.
        params: arrays with the network's shapes.
        gradient_tolerance: a point counts as critical when the gradient's norm is at most this.
            It is absolute, so it is not invariant under `flatlib.transforms.alpha_scale`:
            state it with the result.

    Returns:
        A `Certificate`.

    Raises:
        ValueError: if the tolerance is not positive, or params do not fit.
        TypeError: if ``objective`` is not an Objective.

    Example:
        >>> from flatlib import MLP, Objective
        >>> net = MLP((1, 1, 1), bias=False)
        >>> certify(Objective(net, "squared", [[1.0]], [[1.0]]), ([[1.0]], [[1.0]])).verdict
        'minimum'
    """
    require_objective(objective)
    tolerance = require_positive(gradient_tolerance, "gradient_tolerance")
    eigenvalues = np.linalg.eigvalsh(matrices.hessian(objective, params))
    rank = int((np.abs(eigenvalues) > RANK_TOLERANCE * np.abs(eigenvalues).max()).sum())
    gradient_norm = float(np.linalg.norm(matrices.gradient(objective, params)))
    margin = kink_margin(objective, params)
    return Certificate(
        loss=float(objective(params)),
        gradient_norm=gradient_norm,
        smallest_eigenvalue=float(eigenvalues[0]),
        largest_eigenvalue=float(eigenvalues[-1]),
        rank=rank,
        nullity=len(eigenvalues) - rank,
        kink_margin=margin,
        verdict=_verdict(gradient_norm, tolerance, eigenvalues, margin),
    )


def kink_margin(objective: Objective, params: Any) -> float:
    r"""Smallest :math:`|z| / (\sum_i |w_i a_i| + |b|)` over hidden units and examples.

    That is the relative change of a unit's incoming weights and bias, each of them by this much or
    less, that puts one example on its kink. It is the same number along the orbit of every
    scaling in `flatlib.transforms`. An example whose input to the layer is 0 is left out where
    there is no bias: no change of the weights moves it.

    Returns:
        A number from 0 (on a kink) to 1; infinite if the activation has no kink, or nothing can
        reach one.
    """
    network = require_objective(objective).network
    if isinstance(network, ConvNet):
        return kink_margin_conv(objective, params)
    params = network.require_params(params)
    if not network.activation.has_kink:
        return float("inf")
    hidden, margin = objective.inputs, np.inf
    zs = network.pre_activations(params, objective.inputs)
    for (weights, bias), z in zip(network.layers(params)[:-1], zs, strict=False):
        terms = np.abs(hidden) @ np.abs(weights) + (0.0 if bias is None else np.abs(bias))
        moves = (hidden != 0).any(axis=1) | (bias is not None)
        # a unit without weights sits on its kink for every example
        ratios = np.divide(np.abs(z), terms, out=np.zeros_like(z), where=terms > 0)
        margin = min(margin, ratios[moves].min(initial=np.inf))
        hidden = network.activation(z)
    return float(margin)


def _without_rounding(number: float) -> float:
    return 0.0 if number < 1e-10 else number


def _kinks(margin: float) -> str:
    if np.isinf(margin):
        return "no kink can be reached"
    return f"nearest kink: a unit's weights changed by {margin:.1e} of themselves"


def _verdict(gradient_norm: float, tolerance: float, eigenvalues: np.ndarray, margin: float) -> str:
    if margin <= KINK_TOLERANCE:
        return "on a kink"
    if gradient_norm > tolerance:
        return "not critical"
    slack = RANK_TOLERANCE * np.abs(eigenvalues).max()
    return "minimum" if eigenvalues[0] >= -slack else "saddle or maximum"
