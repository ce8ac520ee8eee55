"""Supplement D: which comparisons of models survive a bijection of the inputs."""

import numpy as np
from scipy.stats import multivariate_normal, norm, wasserstein_distance
from scipy.stats import wasserstein_distance_nd as wasserstein_in_space

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.input_representation.densities import (
    DATA,
    LOW,
    WIDE,
    divergence,
    earth_mover,
    kullback_leibler,
    quantiles,
    squared_hellinger,
)
from flatlib.transforms import whitening


@claim(
    "DINH-SD", paper="dinh2017", place="supplement D", verdict="holds", page="input_representation"
)
def rankings_under_bijections(rng: np.random.Generator) -> Check:
    """Squared error and earth-mover distance rank models differently in another representation;
    f-divergences and log-likelihoods do not.

    The bijection is differentiable both ways, for log-likelihoods; for divergences it need only be
    measurable both ways.
    """
    return Check.all_of(
        "what a bijection re-ranks, and what it cannot",
        [
            _squared_error(rng),
            _earth_mover_on_the_line(),
            _earth_mover_in_the_plane(rng),
            _divergences(),
            _log_likelihood(rng),
        ],
    )


def _squared_error(rng: np.random.Generator) -> Check:
    errors, scale = np.array([[1.0, 0.0], [0.0, 2.0]]), np.array([10.0, 0.1])
    truth = rng.normal(size=2)
    models, turn = truth + errors, np.linalg.qr(rng.normal(size=(2, 2)))[0]
    scores = [
        ((m - t) ** 2).sum(axis=1)
        for m, t in [
            (models, truth),
            (models * scale, truth * scale),
            (models @ turn, truth @ turn),
        ]
    ]
    return Check.equal(
        "squared errors 1 < 4, after scaling 100 > 0.04, after a rotation 1 < 4",
        [[1.0, 4.0], [100.0, 0.04], [1.0, 4.0]],
        scores,
        tolerance=1e-10,
    )


def _earth_mover_on_the_line() -> Check:
    raw, logs = ([earth_mover(m, power) for m in (WIDE, LOW)] for power in (1.0, 0.0))
    scaled = [
        wasserstein_distance(7 * quantiles(DATA, 1.0), 7 * quantiles(m, 1.0)) for m in (WIDE, LOW)
    ]
    return Check.all_of(
        "earth-mover distance of one feature",
        [
            Check.at_least("as it is, LOW is nearer by this factor", 1.3, raw[0] / raw[1]),
            Check.at_least("in logarithms, WIDE is nearer by this factor", 1.3, logs[1] / logs[0]),
            Check.equal(
                "in logarithms: 0.5 E|z| and 0.55",
                [0.5 * norm.expect(abs), 0.55],
                logs,
                tolerance=5e-3,
            ),
            Check.equal(
                "a change of unit leaves the ratio: one feature needs a curved map",
                raw[0] / raw[1],
                scaled[0] / scaled[1],
            ),
        ],
    )


def _earth_mover_in_the_plane(rng: np.random.Generator) -> Check:
    points, scale = rng.normal(size=(6, 2)), np.array([1.0, 0.1])
    models = points + np.array([[[0.01, 0.0]], [[0.0, 0.02]]])
    distances = [[wasserstein_in_space(s * points, s * m) for m in models] for s in (1.0, scale)]
    return Check.equal(
        "earth-mover distance in the plane: 1 < 2, after scaling 1 > 0.2, in hundredths",
        [[0.01, 0.02], [0.01, 0.002]],
        distances,
        tolerance=1e-6,
    )


def _divergences() -> Check:
    closed = [[_kl(0.0, 1.5), _kl(-0.55, 1.0)], [_hellinger(0.0, 1.5), _hellinger(-0.55, 1.0)]]
    measured = [
        [[divergence(m, power, generator) for m in (WIDE, LOW)] for power in (1.0, 0.5, 0.0)]
        for generator in (kullback_leibler, squared_hellinger)
    ]
    return Check.equal(
        "Kullback-Leibler and Hellinger, integrated in x, in its square root and in its logarithm",
        np.repeat(np.array(closed)[:, None], 3, axis=1),
        measured,
        tolerance=1e-8,
    )


def _kl(mean: float, deviation: float) -> float:
    """Of N(0, 1) from N(mean, deviation^2)."""
    return np.log(deviation) + (1 + mean**2) / (2 * deviation**2) - 0.5


def _hellinger(mean: float, deviation: float) -> float:
    total = 1 + deviation**2
    return 1 - np.sqrt(2 * deviation / total) * np.exp(-(mean**2) / (4 * total))


def _log_likelihood(rng: np.random.Generator) -> Check:
    data = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3))
    xi = whitening(data)
    models = [(rng.normal(size=3), np.cov(rng.normal(size=(3, 9)))) for _ in range(2)]
    scores = [
        [multivariate_normal(mean, cov).logpdf(data).mean() for mean, cov in models],
        [
            multivariate_normal(xi(mean[None])[0], xi.matrix.T @ cov @ xi.matrix)
            .logpdf(xi(data))
            .mean()
            for mean, cov in models
        ],
    ]
    shift = np.linalg.slogdet(xi.matrix)[1]
    return Check.equal(
        "log-likelihoods of two models move together, by the log-determinant, under whitening",
        scores[0],
        np.array(scores[1]) + shift,
        tolerance=1e-8,
    )
