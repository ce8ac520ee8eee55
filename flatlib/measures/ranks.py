"""Whether one number, over many nets, orders them as another does, and how sure that is."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_array, require_generator, require_integer, require_shape
from flatlib.measures._bootstrap import bootstrapped

#: So many that another generator moves the ends of an interval in the third digit only.
RESAMPLES = 20_000
_FEWEST = 4


@dataclass(frozen=True)
class RankCorrelation:
    """One rank correlation, or the difference of two; it shows itself with its interval.

    What `rank_correlation` and `rank_correlation_difference` return.
    Page: ``book/volume_and_accuracy``.

    Attributes:
        value: from -1 to 1; a difference, from -2 to 2.
        low: lower end of the bootstrap interval at 95 %.
        high: its upper end.
        num_nets: how many nets it is over.
    """

    value: float
    low: float
    high: float
    num_nets: int

    def __str__(self) -> str:
        """Value, interval, number of nets."""
        return f"{self.value:+.2f} [{self.low:+.2f}, {self.high:+.2f}], {self.num_nets} nets"

    __repr__ = __str__


def rank_correlation(
    first: Any, second: Any, rng: np.random.Generator, *, num_resamples: int = RESAMPLES
) -> RankCorrelation:
    r"""Spearman's coefficient over nets, with a bootstrap interval: Pearson's of the ranks.

    The interval is that of ``scipy.stats.bootstrap``, by percentiles over samples of nets. It says
    what another draw from nets of the same kind would give, such as other seeds; not what other
    data or another architecture would.

    Paper: for Wu et al., Figure 3. Page: ``book/volume_and_accuracy``.

    Args:
        first: one number for each net, shape (n,), n >= 4; -inf and inf count as the extremes.
        second: as many.
        rng: draws the samples.
        num_resamples: how many.

    Returns:
        A `RankCorrelation`. The trap: ties share their mean rank, and where all of ``first`` or
        of ``second`` are equal there is no correlation.

    Raises:
        ValueError: if the two have not the same shape (n,), hold NaN, or one is constant, or if
            ``num_resamples`` is below 1.
        TypeError: if ``rng`` is no Generator, or ``num_resamples`` no integer.

    Example:
        >>> rank_correlation([1, 2, 3, 4, 5], [1, 4, 9, 16, 25], np.random.default_rng(0)).value
        1.0
    """
    columns = _require_columns(num_resamples, rng, first=first, second=second)
    return RankCorrelation(*bootstrapped(_correlation, columns, num_resamples, rng))


def rank_correlation_difference(
    first: Any,
    second: Any,
    target: Any,
    rng: np.random.Generator,
    *,
    num_resamples: int = RESAMPLES,
) -> RankCorrelation:
    r"""How much more one quantity is correlated with a target than another, over the same nets.

    Spearman's of ``first`` and ``target`` less that of ``second`` and ``target``. Both are taken
    over the same sample of nets each time, so what the two share cancels. The trap: two intervals
    that overlap do not say that two coefficients cannot be told apart, nor does one that includes
    0 beside one that does not say that they can.

    Page: ``book/volume_and_accuracy``.

    Args:
        first: one number for each net, shape (n,), n >= 4.
        second: as many.
        target: as many.
        rng: draws the samples of nets.
        num_resamples: how many.

    Returns:
        A `RankCorrelation`; negative where ``first`` is the lower one. Of two that are both
        negative the lower one is the stronger one.

    Raises:
        ValueError: as for `rank_correlation`.
        TypeError: as for `rank_correlation`.

    Example:
        >>> rising, falling = [1, 2, 3, 4, 5], [5, 4, 3, 2, 1]
        >>> rank_correlation_difference(rising, falling, rising, np.random.default_rng(0)).value
        2.0
    """
    columns = _require_columns(num_resamples, rng, first=first, second=second, target=target)
    return RankCorrelation(*bootstrapped(_difference, columns, num_resamples, rng))


def spearman(first: np.ndarray, second: np.ndarray, *, axis: int = -1) -> np.ndarray:
    r"""Spearman's coefficient without an interval: Pearson's of the ranks.

    Page: ``book/volume_and_accuracy``.

    Args:
        first: numbers, ties share their mean rank.
        second: as many; both may have further axes, one sample in each place.
        axis: along which the numbers of a sample lie.

    Returns:
        Coefficients, of the shape without that axis. 0 for a sample in which one of the two is
        constant: there is none, and nothing says so.

    Example:
        >>> float(spearman(np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0])))
        1.0
    """
    return _correlation(
        *(scipy.stats.rankdata(values, axis=axis) for values in (first, second)), axis=axis
    )


def _correlation(first: np.ndarray, second: np.ndarray, *, axis: int = -1) -> np.ndarray:
    """Pearson's coefficient; 0 where one of the two is constant."""
    ranks = [ranks - ranks.mean(axis=axis, keepdims=True) for ranks in (first, second)]
    product = (ranks[0] * ranks[1]).sum(axis=axis)
    size = np.sqrt((ranks[0] ** 2).sum(axis=axis) * (ranks[1] ** 2).sum(axis=axis))
    return np.divide(product, size, out=np.zeros_like(product), where=size > 0)


def _difference(first: np.ndarray, second: np.ndarray, target: np.ndarray) -> np.ndarray:
    return _correlation(first, target) - _correlation(second, target)


def _require_columns(num_resamples: Any, rng: Any, **named: Any) -> list[np.ndarray]:
    require_generator(rng)
    require_integer(num_resamples, "num_resamples", minimum=1)
    columns = [_require_column(values, name) for name, values in named.items()]
    for column, name in zip(columns, named, strict=True):
        require_shape(column, columns[0].shape, name)
    return columns


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
