"""Bad calls of the rank correlation: (label, call, kind of error, words)."""

import numpy as np

from flatlib.measures import rank_correlation, rank_correlation_difference

V, T = ValueError, TypeError
RNG = np.random.default_rng(0)
FIVE = [1.0, 2.0, 3.0, 5.0, 4.0]

CASES = [
    ("ranks of three nets", lambda: rank_correlation([1, 2, 3], [1, 2, 3], RNG), V, "first"),
    ("ranks, another length", lambda: rank_correlation(FIVE, FIVE[:4], RNG), V, "second"),
    ("ranks of a matrix", lambda: rank_correlation([FIVE] * 4, FIVE, RNG), V, "first"),
    ("ranks with NaN", lambda: rank_correlation(FIVE, [*FIVE[:4], np.nan], RNG), V, "NaN"),
    ("ranks of a constant", lambda: rank_correlation(FIVE, [1.0] * 5, RNG), V, "same for all"),
    ("ranks of text", lambda: rank_correlation(list("abcde"), FIVE, RNG), T, "first"),
    ("ranks without a generator", lambda: rank_correlation(FIVE, FIVE, 0), T, "rng"),
    (
        "ranks, no sample",
        lambda: rank_correlation(FIVE, FIVE, RNG, num_resamples=0),
        V,
        "num_resamples",
    ),
    (
        "ranks, half one",
        lambda: rank_correlation(FIVE, FIVE, RNG, num_resamples=0.5),
        T,
        "num_resamples",
    ),
    (
        "difference of ranks, a target of another length",
        lambda: rank_correlation_difference(FIVE, FIVE, [*FIVE, 6.0], RNG),
        V,
        "target",
    ),
    (
        "difference of ranks with NaN",
        lambda: rank_correlation_difference(FIVE, [*FIVE[:4], np.nan], FIVE, RNG),
        V,
        "second",
    ),
    (
        "difference of ranks without a generator",
        lambda: rank_correlation_difference(FIVE, FIVE, FIVE, None),
        T,
        "rng",
    ),
]
