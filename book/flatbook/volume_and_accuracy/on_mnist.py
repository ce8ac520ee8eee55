"""The nets of `experiment_figure3_mnist` at one loss, and what orders them."""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import numpy as np

from flatbook.volume_and_accuracy.compared import within
from flatbook.volume_and_accuracy.experiment_figure3_mnist import LOSS
from flatlib.measures import RankCorrelation, rank_correlation
from flatlib.training import Table

MEASURES = {
    "V(50)": "log_product",
    "least V(50)": "least",
    "Frobenius norm": "frobenius",
    "equation (14)": "estimate",
    "training loss": "train_loss",
    "number of labels": "attack",
}
# Heads of the page's tables, with the formats of their numbers.
MEANS = {"at": "", "others": "", "nets": "d", "accuracy in %": ".1f", "loss": ".3f"}
MEANS |= {"V(50)": ".0f", "least V(50)": ".0f", "norm": ".1f", "by (14)": ".1f"}
CORRELATIONS = dict.fromkeys(
    ("at", "measure", "clean and wrong", "within equal numbers of wrong", "clean and right"), ""
)
NORM = dict.fromkeys(("at", "norm and", "clean and wrong"), "")
_FEWEST = 4  # nets, below which there is no correlation to speak of
_TOO_FEW = "too few nets"
_FRESH = np.random.default_rng


def as_fitted(table: Table) -> Table:
    """The nets of ``figure3_mnist`` with 99 % of their images right."""
    measured = ("train_loss", "log_product", "least", "frobenius", "estimate", "epochs")
    return _renamed(table, measured, "test_accuracy")


def at_loss(table: Table) -> Table:
    """The same nets where their loss on the 512 passes `LOSS`.

    It was looked at after each epoch, and one epoch can take it far below. So logarithms of
    products and norms are read off the straight line between a net's two stops, in the logarithm
    of the loss, to which its spectrum is proportional but for what training changes beside it.
    A net that is there already at the first stop is taken as it is. Loss and accuracy are those of
    the second stop.
    """
    between = Table(tuple(row | _between(row) for row in table), table.provenance)
    measured = ("train_loss", "log_product", "least", "frobenius")
    return _renamed(between, measured, "matched_test_accuracy")


STOPS = {"99 %": as_fitted, "0.01": at_loss}


def _between(row: dict[str, Any]) -> dict[str, float]:
    losses = row["train_loss"], row["matched_train_loss"]
    share = 1.0
    if losses[0] > LOSS:
        share = np.log(losses[0] / LOSS) / np.log(losses[0] / losses[1])
    pairs = {name: (row[name], row[f"matched_{name}"]) for name in ("log_product", "least")}
    found = {name: first + share * (last - first) for name, (first, last) in pairs.items()}
    norms = np.log([row["frobenius"], row["matched_frobenius"]])
    norm = float(np.exp(norms[0] + share * (norms[1] - norms[0])))
    return {**found, "frobenius": norm, "train_loss": losses[1]}


def _renamed(table: Table, measured: Sequence[str], accuracy: str) -> Table:
    rows = (
        {
            **{name: row[name] for name in ("labels", "seed", *measured)},
            "accuracy": row[accuracy],
            "train_accuracy": row["train_accuracy"],
            "attack": row["number"],
        }
        for row in table
    )
    return Table(tuple(rows), table.provenance)


def beside_right(table: Table) -> Table:
    """The clean nets, and those that have learned more images with their right labels."""
    rows = (row for row in table if row["labels"] == "right" or row["attack"] == 0)
    return Table(tuple(rows), table.provenance)


def correlations(table: Table) -> Iterator[tuple[str, str, str, str | None, str]]:
    """Rows of the page's table: each measure at each stop, and the test accuracy.

    Args:
        table: of ``figure3_mnist``.

    Yields:
        Stop, measure, rank correlation among the clean and the attacked nets, its mean within the
        sizes of the attack set, and the correlation among clean nets and those with right labels.
    """
    for stop, of in STOPS.items():
        nets = of(table)
        wrong, right = nets.where(labels="wrong"), beside_right(nets)
        for measure, column in MEASURES.items():
            if column in nets.columns:
                yield (stop, measure, *_three(wrong, right, column))


def _three(wrong: Table, right: Table, column: str) -> tuple[str, str | None, str]:
    inside, alike = None, np.unique(wrong["attack"], return_counts=True)[1]
    if column != "attack":
        enough = alike.min() >= _FEWEST
        inside = within(wrong, (column,), _FRESH(0), accuracy="accuracy")[0] if enough else _TOO_FEW
        inside = _short(inside)
    return _short(ordered(wrong, column)), inside, _short(ordered(right, column))


def _short(found: object) -> str:
    """Without the number of nets, which another table of the page has."""
    return str(found).partition("], ")[0] + "]" * isinstance(found, RankCorrelation)


def ordered(nets: Table, column: str = "log_product") -> object:
    """The rank correlation of a measure with the accuracy; words where there are too few nets."""
    if len(nets) < _FEWEST:
        return _TOO_FEW
    return rank_correlation(nets[column], nets["accuracy"], _FRESH(0))


def of_the_norm(table: Table) -> Iterator[tuple[str, str, str]]:
    """Rows of the page's table: what the Frobenius norm goes with, if not with the accuracy.

    Args:
        table: of ``figure3_mnist``.

    Yields:
        Stop, the loss or the number of wrong labels, and the rank correlation of the norm with it
        over the clean and the attacked nets.
    """
    for stop, measure in (*product(STOPS, ["number of labels"]), ("99 %", "training loss")):
        wrong = STOPS[stop](table).where(labels="wrong")
        found = rank_correlation(wrong["frobenius"], wrong[MEASURES[measure]], _FRESH(0))
        yield stop, measure, _short(found)


def means(table: Table) -> Iterator[tuple[str, str, int, *tuple[float | None, ...]]]:
    """Rows of the page's table: means over the nets that have learned the same beside the 512.

    Args:
        table: of ``figure3_mnist``.

    Yields:
        Stop, the other images, how many nets; test accuracy in per cent, loss on the 512, V(50) in
        log10 and the least on the orbit, the Frobenius norm; and, where it was taken, the root of
        equation (14), its factor put right.
    """
    for stop, of in STOPS.items():
        measured = of(table)
        for labels, number in dict.fromkeys(zip(table["labels"], table["number"], strict=True)):
            nets = measured.where(labels=labels, attack=number)
            others = f"{number} {labels}" if number else "none"
            yield (stop, others, len(nets), *_means(nets))


def _means(nets: Table) -> tuple[float | None, ...]:
    products = (nets[name].mean() / np.log(10) for name in ("log_product", "least"))
    taken = "estimate" in nets.columns
    estimate = nets["estimate"].mean() / np.sqrt(2) if taken else None
    hits, loss = 100 * nets["accuracy"].mean(), nets["train_loss"].mean()
    return hits, loss, *products, nets["frobenius"].mean(), estimate
