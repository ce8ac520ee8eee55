"""Numbers with heads: a small table in a page, a stack of short lists on a phone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from flatbook.letters import as_html


@dataclass(frozen=True, repr=False)
class Grid:
    """What `grid` returns: it shows itself as a table. Page: ``book/reconciliation``.

    Attributes:
        heads: one a column.
        rows: the cells, as they are written.
    """

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __str__(self) -> str:
        """Columns of equal width, numbers to the right."""
        widths = [max(map(len, column)) for column in zip(self.heads, *self.rows, strict=True)]
        return "\n".join(_line(cells, widths) for cells in (self.heads, *self.rows))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        heads = "".join(f'<th scope="col">{as_html(head)}</th>' for head in self.heads)
        rows = "".join(self._html_row(row) for row in self.rows)
        return f'<table class="grid"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'

    def _html_row(self, row: Sequence[str]) -> str:
        first, *rest = (
            f'data-label="{escape(head)}">{escape(cell)}'
            for head, cell in zip(self.heads, row, strict=True)
        )
        cells = "".join(f"<td {cell}</td>" for cell in rest)
        return f'<tr><th scope="row" {first}</th>{cells}</tr>'


def grid(heads: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> Grid:
    """A table of numbers; the first column names the rows.

    Page: ``book/reconciliation``.

    Args:
        heads: what stands over each column, with the unit, and the format of its numbers as for
            the built-in ``format``: ``".2f"``. What is text stays as it is, None leaves a cell
            empty.
        rows: each with a cell for every head.

    Returns:
        The `Grid`, which shows itself: in a terminal as columns of equal width.

    Raises:
        ValueError: if there is no row, or one has more or fewer cells than there are heads.

    Example:
        >>> grid({"factor": "g", "trace": ".1f"}, [(1.0, 46.4), (2.5, 23.44)])
        factor  trace
             1   46.4
           2.5   23.4
    """
    written = tuple(_row(heads, row) for row in rows)
    if not written:
        raise ValueError("rows must hold at least one row, got none. Pass a list of rows.")
    return Grid(tuple(heads), written)


def _row(heads: Mapping[str, str], row: Sequence[Any]) -> tuple[str, ...]:
    if len(row) != len(heads):
        raise ValueError(
            f"rows must have {len(heads)} cells each, one for each head, got one of {len(row)}. "
            "Add what is missing: None leaves a cell empty."
        )
    return tuple(_cell(cell, form) for cell, form in zip(row, heads.values(), strict=True))


def _cell(cell: Any, form: str) -> str:
    if cell is None:
        return ""
    return cell if isinstance(cell, str) else format(cell, form)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return "  ".join(cell.rjust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
