"""Table 1 on MNIST: what the batch does and what the rate does, from common starts."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from flatbook.optimizers.experiment_table1_mnist import NETS, RATES
from flatbook.optimizers.runs import Paired, paired, printed
from flatbook.optimizers.tables import TABLE_1
from flatlib.training import Table

BATCHES = {"full": "full", "mini": "128"}
BY_BATCH = dict.fromkeys(
    ("net", "images", "rate", "full batch, %", "mini-batches, %", "gain [95 %]"), ""
)
BY_RATE = dict.fromkeys(
    ("net", "batch", "rate 0.05, %", "rate 0.01, %", "gain [95 %]", "steps at either"), ""
)


def by_batch(table: Table) -> Iterator[tuple[str, ...]]:
    """Rows of the page: full batches against mini-batches, ours at each rate and the paper's."""
    for role in NETS:
        for rate in RATES:
            kinds = [{"role": role, "rate": rate, "batch": batch} for batch in BATCHES]
            pair = reached(table, *kinds)
            yield role, "2,000", f"{rate:g}", *_both(*pair), told(paired(*pair))
        means = (f"{mean:.2f} ± {deviation:.2f}" for mean, deviation in TABLE_1[role])
        yield role, "10,000, the paper", "not said", *means, f"{printed(role).points:+.2f}"


def by_rate(table: Table) -> Iterator[tuple[str, ...]]:
    """Rows of the page: one kind of batch, at the one rate and at the other; steps on average."""
    for role in NETS:
        for batch, said in BATCHES.items():
            kinds = [{"role": role, "rate": rate, "batch": batch} for rate in RATES]
            pair = reached(table, *kinds)
            steps = (f"{table.where(**kind)['steps'].mean():,.0f}" for kind in kinds)
            yield role, said, *_both(*pair), told(paired(*pair)), " and ".join(steps)


def reached(table: Table, one: dict[str, Any], other: dict[str, Any]) -> tuple[np.ndarray, ...]:
    """Test accuracies in per cent, from those starts from which both reached the loss."""
    accuracies = [
        {row["seed"]: 100 * row["test_accuracy"] for row in table.where(**kind) if row["reached"]}
        for kind in (one, other)
    ]
    common = sorted(set.intersection(*map(set, accuracies)))
    first, second = (np.array([found[seed] for seed in common]) for found in accuracies)
    return first, second


def told(gain: Paired) -> str:
    """Points and their interval."""
    return f"{gain.points:+.2f} [{gain.low:+.2f}, {gain.high:+.2f}]"


def _both(*pair: np.ndarray) -> Iterator[str]:
    return (f"{values.mean():.2f} ± {values.std(ddof=1):.2f}" for values in pair)
