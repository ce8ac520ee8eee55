"""What the table of ResNet-32 says: norms with their errors, and how they order the nets."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from flatbook.grids import Grid, grid
from flatlib.estimate import Estimate
from flatlib.measures import rank_correlation
from flatlib.training import Table

# Column of samples of the squared norm, and how it was come by.
WAYS = {
    "exact": "products",
    "printed": "(14)",
    "exact_rescaled": "products, rescaled",
    "printed_rescaled": "(14), rescaled",
}
FEWEST = 4  # nets for a rank correlation


def norm(samples: np.ndarray) -> Estimate:
    """The Frobenius norm, root of a mean of squares, with the error that follows from theirs."""
    value = float(np.sqrt(samples.mean()))
    error = float(samples.std(ddof=1) / np.sqrt(len(samples)) / (2 * value))
    return Estimate("Frobenius norm", value, error, len(samples), "directions")


def norms(table: Table, way: str) -> np.ndarray:
    """Of all nets, with their errors: shape (nets, 2)."""
    found = [norm(row[way]) for row in table]
    return np.array([[one.value, one.standard_error] for one in found])


@dataclass(frozen=True)
class Pairs:
    """Pairs of nets whose norms are further apart than twice the error of their difference.

    Attributes:
        told: how many such pairs.
        worse: in how many of them the net with the larger norm has the lower test accuracy.
        all: pairs in all.
    """

    told: int
    worse: int
    all: int

    def __str__(self) -> str:
        """How many of how many."""
        return f"{self.worse} of {self.told}"


def pairs(table: Table, way: str) -> Pairs:
    """In which pairs of nets the sharper one is the worse one; equal accuracies count as not."""
    values, accuracy = norms(table, way), table["test_accuracy"]
    both = list(combinations(range(len(table)), 2))
    told = [(a, b) for a, b in both if _apart(values[a], values[b])]
    worse = [
        (a, b) for a, b in told if (values[a, 0] - values[b, 0]) * (accuracy[b] - accuracy[a]) > 0
    ]
    return Pairs(len(told), len(worse), len(both))


def _apart(one: np.ndarray, other: np.ndarray) -> bool:
    return abs(one[0] - other[0]) > 2 * np.hypot(one[1], other[1])


def wrong(table: Table) -> Table:
    """The nets of the paper's figure: with wrong labels, or with no others."""
    return table.where(labels="wrong")


def kind(row: dict) -> str:
    """What the net has learned beside the 1000 images."""
    return f"{row['others']} {row['labels']}" if row["others"] else "none"


def nets(table: Table) -> Grid:
    """A row for each net: what it has learned, and its norm in three ways."""
    heads = {
        "others": "", "fitted": ".3f", "of others": ".3f", "loss": ".3f", "test": ".3f",
        "products": "", "(14)": "", "rescaled": "",
    }  # fmt: skip
    rows = []
    for row in table:
        learned = (row["train_accuracy"], row["others_accuracy"] if row["others"] else None)
        found = [_written(norm(row[way])) for way in ("exact", "printed", "exact_rescaled")]
        rows.append((kind(row), *learned, row["train_loss"], row["test_accuracy"], *found))
    return grid(heads, rows)


def _written(one: Estimate) -> str:
    """To the place of the error's first digit, or to the unit."""
    places = max(0, -int(np.floor(np.log10(one.standard_error))))
    return f"{one.value:,.{places}f} ± {one.standard_error:,.{places}f}"


def orders(table: Table) -> Grid:
    """For each way: pairs in which the sharper net is the worse one, and the rank correlation."""
    chosen, rows = wrong(table), []
    for way, words in WAYS.items():
        found, values = pairs(chosen, way), norms(chosen, way)[:, 0]
        span = float(np.log10(values.max() / values.min()))
        rows.append((words, span, str(found), _correlation(values, chosen["test_accuracy"])))
    heads = {"norm by": "", "span": ".1f", "sharper is worse": "", "rank correlation": ""}
    return grid(heads, rows)


def _correlation(values: np.ndarray, accuracy: np.ndarray) -> str:
    if len(values) < FEWEST or np.ptp(accuracy) == 0:
        return "too few nets"
    return str(rank_correlation(values, accuracy, np.random.default_rng(0)))
