"""Section 4.2: how gradient and Hessian move along the orbit."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.hessian_transform.inertia import inertia
from flatbook.hessian_transform.scenes import cases
from flatlib.curvature import gradient, hessian
from flatlib.objective import Objective
from flatlib.params import block_sizes
from flatlib.transforms import Scaling, alpha_scale, scale_layers


@claim(
    "DINH-T3",
    paper="dinh2017",
    place="section 4.2, Theorem 3",
    verdict="holds",
    page="hessian_transform",
)
def gradient_and_hessian_transform(rng: np.random.Generator) -> Check:
    """At T_alpha theta the gradient is grad L(theta) D and the Hessian D H(theta) D.

    Checked at points that are no minima, since none is needed, and in the original coordinates:
    the measured Hessian is divided by d d^T, otherwise a norm sees the largest block only.
    """
    parts = []
    for name, objective, params in cases(rng):
        for alpha in (1e-3, 0.1, 10.0, 1e3):
            scaling = alpha_scale(objective.network, alpha)
            parts.append(transform_check(f"{name}, alpha = {alpha:g}", objective, params, scaling))
    alphas = np.array([1e3, 1e-2, 10.0, 1e-2])
    parts.append(
        transform_check(
            "four layers, each its own factor",
            objective,
            params,
            scale_layers(objective.network, alphas),
        )
    )
    parts.append(_inertia_check(objective, params, alphas))
    return Check.all_of(
        "gradient times D, Hessian between two D, for alpha from 1e-3 to 1e3", parts
    )


def transform_check(
    statement: str, objective: Objective, params: tuple[np.ndarray, ...], scaling: Scaling
) -> Check:
    """Theorem 3 for one network and one scaling, block by block in the original coordinates."""
    d, scaled, sizes = scaling.diagonal, scaling(params), block_sizes(params)
    return Check.all_of(
        statement,
        [
            Check.equal(
                "gradient",
                gradient(objective, params),
                gradient(objective, scaled) / d,
                tolerance=1e-10,
                sizes=sizes,
            ),
            Check.equal(
                "Hessian",
                hessian(objective, params),
                hessian(objective, scaled) / np.outer(d, d),
                tolerance=1e-10,
                sizes=sizes,
            ),
        ],
    )


def _inertia_check(
    objective: Objective, params: tuple[np.ndarray, ...], alphas: np.ndarray
) -> Check:
    """Ours: a congruence keeps the numbers of positive and negative eigenvalues (Sylvester)."""
    # milder than above: of eigenvalues 1e12 apart the small ones cannot be told from rounding
    scaled = scale_layers(objective.network, alphas**0.2)(params)
    return Check.equal(
        "ours: as many positive and as many negative eigenvalues as before",
        inertia(hessian(objective, params)),
        inertia(hessian(objective, scaled)),
        tolerance=0.0,
    )
