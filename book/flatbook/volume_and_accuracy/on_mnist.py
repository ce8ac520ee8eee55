"""The nets of `experiment_figure3_mnist` at one loss, and beside those of the paper."""

from collections.abc import Iterator, Sequence
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
    "wrong labels": "attack",
}
# Heads of the page's three tables, with the formats of their numbers.
PAPER = dict.fromkeys(("", "digits, 300 epochs", "MNIST, ours", "MNIST, the paper's"), "")
MEANS = {"labels": "", "others": "d", "nets": "d", "accuracy": ".3f", "V(50)": ".0f"}
MEANS |= {"least V(50)": ".0f", "V(50) at 0.01": ".0f", "norm": ".1f", "by (14)": ".1f"}
CORRELATIONS = dict.fromkeys(
    ("at", "measure", "wrong labels", "as many of them", "right labels"), ""
)
_FEWEST = 4  # nets, below which there is no correlation to speak of
_TOO_FEW = "too few nets"
_FRESH = np.random.default_rng
_MINUS = "\N{MINUS SIGN}"


def as_fitted(table: Table) -> Table:
    """The nets of ``figure3_mnist`` with 99 % of their images right."""
    measured = ("train_loss", "log_product", "least", "frobenius", "estimate", "epochs")
    return _renamed(table, measured, "test_accuracy")


def at_loss(table: Table) -> Table:
    """The same nets where their loss on the 512 passes `LOSS`.

    It was looked at after each epoch, and one epoch can take it far below. So logarithms of
    products and norms are read off the straight line between a net's two stops, in the logarithm
    of the loss, to which its spectrum is proportional but for what training changes beside it.
    """
    between = Table(tuple(row | _between(row) for row in table), table.provenance)
    return _renamed(between, ("log_product", "least", "frobenius"), "matched_test_accuracy")


STOPS = {"99 % right": as_fitted, "loss 0.01": at_loss}


def _between(row: dict[str, Any]) -> dict[str, float]:
    losses = row["train_loss"], row["matched_train_loss"]
    share = 1.0
    if losses[0] > LOSS:
        share = np.log(losses[0] / LOSS) / np.log(losses[0] / losses[1])
    pairs = {name: (row[name], row[f"matched_{name}"]) for name in ("log_product", "least")}
    found = {name: first + share * (last - first) for name, (first, last) in pairs.items()}
    norms = np.log([row["frobenius"], row["matched_frobenius"]])
    return {**found, "frobenius": float(np.exp(norms[0] + share * (norms[1] - norms[0])))}


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


def means(table: Table) -> Iterator[tuple[str, int, int, float, float, float, float, float, float]]:
    """Rows of the page's table: means over the nets that have learned the same beside the 512.

    Args:
        table: of ``figure3_mnist``.

    Yields:
        Labels of the other images, their number, how many nets; as they are fitted: test accuracy,
        V(50) in log10 and the least on the orbit; V(50) at `LOSS`; and, as they are fitted, the
        Frobenius norm and the root of equation (14), its factor put right.
    """
    later = at_loss(table)
    for labels, number in dict.fromkeys(zip(table["labels"], table["number"], strict=True)):
        nets = table.where(labels=labels, number=number)
        matched = later.where(labels=labels, attack=number)["log_product"]
        here, least, there = (
            product.mean() / np.log(10) for product in (nets["log_product"], nets["least"], matched)
        )
        norms = nets["frobenius"].mean(), nets["estimate"].mean() / np.sqrt(2)
        accuracy = nets["test_accuracy"].mean()
        yield str(labels), number, len(nets), accuracy, here, least, there, *norms


def beside_the_paper(table: Table, digits: Table) -> Iterator[tuple[str, str, str, str]]:
    """What was done and what came out: on digits, on MNIST, and what the paper says or draws.

    Args:
        table: of ``figure3_mnist``.
        digits: of ``volume_digits``, the nets of equal epochs.
    """
    wrong = as_fitted(table).where(labels="wrong")
    epochs, right = _span(wrong["epochs"], "d"), len(table) - len(wrong)
    fitted = _span(100 * wrong["train_accuracy"], ".1f", " %")
    yield "images to train on", "100", "512", "512"
    yield "parameters", "2,960", "3,781", "3,781"
    yield "wrong labels", *map(_most, (digits, wrong)), "of the 59,488 others"
    yield "nets", str(len(digits)), f"{len(wrong)}, {right} with right labels", "dozens"
    yield "epochs", _span(digits["epochs"], "d"), epochs, "not said"
    yield "training accuracy", "not kept", fitted, "about 100 %"
    yield "training loss", *(_span(t["train_loss"], ".4f") for t in (digits, wrong)), "not said"
    yield "log10 of the product", *map(_products, (digits, wrong)), f"{_MINUS}300 to 100, the axis"
    yield "test accuracy", *map(_hits, (digits, wrong)), "10 to 100 %, the axis"


def _most(nets: Table) -> str:
    return f"0 to {nets['attack'].max()}"


def _products(nets: Table) -> str:
    return _span(nets["log_product"] / np.log(10), ".0f")


def _hits(nets: Table) -> str:
    return _span(100 * nets["accuracy"], ".0f", " %")


def _span(values: np.ndarray, form: str, unit: str = "") -> str:
    ends = [format(end, form).replace("-", _MINUS) for end in (values.min(), values.max())]
    return " to ".join(dict.fromkeys(ends)) + unit
