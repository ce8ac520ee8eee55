"""Whether one number, over many nets, orders them as another does, and how sure that is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import bootstrap, rankdata

from flatlib._guards import require_array, require_generator, require_shape

_RESAMPLES, _CONFIDENCE, _FEWEST = 2000, 0.95, 4


@dataclass(frozen=True)
class RankCorrelation:
    """What `rank_correlation` returns; it shows itself with its interval.

    Page: ``book/volume_and_accuracy``.

    Attributes:
        value: from -1 to 1.
        low: lower end of the bootstrap interval at 95 %.
        high: its upper end.
        count: number of nets.
    """

    value: float
    low: float
    high: float
    count: int

    def __str__(self) -> str:
        """Value, interval, number of nets."""
        return f"{self.value:+.2f} [{self.low:+.2f}, {self.high:+.2f}], {self.count} nets"

    __repr__ = __str__


def rank_correlation(first: Any, second: Any, rng: np.random.Generator) -> RankCorrelation:
    r"""Spearman's coefficient over nets, with a bootstrap interval: Pearson's of the ranks.

    The interval is that of ``scipy.stats.bootstrap``, by percentiles of 2000 samples of nets.
    It says what another draw from nets of the same kind would give, such as other seeds; not what
    other data or another architecture would.

    Paper: for Wu et al., Figure 3. Page: ``book/volume_and_accuracy``.

    Args:
        first: one number for each net, shape (n,), n >= 4; -inf and inf count as the extremes.
        second: as many.
        rng: draws the samples.

    Returns:
        A `RankCorrelation`. The trap: ties share their mean rank, and where all of ``first`` or
        of ``second`` are equal there is no correlation.

    Raises:
        ValueError: if the two have not the same shape (n,), hold NaN, or one is constant.
        TypeError: if ``rng`` is no Generator.

    Example:
        >>> rank_correlation([1, 2, 3, 4, 5], [1, 4, 9, 16, 25], np.random.default_rng(0)).value
        1.0
    """
    rng = require_generator(rng)
    first = _require_column(first, "first")
    second = _require_column(second, "second")
    require_shape(second, first.shape, "second")
    interval = bootstrap(
        (first, second),
        _spearman,
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=_RESAMPLES,
        confidence_level=_CONFIDENCE,
        random_state=rng,  # the name that SciPy 1.13 knows too
    ).confidence_interval
    value = float(_spearman(first, second, axis=-1))
    return RankCorrelation(value, float(interval.low), float(interval.high), len(first))


def _spearman(first: np.ndarray, second: np.ndarray, axis: int) -> np.ndarray:
    """Along ``axis``; 0 for a sample in which one of the two is constant."""
    ranks = [rankdata(values, axis=axis) for values in (first, second)]
    ranks = [r - r.mean(axis=axis, keepdims=True) for r in ranks]
    product = (ranks[0] * ranks[1]).sum(axis=axis)
    size = np.sqrt((ranks[0] ** 2).sum(axis=axis) * (ranks[1] ** 2).sum(axis=axis))
    return np.divide(product, size, out=np.zeros_like(product), where=size > 0)


def _require_column(values: Any, name: str) -> np.ndarray:
    values = require_array(values, name, finite=False)
    if values.ndim != 1 or len(values) < _FEWEST or np.isnan(values).any():
        raise ValueError(
            f"{name} must be a number for each of {_FEWEST} nets or more, without NaN, got shape "
            f"{values.shape}. Pass one column of a table."
        )
    if (values == values[0]).all():
        raise ValueError(
            f"{name} must not be the same for all nets, got {values[0]:g} for each. "
            "Pass a quantity that differs."
        )
    return values
