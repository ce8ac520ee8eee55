"""A check as a card in a notebook."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flatbook.letters import as_html

if TYPE_CHECKING:
    from flatbook.check import Check
    from flatbook.claim import Claim

# By the kind of a claim's verdict: the badge, and what a check has shown that comes out.
BADGES = {
    "holds": "holds",
    "condition": "holds with a condition",
    "false": "false as printed",
    "illustrated": "illustrated",
    "missing": "not reproduced here",
}
STORED = "on stored nets"
CORRECTS = "corrects what is printed"  # a remark of ours, whose own words are right
SHOWN = {
    "holds": "comes out",
    "condition": "comes out with the condition, which the paper leaves out",
    "false": "counterexample found; corrected form holds",
    "illustrated": "seen in what was run, which is no proof",
    "missing": "not run here",
}


def as_card(check: "Check") -> str:
    """The statement, the verdict, and the parts folded away unless one of them fails.

    Where the check is a claim's, the card has its verdict and its words, then how it was checked.
    """
    said = f"{_state(check)} · {check.figures}"
    if check.claim:
        head = _head(check.claim)
        said += f'</p><p class="check-method">Checked: {as_html(check.statement)}'
    else:
        head = f'<p class="check-statement">{as_html(check.statement)}</p>'
    body = f'{head}<p class="check-verdict">{said}</p>{_folded(check)}'
    kind = f' data-verdict="{check.claim.kind}"' if check.claim else ""
    return f'<div class="check-card" data-holds="{_flag(check)}"{kind}>{body}</div>'


def badge(claim: "Claim") -> str:
    """The verdict on what a claim says, in colour and in words."""
    words = CORRECTS if claim.corrects else BADGES[claim.kind]
    return f'<span class="verdict" data-verdict="{claim.kind}">{words}</span>'


def _head(claim: "Claim") -> str:
    stored = f' <span class="verdict">{STORED}</span>' if claim.tables else ""
    return (
        f'<p class="check-badges">{badge(claim)}{stored} {claim.id}</p>'
        f'<p class="check-statement">{as_html(claim.statement)}</p>'
    )


def _state(check: "Check") -> str:
    if not check.holds:
        return "does not hold"
    return SHOWN[check.claim.kind] if check.claim else "holds"


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
