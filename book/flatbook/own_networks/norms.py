"""What the table of ResNet-32 says: norms with their errors, and how they order the nets."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from flatbook.grids import Grid, grid
from flatbook.volume_and_accuracy.compared import compared
from flatlib.estimate import Estimate
from flatlib.training import Table

# Column of samples of the squared norm, and what it is the norm of.
WAYS = {
    "exact": "as trained",
    "exact_matched": "at loss 0.01",
    "exact_rescaled": "rescaled",
    "printed": "by (14)",
}
# Which nets are ranked; the clean ones are part of each.
GROUPS = {
    "all": lambda row: True,
    "clean and wrong": lambda row: row["labels"] == "wrong",
    "clean and right": lambda row: row["labels"] == "right" or not row["others"],
}


def norm(samples: np.ndarray) -> Estimate:
    """The Frobenius norm, root of a mean of squares, with the error that follows from theirs."""
    value = float(np.sqrt(samples.mean()))
    error = float(samples.std(ddof=1) / np.sqrt(len(samples)) / (2 * value))
    return Estimate("Frobenius norm", value, error, len(samples), "directions")


def norms(table: Iterable[dict[str, Any]], way: str) -> np.ndarray:
    """Of all nets, with their errors: shape (nets, 2)."""
    found = [norm(row[way]) for row in table]
    return np.array([[one.value, one.standard_error] for one in found])


def kinds(table: Table) -> Grid:
    """A row for each kind of net: what it has learned, and the norms of its nets in four ways."""
    heads = {"others": "", "loss": ".4f", "test": ".3f", **dict.fromkeys(WAYS.values(), "")}
    rows = []
    for labels, others in dict.fromkeys((row["labels"], row["others"]) for row in table):
        nets = table.where(labels=labels, others=others)
        loss, test = nets["train_loss"].mean(), nets["test_accuracy"].mean()
        name = f"{others:,} {labels}" if others else "none"
        rows.append((name, loss, test, *(_listed(norms(nets, way)) for way in WAYS)))
    return grid(heads, rows)


def _listed(values: np.ndarray) -> str:
    """Norms of some nets, to two digits."""
    return ", ".join(f"{float(f'{value:.2g}'):g}" for value in values[:, 0])


def pairs(table: Table) -> Grid:
    """Wrong labels against as many right ones, start by start: ratios of norms."""
    rows = []
    for others in dict.fromkeys(row["others"] for row in table.where(labels="right")):
        wrong, right = (table.where(labels=kind, others=others) for kind in ("wrong", "right"))
        ratios = [norms(wrong, way) / norms(right, way) for way in ("exact", "exact_matched")]
        rows.append((f"{others:,}", *(", ".join(f"{r:.1f}" for r in one[:, 0]) for one in ratios)))
    return grid({"others": "", **dict.fromkeys(("as trained", "at loss 0.01"), "")}, rows)


def orders(table: Table, rng: np.random.Generator) -> Grid:
    """Rank correlations of the norms, and of the loss itself, with test accuracy, by group."""
    heads = {"": "", **dict.fromkeys(GROUPS, "")}
    found = [_correlations(chosen(table, is_one), rng) for is_one in GROUPS.values()]
    return grid(heads, zip([*WAYS.values(), "training loss"], *found, strict=True))


def chosen(table: Table, is_one: Callable[[dict[str, Any]], Any]) -> Table:
    """The nets of a group, with their norms as columns."""
    rows = (row for row in table if is_one(row))
    return Table(
        tuple(row | {f"norm_{way}": norm(row[way]).value for way in WAYS} for row in rows),
        table.provenance,
    )


def _correlations(nets: Table, rng: np.random.Generator) -> Sequence[str]:
    names = [*(f"norm_{way}" for way in WAYS), "train_loss"]
    return [one.cells[0] for one in compared(nets, names, names[0], rng, accuracy="test_accuracy")]
