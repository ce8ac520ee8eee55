"""The nets of `experiment_figure3_mnist` as the page compares them: at a stop, beside the paper."""

from collections.abc import Iterator

import numpy as np

from flatbook.volume_and_accuracy.compared import within
from flatlib.measures import rank_correlation
from flatlib.training import Table

STOPS = {"99 % of its images": "", "loss 0.01": "matched_"}
MEASURES = {
    "V(50)": "log_product",
    "least V(50)": "least",
    "Frobenius norm": "frobenius",
    "equation (14)": "estimate",
    "training loss": "train_loss",
    "wrong labels": "attack",
}
_FEWEST = 4  # nets, below which there is no correlation to speak of
_TOO_FEW = "too few nets"
_FRESH = np.random.default_rng
_MINUS = "\N{MINUS SIGN}"


def at_stop(table: Table, before: str) -> Table:
    """The nets as they were at one stop, under the names that the other experiments have.

    Args:
        table: of ``figure3_mnist``.
        before: what stands before the names of that stop, a value of `STOPS`.
    """
    names = ("train_loss", "log_product", "least", "frobenius", "train_accuracy", "epochs")
    rows = (
        {
            **{name: row[before + name] for name in names},
            **({} if before else {"estimate": row["estimate"]}),
            "accuracy": row[f"{before}test_accuracy"],
            "attack": row["number"],
            "labels": row["labels"],
            "seed": row["seed"],
        }
        for row in table
    )
    return Table(tuple(rows), table.provenance)


def beside_right(table: Table) -> Table:
    """The clean nets, and those that have learned more images with their right labels."""
    rows = (row for row in table if row["labels"] == "right" or row["attack"] == 0)
    return Table(tuple(rows), table.provenance)


def correlations(table: Table) -> Iterator[tuple[str, str, object, object, object]]:
    """Rows of the page's table: each measure at each stop, and the test accuracy.

    Args:
        table: of ``figure3_mnist``.

    Yields:
        Stop, measure, rank correlation among the clean and the attacked nets, its mean within the
        sizes of the attack set, and the correlation among clean nets and those with right labels.
    """
    for stop, before in STOPS.items():
        nets = at_stop(table, before)
        wrong, right = nets.where(labels="wrong"), beside_right(nets)
        for measure, column in MEASURES.items():
            if column in nets.columns:
                yield (stop, measure, *_three(wrong, right, column))


def _three(wrong: Table, right: Table, column: str) -> tuple[object, object, object]:
    inside, alike = None, np.unique(wrong["attack"], return_counts=True)[1]
    if column != "attack":
        enough = alike.min() >= _FEWEST
        inside = within(wrong, (column,), _FRESH(0), accuracy="accuracy")[0] if enough else _TOO_FEW
    return ordered(wrong, column), inside, ordered(right, column)


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
        Labels of the other images, their number, how many nets; at the first stop test accuracy,
        V(50) in log10, the least V(50) on the orbit, Frobenius norm, the root of equation (14) as
        printed over root 2; and V(50) at the second.
    """
    for labels, number in dict.fromkeys(zip(table["labels"], table["number"], strict=True)):
        nets = table.where(labels=labels, number=number)
        names = ("log_product", "least", "matched_log_product")
        here, least, matched = (nets[name].mean() / np.log(10) for name in names)
        norms = nets["frobenius"].mean(), nets["estimate"].mean() / np.sqrt(2)
        accuracy = nets["test_accuracy"].mean()
        yield labels, number, len(nets), accuracy, here, least, *norms, matched


def beside_the_paper(table: Table, digits: Table) -> Iterator[tuple[str, str, str, str]]:
    """What was done and what came out: on digits, on MNIST, and what the paper says or draws.

    Args:
        table: of ``figure3_mnist``.
        digits: of ``volume_digits``, the nets of equal epochs.
    """
    wrong = at_stop(table, "").where(labels="wrong")
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
