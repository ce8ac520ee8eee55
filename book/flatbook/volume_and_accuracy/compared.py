"""Many measures against one accuracy: rank correlations and their differences, on shared samples.

All measures are resampled together, so that what two of them share does not blur their difference;
and a sample is a list of how often each net is in it, with which ranks need no sorting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from flatlib.measures import RankCorrelation
from flatlib.measures.ranks import RESAMPLES, spearman
from flatlib.training import Table

_CHUNK = 500  # samples at a time, which a processor keeps at hand


@dataclass(frozen=True)
class Compared:
    """A measure beside another one.

    Attributes:
        name: of its column.
        correlation: with the accuracy.
        difference: the other one's correlation minus this one's; None for the other one itself.
    """

    name: str
    correlation: RankCorrelation
    difference: RankCorrelation | None

    @property
    def cells(self) -> tuple[str, str | None]:
        """Both with their intervals, as they stand in a table."""
        return _written(self.correlation), self.difference and _written(self.difference)


def _written(one: RankCorrelation) -> str:
    return f"{one.value:+.2f} [{one.low:+.2f}, {one.high:+.2f}]"


def compared(
    table: Table,
    names: Sequence[str],
    than: str,
    rng: np.random.Generator,
    *,
    accuracy: str = "unused_accuracy",
    resamples: int = RESAMPLES,
) -> list[Compared]:
    """Rank correlations of measures with the accuracy, and how far another one's is from each.

    Args:
        table: with a row for each net.
        names: of the columns.
        than: the column that each of them is compared with, one of them.
        rng: draws the samples of nets, the same for all measures.
        accuracy: the column to be ranked.
        resamples: how many samples.
    """
    columns, hits = np.array([table[name] for name in names]), table[accuracy]
    values, drawn = spearman(columns, hits[None]), resampled(columns, hits, rng, resamples)
    other = list(names).index(than)

    def shown(value: float, sample: np.ndarray) -> RankCorrelation:
        return RankCorrelation(float(value), *np.quantile(sample, [0.025, 0.975]), len(table))

    return [
        Compared(
            name,
            shown(values[m], drawn[m]),
            None if m == other else shown(values[other] - values[m], drawn[other] - drawn[m]),
        )
        for m, name in enumerate(names)
    ]


def within(
    table: Table,
    names: Sequence[str],
    rng: np.random.Generator,
    *,
    accuracy: str = "unused_accuracy",
    resamples: int = RESAMPLES,
) -> list[RankCorrelation]:
    """For each measure the mean of its rank correlations among nets attacked alike.

    A sample has as many nets of each attack as the table.
    """
    parts = [table.where(attack=int(level)) for level in dict.fromkeys(table["attack"])]
    columns = [np.array([part[name] for name in names]) for part in parts]
    values = np.mean(
        [spearman(c, p[accuracy][None]) for c, p in zip(columns, parts, strict=True)], 0
    )
    drawn = np.mean(
        [resampled(c, p[accuracy], rng, resamples) for c, p in zip(columns, parts, strict=True)], 0
    )
    ends = np.quantile(drawn, [0.025, 0.975], axis=1).T
    return [
        RankCorrelation(float(v), *end, len(table)) for v, end in zip(values, ends, strict=True)
    ]


def resampled(
    columns: np.ndarray, target: np.ndarray, rng: np.random.Generator, resamples: int
) -> np.ndarray:
    """Rank correlations of columns, shape (M, n), with the target, (n,): shape (M, resamples)."""
    sizes = [_CHUNK] * (resamples // _CHUNK) + [resamples % _CHUNK]
    parts = [_correlations(columns, target, _times(len(target), n, rng)) for n in sizes if n]
    return np.concatenate(parts, axis=1)


def _times(nets: int, samples: int, rng: np.random.Generator) -> np.ndarray:
    """How often each net is in each sample, shape (nets, samples)."""
    drawn = rng.integers(nets, size=(nets, samples)) * samples + np.arange(samples)
    places = drawn.ravel().astype(np.intp)  # in a browser 32 bits, of which NumPy counts no others
    return np.bincount(places, minlength=nets * samples).reshape(nets, samples) * 1.0


def _correlations(columns: np.ndarray, target: np.ndarray, times: np.ndarray) -> np.ndarray:
    """In each of the samples: shape (M, samples); 0 where a measure has one value only.

    All sums are of quarters of whole numbers: none is rounded, whatever the order of the nets.
    """
    (order, sizes), nets = _order(target), len(target)
    counts = _grouped(times[order], sizes)
    goal, square, found = np.empty_like(times), _squares(counts, nets), []
    goal[order] = np.repeat(_middles(counts) - nets / 2, sizes, axis=0)
    weighted, alone = times * goal, _squares(times, nets)
    for order, sizes in map(_order, columns):
        counts = _grouped(times[order], sizes)
        own = alone if len(sizes) == nets else _squares(counts, nets)
        # these weights add up to 0, so that ranks need not be counted from their mean
        product = np.einsum("gs,gs->s", _grouped(weighted[order], sizes), _middles(counts))
        size = np.sqrt(own * square)
        found.append(np.divide(product, size, out=np.zeros_like(product), where=size > 0))
    return np.array(found)


def _order(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which net comes when, the smallest first, and how many have each value."""
    order = np.argsort(values)
    first = np.flatnonzero(np.append(True, np.diff(values[order]) > 0))
    return order, np.diff(np.append(first, len(values)))


def _grouped(rows: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Rows of nets with equal values added up."""
    if len(sizes) == len(rows):
        return rows
    return np.add.reduceat(rows, np.cumsum(sizes) - sizes, axis=0)


def _middles(counts: np.ndarray) -> np.ndarray:
    """How many nets of a sample come before those of each value, half of these included."""
    middles = counts.copy()
    for before, row in pairwise(middles):  # twice as fast as cumsum, which goes down the columns
        row += before
    middles -= counts / 2
    return middles


def _squares(counts: np.ndarray, nets: int) -> np.ndarray:
    """Squared ranks of a sample, from their mean, added up: c equal values lack c^3 / 12."""
    return (nets**3 - np.einsum("gs,gs,gs->s", counts, counts, counts)) / 12
