"""Section 5.3: the estimator of the Hessian's Frobenius norm, and how exact it is."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exact_hessians.claims_estimator import trained_problem
from flatlib.curvature import hessian, squared_frobenius, wu_frobenius
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP
from flatlib.objective import Objective

DIRECTIONS = 400


@claim(
    "WU-E14",
    paper="wu2017",
    place="section 5.3, equation (14)",
    verdict="false as printed",
    page="spectra_and_basins",
    quote="H(θ) ≈ 1/(2Mε²) Σ_i ‖∇f(θ + εv_i) − ∇f(θ − εv_i)‖²₂ ... This estimation of the squared "
    "Frobenius norm of Hessian becomes exact when ε → 0 and M → +∞",
)
def estimator_is_twice_too_large(rng: np.random.Generator) -> Check:
    """Differences of gradients along random directions, averaged with the prefactor
    1 / (2 M eps^2), become exactly the squared Frobenius norm of the Hessian as eps goes to 0 and M
    to infinity.

    They become twice that; with 1 / (4 M eps^2) it is true. The smallest counterexample has one
    weight. The paper's M of 100 gives a relative error of at most 14 %.
    """
    cases = [
        ("one weight, 1.5 theta^2", bowl([[np.sqrt(3.0)]]), (np.ones((1, 1)),)),
        ("bowl of 8 weights", bowl(rng.normal(size=(8, 8))), (np.ones((8, 1)),)),
        ("tanh net with a residual", *trained_problem("tanh", rng)),
    ]
    matrices = [hessian(objective, params) for _, objective, params in cases]
    return Check.all_of(
        "twice the squared norm as printed, the squared norm with a quarter",
        [
            Check.equal("second derivative of 1.5 theta^2", [[3.0]], matrices[0]),
            *(
                _ratio(*case, matrix, form, rng)
                for case, matrix in zip(cases, matrices, strict=True)
                for form in ("printed", "corrected")
            ),
            _spread(matrices[1], rng),
            Check.at_most(
                "relative error with 100 directions",
                np.full(3, 0.142),
                [relative_error(matrix, 100) for matrix in matrices],
            ),
        ],
    )


def relative_error(matrix: np.ndarray, directions: int) -> float:
    """Standard error of the estimate over its mean, where the loss is a quadratic."""
    squares = np.linalg.eigvalsh(matrix) ** 2
    return float(np.sqrt(2 * np.sum(squares**2) / directions) / np.sum(squares))


def bowl(inputs) -> Objective:
    """Half the mean square of the outputs of a linear net: its Hessian is X^T X / N."""
    inputs = np.asarray(inputs)
    net = MLP((inputs.shape[1], 1), bias=False)
    return Objective(net, SquaredLoss(0.5), inputs, np.zeros((len(inputs), 1)))


def _ratio(name, objective, params, matrix, form, rng) -> Check:
    """Estimate over exact value, within 4 standard errors."""
    estimate = wu_frobenius(objective, params, rng, num_samples=DIRECTIONS, form=form)
    return Check.equal(
        f"{name}, {form}: over the squared norm",
        2.0 if form == "printed" else 1.0,
        estimate.value / np.sum(matrix**2),
        tolerance=4 * relative_error(matrix, DIRECTIONS),
    )


def _spread(matrix: np.ndarray, rng: np.random.Generator) -> Check:
    """The standard error that theory gives, in the sample; the kurtosis of a form is at most 15."""
    draws = 20_000
    estimate = squared_frobenius(matrix, rng, num_samples=draws)
    return Check.equal(
        "spread of one direction: root of 2 tr H^4, within 4 of its own standard errors",
        relative_error(matrix, draws) * np.sum(matrix**2),
        estimate.standard_error,
        tolerance=4 * np.sqrt(14 / draws) / 2,
    )
