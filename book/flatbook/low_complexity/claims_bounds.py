"""Section 2: empirical risk, and two sentences that look like bounds on the risk itself."""

from functools import partial

import numpy as np
from scipy.stats import chi2

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.low_complexity.scenes import TRUTH, fit, test_error
from flatlib.data import cubic
from flatlib.networks import MLP
from flatlib.objective import Objective

_wu = partial(claim, paper="wu2017", page="low_complexity")
_DRAWS = 20_000


@_wu("WU-E1", place="section 2, equation (1)", verdict="holds")
def empirical_risk(rng: np.random.Generator) -> Check:
    """The empirical risk is the mean of the loss over N examples, and training minimizes it."""
    inputs, targets = cubic(rng)
    return Check.all_of(
        "the library's objective is that mean",
        [
            _mean_of_squares(inputs, targets, rng),
            _mean_of_logarithms(inputs, rng),
            Check.at_least("descent makes it small: minus log10", 4.0, -np.log10(fit(6, rng)[1])),
        ],
    )


def _mean_of_squares(inputs: np.ndarray, targets: np.ndarray, rng: np.random.Generator) -> Check:
    net = MLP((1, 40, 40, 1))
    params = net.init(rng)
    return Check.equal(
        "squared, with the factor 1/2",
        ((net.predict(params, inputs) - targets) ** 2).sum() / 10,
        Objective(net, "squared", inputs, targets)(params),
    )


def _mean_of_logarithms(inputs: np.ndarray, rng: np.random.Generator) -> Check:
    net, labels = MLP((1, 40, 3)), rng.integers(3, size=5)
    params = net.init(rng)
    logits = net.predict(params, inputs)
    picked = np.exp(logits)[np.arange(5), labels] / np.exp(logits).sum(axis=1)
    return Check.equal(
        "cross-entropy",
        -np.log(picked).sum() / 5,
        Objective(net, "cross_entropy", inputs, labels)(params),
    )


@_wu(
    "WU-E2",
    place="section 2, equation (2)",
    verdict="false as printed",
    quote="According to central limit theorem (CLT), the generalization error ... of one "
    "particular learned model f̂ ... can be decomposed into two terms R(f̂) ≤ R_emp(f̂) + "
    "√Var_x,y ℓ(f̂(x), y)/√N",
)
def not_a_bound(rng: np.random.Generator) -> Check:
    """By the central limit theorem R(f) <= R_emp(f) + sqrt(Var l) / sqrt(N) for a learned model f.

    It is one standard error of a mean. For one function fixed before the data are drawn it holds
    five times in six, not always. For the function learned from the data it can fail every time.
    """
    kept = np.array([_fixed(size, rng) for size in (20, 100, 1000)])
    exact = [chi2.sf(size - np.sqrt(2 * size), size) for size in (20, 100, 1000)]
    error = np.sqrt(0.85 * 0.15 / _DRAWS)
    learned = [_least_squares(50, d, rng) for d in (5, 25, 100)]
    return Check.all_of(
        "a standard error, not a bound",
        [
            Check.equal(
                "fixed function, squared Gaussian error, N = 20, 100, 1000: how often it holds",
                exact,
                kept,
                tolerance=4 * error / 0.84,
            ),
            Check.at_least("so it fails at least one time in ten", 0.1, 1 - kept.max()),
            Check.at_least("least squares on noise, d = 5, N = 50: it fails", 0.4, 1 - learned[0]),
            Check.equal("d = 25 and d = 100: it always fails", [0.0, 0.0], learned[1:]),
        ],
    )  # fmt: skip


@_wu("S14", place="section 2, equation (2)", verdict="holds")
def what_holds_of_it(rng: np.random.Generator) -> Check:
    """For a fixed function (2) holds with probability at least 1/2, for every N and every law.

    One half cannot be improved. A function that has memorized the examples breaks it surely.
    """
    near = 1e-3
    sizes = np.arange(2, 50)
    memorizes = 0.5 - 0.5 / np.sqrt(sizes)
    return Check.all_of(
        "Cantelli's inequality, its extreme case, and a memorizer",
        [
            Check.at_least("gamma losses of three shapes, N = 1, 3, 10", 0.5, _gamma(rng).min()),
            Check.equal(
                "loss 1 with probability 1/2 + 0.001, else 0, N = 1: it holds that often",
                0.5 + near,
                _coin(0.5 + near),
            ),
            Check.at_least(
                "memorizer of fair coins: risk 1/2 less the right side, N from 2 to 49",
                0.14,
                memorizes.min(),
            ),
        ],
    )


@_wu("WU-E3", place="section 2.2, equation (3)", verdict="holds")
def uniform_bounds_cover_the_worst(rng: np.random.Generator) -> Check:
    """A bound for all functions of a class at once is loose for the one that was found.

    It has to cover the worst function with the same training loss, here an attacked network.
    """
    found, worst = test_error(fit(4, rng)[0]), test_error(fit(4, rng, attack=16.0)[0])
    return Check.all_of(
        "squared test errors of a plain and an attacked network, both with loss 0",
        [
            Check.at_least("worst in multiples of what was found", 20.0, (worst / found) ** 2),
            Check.at_least("worst in variances of the truth", 1.0, (worst / TRUTH.std()) ** 2),
        ],
    )


def _fixed(size: int, rng) -> float:
    """How often (2) holds for losses that are squares of N(0, 1): risk 1, variance 2."""
    means = rng.chisquare(size, size=_DRAWS) / size
    return float(np.mean(1 <= means + np.sqrt(2 / size)))


def _least_squares(size: int, dimensions: int, rng, runs: int = 300) -> float:
    """How often (2) holds for the least-squares fit (of least norm) to pure noise."""
    holds = 0
    for _ in range(runs):
        inputs, noise = rng.normal(size=(size, dimensions)), rng.normal(size=size)
        weights = np.linalg.lstsq(inputs, noise)[0]
        risk = 1 + weights @ weights  # the error on fresh data is Gaussian with this variance
        empirical = np.mean((inputs @ weights - noise) ** 2)
        holds += risk <= empirical + np.sqrt(2 * risk**2 / size)
    return holds / runs


def _gamma(rng) -> np.ndarray:
    """How often (2) holds for losses of skew laws, with their true variance."""
    return np.array(
        [
            np.mean(shape <= rng.gamma(shape * size, size=_DRAWS) / size + (shape / size) ** 0.5)
            for shape in (0.1, 1.0, 10.0)
            for size in (1, 3, 10)
        ]
    )


def _coin(chance: float) -> float:
    """Probability of (2) for a single loss of 1 with this chance, else 0."""
    deviation = np.sqrt(chance * (1 - chance))
    return float(chance * (chance <= 1 + deviation) + (1 - chance) * (chance <= deviation))
