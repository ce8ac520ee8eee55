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
# With fewer nets a correlation within one size of the attack set is hardly one.
_FEWEST = 4
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
    fresh = np.random.default_rng
    inside = None
    if column != "attack" and min(_counts(wrong)) >= _FEWEST:
        inside = within(wrong, (column,), fresh(0), accuracy="accuracy")[0]
    pooled, control = (
        rank_correlation(nets[column], nets["accuracy"], fresh(0)) for nets in (wrong, right)
    )
    return pooled, inside or "too few nets", control


def _counts(table: Table) -> np.ndarray:
    return np.unique(table["attack"], return_counts=True)[1]


def beside_the_paper(table: Table) -> Iterator[tuple[str, str, str]]:
    """What was done and what came out: ours, and what the paper says or draws.

    Args:
        table: of ``figure3_mnist``.
    """
    wrong = at_stop(table, "").where(labels="wrong")
    products, hits = wrong["log_product"] / np.log(10), 100 * wrong["accuracy"]
    yield "images to train on", "512", "512"
    yield "to test on", "10,000", "not said"
    yield "parameters", "3,781", "3,781"
    yield "wrong labels", f"0 to {wrong['attack'].max()}", "of the other 59,488, number not said"
    yield "nets", f"{len(wrong)}, and {len(table) - len(wrong)} with right labels", "dozens"
    yield "training accuracy", _span(100 * wrong["train_accuracy"], ".1f", " %"), "about 100 %"
    yield "training loss", _span(wrong["train_loss"], ".3f"), "not said"
    yield "descent", "Adam, rate 0.01, batches of 64", "different optimizers"
    yield "log10 of the product", _span(products, ".0f"), f"{_MINUS}300 to 100, the axis"
    yield "test accuracy", _span(hits, ".0f", " %"), "10 to 100 %, the axis"


def _span(values: np.ndarray, form: str, unit: str = "") -> str:
    ends = (format(end, form).replace("-", _MINUS) for end in (values.min(), values.max()))
    return " to ".join(ends) + unit
