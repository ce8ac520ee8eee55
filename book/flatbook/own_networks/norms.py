"""What the table of ResNet-32 says: norms with their errors, of each net."""

import numpy as np

from flatbook.grids import Grid, grid
from flatlib.estimate import Estimate
from flatlib.training import Table


def norm(samples: np.ndarray) -> Estimate:
    """The Frobenius norm, root of a mean of squares, with the error that follows from theirs."""
    value = float(np.sqrt(samples.mean()))
    error = float(samples.std(ddof=1) / np.sqrt(len(samples)) / (2 * value))
    return Estimate("Frobenius norm", value, error, len(samples), "directions")


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
