"""Adaptive sharpness as it is defined, a maximum over an ellipsoid or a box, climbed for."""

from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import (
    require_choice,
    require_count,
    require_generator,
    require_positive,
)
from flatlib.measures._surroundings import Surroundings, base_loss
from flatlib.measures.adaptive import scale_of
from flatlib.measures.keskar import ScaledBox
from flatlib.measures.sharpness import Ball


def worst_adaptive_sharpness(
    objective: Any,
    params: Any,
    radius: float,
    rng: np.random.Generator,
    *,
    norm: str = "euclidean",
    num_restarts: int = 8,
    num_steps: int = 60,
    **options: Any,
) -> float:
    r""":math:`\max\{L(\theta+\delta)-L(\theta): \lVert T^{-1}\delta\rVert\le\rho\}`, by ascent.

    The climbs are those of `epsilon_sharpness` (``"euclidean"``, an ellipsoid) and
    `keskar_sharpness` (``"max"``, a box), in the coordinates :math:`T^{-1}\delta`. All the data at
    once: the authors take means over batches.

    Source: Kwon et al. 2021; Andriushchenko et al. 2023 (Auto-PGD, 20 steps).
    Page: ``book/what_survives``.

    Args:
        objective: as for `flatlib.measures.adaptive_spectrum`.
        params: arrays of the network's shapes, or the coordinates; critical or not.
        radius: rho > 0, a number relative to the weights.
        rng: draws the starts.
        norm: ``"euclidean"`` or ``"max"``.
        num_restarts: pairs of opposite starts.
        num_steps: of ascent for each start.
        **options: ``by``, ``eta`` and ``biases`` of `adaptive_scale`.

    Returns:
        A number >= 0, not divided by 1 + L. The trap: a lower bound of the true maximum, since
        ascent finds a point and proves nothing; more restarts can raise it.

    Raises:
        ValueError: for a radius that is not positive, an unknown norm, or a loss that is not finite
            within reach.
        TypeError: if ``objective`` cannot be called, or ``rng`` is no Generator.

    Example:
        >>> from flatlib import MLP, Objective
        >>> objective = Objective(MLP((1, 1), bias=False), "squared", [[1.0]], [[2.0]])
        >>> rng = np.random.default_rng(0)
        >>> round(worst_adaptive_sharpness(objective, ([[2.0]],), 0.5, rng), 9)
        0.5
    """
    radius, rng = require_positive(radius, "radius"), require_generator(rng)
    norm = require_choice(norm, "norm", ("euclidean", "max"))
    num_restarts = require_count(num_restarts, "num_restarts", minimum=1)
    num_steps = require_count(num_steps, "num_steps", minimum=1)
    scale = scale_of(objective, params, **options)
    base = base_loss(objective, params)
    if norm == "max":
        box = ScaledBox(Surroundings(objective, params, base), radius, radius * scale)
        return max(0.0, *(box.climb(start, num_steps) for start in box.starts(num_restarts, rng)))
    ball = Ball(
        Surroundings(objective, params, base, scipy.sparse.diags_array(scale).tocsr()), radius
    )
    return ball.highest(ball.starts(num_restarts, rng), num_steps)
