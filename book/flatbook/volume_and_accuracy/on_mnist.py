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
    "number of labels": "attack",
}
# Heads of the page's three tables, with the formats of their numbers.
PAPER = dict.fromkeys(("", "digits, 300 epochs", "MNIST, ours", "MNIST, the paper's"), "")
MEANS = {"at": "", "others": "", "nets": "d", "accuracy in %": ".1f", "loss": ".3f"}
MEANS |= {"V(50)": ".0f", "least V(50)": ".0f", "norm": ".1f", "by (14)": ".1f"}
CORRELATIONS = dict.fromkeys(
    ("at", "measure", "clean and wrong", "within equal numbers of wrong", "clean and right"), ""
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
    A net that is there already at the first stop is taken as it is. Loss and accuracy are those of
    the second stop.
    """
    between = Table(tuple(row | _between(row) for row in table), table.provenance)
    measured = ("train_loss", "log_product", "least", "frobenius")
    return _renamed(between, measured, "matched_test_accuracy")


STOPS = {"99 % right": as_fitted, "loss 0.01": at_loss}


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


def made(table: Table) -> str:
    """How many nets, on what machine, how long one took, and the digest of the images."""
    about, each = table.provenance, table.provenance["each"]
    times = {"of processor": each["processor_seconds"], "by the clock": each["seconds"]}
    took = (f"{min(s):.0f} to {max(s):.0f} s {of} each" for of, s in times.items())
    digest = about["data"]["train_inputs"][:12]
    return f"{len(table)} nets, {', '.join((*about['machines'], *took))}; digest {digest}"


def beside_the_paper(table: Table, digits: Table) -> Iterator[tuple[str, str, str, str]]:
    """What was done and what came out: on digits, on MNIST, and what the paper says or draws.

    Ranges are of the nets with wrong labels or no others, as the paper's are.

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
    yield "training accuracy", "not recorded", fitted, "about 100 %"
    yield "training loss", *(_span(t["train_loss"], ".4f") for t in (digits, wrong)), "not said"
    products, hits = ([t[c] for t in (digits, wrong)] for c in ("log_product", "accuracy"))
    spans = (_span(values / np.log(10), ".0f") for values in products)
    yield "V(50), in log10", *spans, f"{_MINUS}300 to 100, the axis"
    spans = (_span(100 * values, ".0f", " %") for values in hits)
    yield "test accuracy", *spans, "10 to 100 %, the axis"


def _most(nets: Table) -> str:
    return f"0 to {nets['attack'].max()}"


def _span(values: np.ndarray, form: str, unit: str = "") -> str:
    ends = [format(end, form).replace("-", _MINUS) for end in (values.min(), values.max())]
    return " to ".join(dict.fromkeys(ends)) + unit
