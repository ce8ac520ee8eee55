"""Equation (14): the Frobenius norm from differences of gradients."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exact_hessians.scenes import trained_problem
from flatlib.curvature import hessian
from flatlib.curvature.estimators import wu_frobenius, wu_step_sweep
from flatlib.estimate import Estimate


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
    return Check.all_of(
        "a factor of 2 too much as printed, and a step that matters",
        [*_prefactor(rng), *_steps_for_a_rectifier(rng)],
    )


def _prefactor(rng: np.random.Generator) -> list[Check]:
    """Where the loss is smooth: the printed prefactor and the corrected one."""
    objective, params = trained_problem("tanh", rng)
    exact = np.sum(hessian(objective, params) ** 2)
    parts = []
    for form, ratio in [("printed", 2.0), ("corrected", 1.0)]:
        estimate = wu_frobenius(objective, params, rng, step=1e-5, num_samples=400, form=form)
        statement = f"{form} form over the squared norm, tanh, within 4 standard errors"
        parts.append(_ratio(statement, ratio, estimate, exact))
    return parts


def _steps_for_a_rectifier(rng: np.random.Generator) -> list[Check]:
    """A step too short to cross a kink finds the exact Hessian; a longer one finds more."""
    objective, params = trained_problem("relu", rng)
    exact = np.sum(hessian(objective, params) ** 2)
    near, *far = wu_step_sweep(objective, params, [1e-8, 1e-5, 1e-4, 1e-3], rng, num_samples=400)
    again = wu_frobenius(objective, params, rng, step=1e-8, num_samples=400)
    statement = "relu, step 1e-8: the exact Hessian's norm, within 4 standard errors"
    return [
        _ratio(statement, 1.0, again, exact),
        Check.at_least(
            "relu, largest over steps from 1e-5 to 1e-3, over that", 2.0, max(far) / near
        ),
    ]


def _ratio(statement: str, predicted: float, estimate: Estimate, exact: float) -> Check:
    """The estimate over the exact number, within 4 standard errors."""
    tolerance = 4 * estimate.standard_error / estimate.value
    return Check.equal(statement, predicted, estimate.value / exact, tolerance=tolerance)
