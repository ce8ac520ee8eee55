"""The estimate of the learning coefficient along orbits: in closed form, and sampled.

Closed form: networks of 40 units that fit the parity of 150 digits, and from 0 to 600 wrong labels
beside them, as on the page *Does volume predict accuracy?*; with the 0, a control. Sampled: smaller
networks without biases that fit 20 digits, at points of their orbits, by exact chains and by
Langevin steps.
"""

from typing import Any

import numpy as np

from flatbook.experiment import Experiment
from flatbook.exponent.samplers import Tempered, exact, langevin
from flatbook.exponent.spectra import NBETA, SPREAD, Fitted, digits_net
from flatbook.significant import significant
from flatlib.data import digits, parity
from flatlib.measures import learning_coefficient
from flatlib.networks import MLP
from flatlib.params import flatten, unflatten
from flatlib.transforms import alpha_scale

WRONG = (0, 50, 100, 300, 600)
GAMMAS = (1.0, 10.0, 100.0, 1000.0)
ALPHAS = (0.03, 0.05, 0.07, 0.1, 0.14, 0.2, 0.3, 0.5, 0.7, 1.0, 1.4, 2.0, 3.0, 5.0, 10.0, 30.0)
DRAWS = 8
SMALL = MLP((64, 10, 1), bias=False)
IMAGES = 20
PART = 0.5  # of one over the largest stiffness: the step of the Langevin chains


def of_digits(rng: np.random.Generator, *, wrong: int) -> dict[str, Any]:
    """The estimates of one network, as it was trained and elsewhere on its orbit.

    Args:
        rng: draws images, start and scalings, in this order.
        wrong: images with the wrong label beside the 150 right ones.

    Returns:
        ``test_accuracy``; ``rank`` of the 150 gradients; ``estimates``, a row for each of `GAMMAS`
        with a column for each of `ALPHAS`; ``drawn``, the same with random alphas in the columns;
        ``own``, at a pull of gamma 1 in the weights' own units.
    """
    net = digits_net(rng, wrong=wrong)
    chosen = np.exp(SPREAD * rng.normal(size=DRAWS))
    spectrum = net.spectrum()
    own = learning_coefficient(net.own_spectrum(), nbeta=NBETA, gamma=1.0)
    return {
        "test_accuracy": net.accuracy,
        "rank": int((spectrum > 1e-9 * spectrum[-1]).sum()),
        "estimates": _estimates(net, ALPHAS),
        "drawn": _estimates(net, chosen),
        "own": significant(own, 6),
    }


def sampled(rng: np.random.Generator, *, alpha: float, gamma: float) -> dict[str, float]:
    """The estimate by samples, at T_alpha of a network that fits 20 digits.

    Args:
        rng: draws images, start and samples, in this order.
        alpha: where on the orbit.
        gamma: the pull.

    Returns:
        ``exact`` and ``langevin`` with their errors, ``quadratic`` and ``quadratic_steps``, what a
        quadratic loss would give.
    """
    inputs, theta, network = small_net(rng)
    theta = flatten(alpha_scale(network, alpha)(unflatten(theta, _shapes(network))))
    law = Tempered(network, theta, inputs, IMAGES / np.log(IMAGES), gamma)
    spectrum, how = law.spectrum(), {"nbeta": law.nbeta, "gamma": gamma}
    step = PART / (law.nbeta * spectrum[-1] + gamma)
    chains = {"num_chains": 30, "num_steps": 240}
    found, steps = exact(law, rng, **chains), langevin(law, rng, step_size=step, **chains)
    return {
        "exact": found.value,
        "exact_error": found.standard_error,
        "langevin": steps.value,
        "langevin_error": steps.standard_error,
        "quadratic": learning_coefficient(spectrum, **how),
        "quadratic_steps": learning_coefficient(spectrum, **how, step_size=step),
    }


def small_net(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, MLP]:
    """Twenty images, the weights of a network that fits their parity, and its shape.

    By damped Gauss-Newton steps. Page: ``book/exponent``.

    Args:
        rng: draws images and start.
    """
    data = digits()
    chosen = rng.permutation(len(data.train_inputs))[:IMAGES]
    inputs, targets = data.train_inputs[chosen], parity(data.train_labels[chosen])[:, 0]
    theta = flatten(SMALL.init(rng))
    for _ in range(100):
        residuals = targets - SMALL.predict(unflatten(theta, _shapes(SMALL)), inputs)[:, 0]
        jacobian = Tempered(SMALL, theta, inputs, 1.0, 1.0).jacobian()
        damping = 1e-3 * (residuals @ residuals) * np.eye(IMAGES)
        theta = theta + jacobian.T @ np.linalg.solve(jacobian @ jacobian.T + damping, residuals)
        if np.abs(residuals).max() < 1e-10:
            break
    return inputs, theta, SMALL


def _shapes(network: MLP) -> list[np.ndarray]:
    return [np.empty(shape) for shape in network.param_shapes]


def _estimates(net: Fitted, alphas) -> np.ndarray:
    spectra = [net.spectrum(alpha) for alpha in alphas]
    return np.array(
        [
            significant([learning_coefficient(s, nbeta=NBETA, gamma=gamma) for s in spectra], 6)
            for gamma in GAMMAS
        ]
    )


# The networks are reached quadratically; of samples, a slice that ends at another point by
# rounding goes its own way from there on, and differs as two seeds do.
COEFFICIENTS = Experiment(
    name="coefficients",
    function=of_digits,
    settings=tuple({"wrong": wrong} for wrong in WRONG),
    seeds=tuple(range(8)),
    tolerances={"test_accuracy": 0.0, "rank": 0.0, "estimates": 2e-4, "drawn": 2e-4, "own": 2e-4},
)
SAMPLED = Experiment(
    name="sampled_coefficients",
    function=sampled,
    settings=tuple({"alpha": alpha, "gamma": gamma}
                   for gamma in (100.0, 1000.0) for alpha in (0.1, 0.3, 1.0, 3.0, 10.0)),
    seeds=tuple(range(4)),
    tolerances={
        **dict.fromkeys(("exact", "exact_error", "langevin", "langevin_error"), 1.5),
        **dict.fromkeys(("quadratic", "quadratic_steps"), 1e-6),
    },
)  # fmt: skip
