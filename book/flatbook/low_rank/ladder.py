"""How well a trace orders forty interpolants by their error, over twenty draws."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from flatlib.measures import spearman
from flatlib.training import Table


def chosen(table: Table, setting: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The draws of one setting."""
    return [row for row in table if all(row[name] == value for name, value in setting.items())]


def correlations(table: Table, setting: Mapping[str, Any], name: str) -> np.ndarray:
    """Spearman's coefficient of a trace and the error, one for each draw.

    Page: ``book/low_rank``.

    Args:
        table: the stored ``interpolants``.
        setting: which of them, such as ``{"num": 60, "rank": 1, "size": 0.0, "rows": 10}``.
        name: of the trace: ``"raw"``, ``"moved"``, ``"units"`` or ``"linear"``.
    """
    rows = chosen(table, setting)
    return np.array([spearman(np.array(row[name]), np.array(row["error"])) for row in rows])


def interval(values: np.ndarray) -> tuple[float, float]:
    """The mean less and plus two standard errors.

    Page: ``book/low_rank``.

    Args:
        values: one for each draw.
    """
    half = 2 * values.std(ddof=1) / np.sqrt(len(values))
    return float(values.mean() - half), float(values.mean() + half)
