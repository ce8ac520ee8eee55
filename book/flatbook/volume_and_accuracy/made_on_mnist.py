"""How the nets of `experiment_figure3_mnist` were made, beside those of the paper."""

from collections.abc import Iterator

import numpy as np

from flatbook.volume_and_accuracy.on_mnist import as_fitted
from flatlib.training import Table

PAPER = dict.fromkeys(("", "digits, 300 epochs", "MNIST, ours", "MNIST, the paper's"), "")
_MINUS = "\N{MINUS SIGN}"


def made(table: Table) -> str:
    """How many nets, on what machine, how long one took, and the digest of the images."""
    about, each = table.provenance, table.provenance["each"]
    processor, clock = (each[name] for name in ("processor_seconds", "seconds"))
    return "\n".join(
        (
            f"{len(table)} nets, {', '.join(about['machines'])}",
            f"one net: {min(processor):.0f} to {max(processor):.0f} s of processor",
            f"by the clock: {min(clock):.0f} to {max(clock):.0f} s",
            f"digest of the images: {about['data']['train_inputs'][:12]}",
        )
    )


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
