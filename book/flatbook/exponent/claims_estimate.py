"""The usual estimate of the exponent, and how T_alpha moves it."""

import numpy as np
from scipy.stats import rankdata

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exponent import samplers, spectra
from flatbook.exponent.experiment_estimates import (
    ALPHAS,
    COEFFICIENTS,
    GAMMAS,
    SAMPLED,
    WRONG,
    small_net,
)
from flatlib import MLP, Objective, SquaredLoss
from flatlib.measures import adaptive_spectrum, learning_coefficient, spearman
from flatlib.training import Table
from flatlib.transforms import alpha_scale

HOW = {"nbeta": spectra.NBETA, "gamma": 100.0}
TRAINED = ALPHAS.index(1.0)


@claim(
    "SR12",
    paper="beyond",
    place="to Dinh et al., Theorem 2",
    verdict="holds",
    page="exponent",
    tables=("coefficients", "sampled_coefficients"),
)
def estimate_moves(rng: np.random.Generator) -> Check:
    """The estimate of the local learning coefficient at a finite temperature and pull is a sum over
    eigenvalues that T_alpha moves, up to half the number of labels; with the pull in the weights'
    own units no scaling moves it.
    """
    return Check.all_of(
        "normal samples, limits on an orbit, 40 networks, and samples of small ones",
        [_normal(rng), *_limits(rng), *_ranking(rng), *_sampled(rng)],
    )


def _normal(rng: np.random.Generator) -> Check:
    values = np.array([4.0, 1.0, 0.1])
    draws = rng.normal(size=(100_000, 3)) / np.sqrt(10 * values + 1)
    found = 5 * draws**2 @ values
    predicted = learning_coefficient(values, nbeta=10.0, gamma=1.0)
    error = 5 * found.std() / np.sqrt(len(found))
    return Check.equal("100,000 normal samples of a bowl", predicted, found.mean(),
                       tolerance=error / predicted)  # fmt: skip


def _limits(rng: np.random.Generator) -> list[Check]:
    """Of a network that fits 150 digits: half the rank of each layer's part."""
    net = spectra.digits_net(rng, wrong=0)
    first, second = (np.linalg.matrix_rank(part) / 2 for part in net.jacobian)
    # further out the rounding of the spectrum is seen beside what is left
    near, far = (learning_coefficient(net.spectrum(a), **HOW) for a in (1e-5, 3e4))
    return [
        Check.equal("alpha to 0: half of the 150 labels", 75.0, first),
        Check.equal("the estimate there", first, near, tolerance=1e-4),
        Check.equal("alpha to infinity: half the rank of the second layer, and the output bias",
                    second + _of_output_bias(net), far, tolerance=1e-4),
        _own_units(rng),
        Check.equal("pull to 0", 75.0,
                    learning_coefficient(net.spectrum(), nbeta=HOW["nbeta"], gamma=1e-6),
                    tolerance=1e-4),
    ]  # fmt: skip


def _own_units(rng: np.random.Generator) -> Check:
    """From the whole Hessian of a small network, three points of its orbit."""
    network, inputs = MLP((3, 5, 1)), rng.normal(size=(6, 3))
    params = network.init(rng, bias_std=0.5)
    fits = Objective(network, SquaredLoss(1.0), inputs, network.predict(params, inputs))
    points = [alpha_scale(network, alpha)(params) for alpha in (1.0, 0.1, 10.0)]
    found = [learning_coefficient(adaptive_spectrum(fits, point), **HOW) for point in points]
    return Check.equal("pull in the weights' own units, at three points", np.full(3, found[0]),
                       found, tolerance=1e-9)  # fmt: skip


def _of_output_bias(net: spectra.Fitted) -> float:
    """What its gradient, all ones, adds outside the range of the second layer's."""
    ones, second = np.ones(len(net.inputs)), net.jacobian[1]
    left = ones - second @ np.linalg.lstsq(second, ones, rcond=None)[0]
    return learning_coefficient([2 / len(ones) * (left @ left)], **HOW)


def _ranking(rng: np.random.Generator) -> list[Check]:
    table = COEFFICIENTS.table()
    rows = rng.integers(len(table), size=len(table))
    accuracy = table["test_accuracy"][rows]
    means = [table.where(wrong=wrong)["estimates"].mean(axis=0)[2, TRAINED] for wrong in WRONG]
    return [
        Check.at_least("as trained: estimates rise with the wrong labels, by", np.full(4, 0.9),
                       np.diff(means)),
        Check.at_most("as trained: rank correlation with accuracy, each pull",
                      np.full(len(GAMMAS), -0.85),
                      [spearman(as_trained(table, gamma)[rows], accuracy) for gamma in GAMMAS]),
        Check.at_least("after one random alpha a network, mean of 8 draws", -0.7,
                       np.mean(drawn(table, 100.0, rows))),
        Check.at_least("with alphas that were chosen", 0.9, chosen(table, rows)),
        Check.at_most("in the weights' own units", -0.85,
                      spearman(table["own"][rows], accuracy)),
    ]  # fmt: skip


def as_trained(table: Table, gamma: float) -> np.ndarray:
    """The estimate of each network as it was trained.

    Page: ``book/exponent``.

    Args:
        table: of the experiment ``coefficients``.
        gamma: the pull, one of those in the table.
    """
    return table["estimates"][:, GAMMAS.index(gamma), TRAINED]


def drawn(table: Table, gamma: float, rows=slice(None)) -> np.ndarray:
    """Rank correlation with accuracy after a random alpha for each network, for 8 draws of them.

    Page: ``book/exponent``.

    Args:
        table: of the experiment ``coefficients``.
        gamma: the pull.
        rows: which networks.
    """
    values = table["drawn"][rows, GAMMAS.index(gamma)].T
    return np.array([spearman(row, table["test_accuracy"][rows]) for row in values])


def chosen(table: Table, rows=slice(None), *, gamma: float = 100.0) -> float:
    """The same with an alpha of the table for each network, chosen so as to turn the ranking.

    From the worst network to the best, each gets the estimate nearest to what rises evenly from 12
    to 50.

    Page: ``book/exponent``.

    Args:
        table: of the experiment ``coefficients``.
        rows: which networks.
        gamma: the pull.
    """
    values, accuracy = table["estimates"][rows, GAMMAS.index(gamma)], table["test_accuracy"][rows]
    wanted = np.interp(rankdata(accuracy), (1, len(accuracy)), (12.0, 50.0))
    nearest = np.abs(values - wanted[:, None]).argmin(axis=1)
    return float(spearman(values[np.arange(len(values)), nearest], accuracy))


def _sampled(rng: np.random.Generator) -> list[Check]:
    table = SAMPLED.table()
    sharp, plain = (table.where(alpha=alpha, gamma=100.0)["exact"] for alpha in (0.1, 1.0))
    mild = table["alpha"] >= 1
    ratios = table["exact"] / table["quadratic"], table["langevin"] / table["quadratic_steps"]
    return [
        Check.at_least("exact samples: the estimate at alpha 0.1 over that at 1", np.full(4, 4.0),
                       sharp / plain),
        Check.equal("from alpha 1 on: exact samples over the closed form", np.ones(mild.sum()),
                    ratios[0][mild], tolerance=0.12),
        Check.equal("Langevin steps over the closed form", np.ones(mild.sum()), ratios[1][mild],
                    tolerance=0.15),
        _live(rng),
    ]  # fmt: skip


def _live(rng: np.random.Generator) -> Check:
    """A short run, where the loss is nearly a bowl and the samples feel it."""
    inputs, theta, network = small_net(rng)
    law = samplers.Tempered(network, theta, inputs, len(inputs) / np.log(len(inputs)), 100.0)
    found = samplers.exact(law, rng, num_chains=40, num_steps=100)
    predicted = learning_coefficient(law.spectrum(), nbeta=law.nbeta, gamma=law.gamma)
    return Check.equal("exact samples of a network, drawn now", predicted, found.value,
                       tolerance=0.12 + 4 * found.standard_error / predicted)  # fmt: skip
