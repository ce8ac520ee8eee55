"""The results of a sweep as a table, and that table as one file that a page can read."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from flatlib._files import write_whole
from flatlib._guards import require_choice, require_path, shown
from flatlib.training._nets import canonical, full_name, make_net
from flatlib.training._results import as_json, as_row, from_json


@dataclass(frozen=True, eq=False)
class Table:
    """One row for each net, in the order of settings and seeds.

    Page: ``book/optimizers``.

    ``table[3]`` is a row, a dict of its setting, its seed and its results; ``table["loss"]`` is a
    column, an array over the nets; of params, a list of tuples.

    Raises:
        TypeError: if ``rows`` is no tuple of dicts, or has none.

    Attributes:
        rows: the rows.
        provenance: function, names of its settings, a digest of the code that it depends on,
            versions of flatlib and numpy, when the first and the last net were finished, seconds of
            work in all, the machines (processor and cores), wall and processor seconds of each net
            in the order in which they were made into rows, and what `write` was told.
    """

    rows: tuple[dict[str, Any], ...]
    provenance: dict[str, Any]

    def __post_init__(self) -> None:
        """Refuse what has no rows, for every question to it is about a row."""
        rows = self.rows
        if not (isinstance(rows, tuple) and rows and all(isinstance(row, dict) for row in rows)):
            raise TypeError(
                f"rows must be a tuple of dicts, one at least, got {shown(rows)}. "
                "Pass tuple(rows), a dict for each net."
            )

    def __len__(self) -> int:
        """The number of nets."""
        return len(self.rows)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """Row by row."""
        return iter(self.rows)

    def __getitem__(self, which: int | str) -> Any:
        """A row by its number, a column by its name."""
        if isinstance(which, (int, np.integer)):
            return self.rows[self._require_number(which)]
        name = require_choice(which, "column", self.columns)
        column = [row[name] for row in self.rows]
        is_params = isinstance(column[0], tuple) and isinstance(column[0][0], np.ndarray)
        return column if is_params else np.array(column)

    def _require_number(self, which: int) -> int:
        if not -len(self) <= which < len(self):
            raise IndexError(
                f"number must be from 0 to {len(self) - 1}, got {which}. Ask len(table)."
            )
        return int(which)

    @property
    def columns(self) -> tuple[str, ...]:
        """Names that every row has."""
        return tuple(name for name in self.rows[0] if all(name in row for row in self.rows))

    def where(self, **values: Any) -> "Table":
        """The nets with these settings, results or seed.

        Raises:
            ValueError: if there are none.
        """
        rows = tuple(r for r in self.rows if all(r.get(k) == v for k, v in values.items()))
        if not rows:
            raise ValueError(
                f"values must be those of a net in the table, got {shown(values)}. "
                "Look at table.rows."
            )
        return Table(rows, self.provenance)

    def recompute(self, function: Callable, number: int) -> dict[str, Any]:
        """Train one of the nets again: the row as it comes out today.

        Args:
            function: the one that the table was made with.
            number: which row.

        Raises:
            ValueError: if the function has another name than the table's.
            IndexError: if there is no such row.
        """
        require_choice(full_name(function), "function", [self.provenance["function"]])
        row = self.rows[self._require_number(number)]
        setting = {name: row[name] for name in self.provenance["settings"] if name in row}
        return as_row(setting, row["seed"], make_net(function, setting, row["seed"]))

    def write(self, path: str | Path, *, command: str, data: dict[str, str] | None = None) -> None:
        """One JSON file with the rows, their provenance and a checksum; replaced in one step.

        Args:
            path: where to.
            command: what to type to make the table again; it goes into the provenance.
            data: SHA-256 digests of what the nets were made from, by name, as
                `flatlib.data.Split.digests` says them; they go there as well. None if there are
                none.

        Raises:
            TypeError: if the digests are no dict of texts.
        """
        path = require_path(path, "path")
        if data is not None and not (isinstance(data, dict) and _are_texts(data)):
            raise TypeError(
                f"data must be a dict of digests by name, got {shown(data)}. "
                "Pass split.digests(), or None."
            )
        provenance = {**self.provenance, "command": command, **({"data": data} if data else {})}
        body = {
            "provenance": provenance,
            "rows": [{k: as_json(v) for k, v in row.items()} for row in self.rows],
        }
        write_whole(path, _one_row_a_line(body).encode())

    def __repr__(self) -> str:
        """How many nets, and what is known of each."""
        return f"Table({len(self)} nets: {', '.join(self.columns)})"


def read_table(path: str | Path) -> Table:
    """The table that `Table.write` has written.

    Page: ``book/optimizers``.

    Raises:
        ValueError: if the file is damaged or was edited by hand.
        FileNotFoundError: if it is not there.
    """
    path = require_path(path, "path")
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
        intact = body.pop("sha256") == _digest(body)
    except (ValueError, KeyError, TypeError, AttributeError):
        intact = False
    if not intact:
        raise ValueError(
            f"path must be a table with the right checksum, got {path}, which is damaged. "
            "Make it again with the command that made it."
        )
    names = body["provenance"]["settings"]
    return Table(tuple(_from_lists(row, names) for row in body["rows"]), body["provenance"])


def _are_texts(data: dict[str, str]) -> bool:
    return all(isinstance(text, str) for pair in data.items() for text in pair)


def _from_lists(row: dict[str, Any], settings: list[str]) -> dict[str, Any]:
    return {k: (_tuples(v) if k in settings else from_json(v)) for k, v in row.items()}


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _one_row_a_line(body: dict[str, Any]) -> str:
    """So that a change of one net is a change of one line."""
    head = json.dumps({"sha256": _digest(body), "provenance": body["provenance"]}, indent=1)
    rows = ",\n".join(json.dumps(row) for row in body["rows"])
    return f'{head[:-2]},\n "rows": [\n{rows}\n ]\n}}\n'


def _digest(body: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(body).encode()).hexdigest()
