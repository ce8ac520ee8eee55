"""Equation (14): the Frobenius norm from differences of gradients."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exact_hessians.scenes import trained_problem
from flatlib.curvature import hessian
from flatlib.curvature.estimators import wu_frobenius, wu_step_sweep


@claim(
    "S10",
    paper="wu2017",
    place="section 5.2, equation (14)",
    verdict="holds",
    page="exact_hessians",
)
def difference_estimator(rng: np.random.Generator) -> Check:
    """Equation (14) as printed estimates twice the squared norm: its prefactor should be
    1 / (4 M eps^2). For a rectifier the result depends on the step as well.
    """
    objective, params = trained_problem("tanh", rng)
    exact = np.sum(hessian(objective, params) ** 2)
    parts = []
    for form, ratio in [("printed", 2.0), ("corrected", 1.0)]:
        estimate = wu_frobenius(objective, params, rng, step=1e-5, num_samples=400, form=form)
        parts.append(
            Check.equal(
                f"{form} form over the squared norm, tanh, within 4 standard errors",
                ratio,
                estimate.value / exact,
                tolerance=4 * estimate.standard_error / estimate.value,
            )
        )
    objective, params = trained_problem("relu", rng)
    exact = np.sum(hessian(objective, params) ** 2)
    near, *far = wu_step_sweep(objective, params, [1e-8, 1e-5, 1e-4, 1e-3], rng, num_samples=400)
    again = wu_frobenius(objective, params, rng, step=1e-8, num_samples=400)
    parts += [
        Check.equal(
            "relu, step 1e-8: the exact Hessian's norm, within 4 standard errors",
            1.0,
            again.value / exact,
            tolerance=4 * again.standard_error / again.value,
        ),
        Check.at_least(
            "relu, largest over steps from 1e-5 to 1e-3, over that",
            2.0,
            max(far) / near,
        ),
    ]
    return Check.all_of("a factor of 2 too much as printed, and a step that matters", parts)
