"""A check as a card in a notebook."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flatbook.letters import as_html

if TYPE_CHECKING:
    from flatbook.check import Check


def as_card(check: "Check") -> str:
    """The statement, the verdict, and the parts folded away unless one of them fails."""
    state = "holds" if check.holds else "does not hold"
    return (
        f'<div class="check-card" data-holds="{_flag(check)}">'
        f'<p class="check-statement">{as_html(check.statement)}</p>'
        f'<p class="check-verdict">{state} · {check.figures}</p>{_folded(check)}</div>'
    )


def _folded(check: "Check") -> str:
    if not check.parts:
        return ""
    opened = "" if check.holds else " open"
    return f"<details{opened}><summary>{_count(check)}</summary>{_listed(check.parts)}</details>"


def _listed(parts: Sequence["Check"]) -> str:
    """Those of a part in a list of their own."""
    items = "".join(
        f'<li data-holds="{_flag(part)}">{as_html(part.statement)} '
        f"<small>{part.figures}</small>{_listed(part.parts) if part.parts else ''}</li>"
        for part in parts
    )
    return f'<ul class="check-parts">{items}</ul>'


def _flag(check: "Check") -> str:
    return str(check.holds).lower()


def _count(check: "Check") -> str:
    return "1 part" if len(check.parts) == 1 else f"{len(check.parts)} parts"
