"""The ledger: every claim, run, with its verdict and whether it comes out."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from flatbook.card import badge
from flatbook.check import Check
from flatbook.claim import ADDRESSES, PAPERS, Claim
from flatbook.letters import as_html


@dataclass(frozen=True, eq=False)
class Entry:
    """One claim and the check that was run; if it raised, no check and a ``failure``.

    Page: ``book/ledger``.
    """

    claim: Claim
    check: Check | None
    seconds: float
    failure: str = ""

    @property
    def holds(self) -> bool:
        """Whether the claim comes out as its verdict says."""
        return self.check is not None and self.check.holds

    def as_dict(self) -> dict[str, Any]:
        """What ``python -m flatbook verify --json`` prints of it."""
        return {
            "id": self.claim.id,
            "paper": self.claim.paper,
            "place": self.claim.place,
            "page": self.claim.page,
            "statement": self.claim.statement,
            "verdict": self.claim.verdict,
            "quote": self.claim.quote,
            "tables": list(self.claim.tables),
            "holds": self.holds,
            "error": None if self.check is None else self.check.error,
            "tolerance": None if self.check is None else self.check.tolerance,
            "seconds": round(self.seconds, 3),
            "failure": self.failure,
        }


class Ledger(Sequence):
    """Entries in the order of the register; prints as a table, shows as one in a notebook.

    Page: ``book/ledger``.
    """

    def __init__(self, entries: Iterable[Entry]):
        """Keep the entries."""
        self._entries = tuple(entries)

    def __getitem__(self, index):
        """The entry at a position."""
        return self._entries[index]

    def __len__(self) -> int:
        """Number of claims."""
        return len(self._entries)

    @property
    def holds(self) -> bool:
        """Whether every claim comes out as its verdict says."""
        return all(entry.holds for entry in self)

    def __str__(self) -> str:
        """A table in plain text, errors last."""
        width = max((len(entry.claim.verdict) for entry in self), default=0)
        lines = [_text_row(entry, width) for entry in self]
        return "\n".join([*lines, "", self.summary()])

    def __repr__(self) -> str:
        """The summary: a notebook shows the table, and times differ from run to run."""
        return self.summary()

    def summary(self) -> str:
        """One sentence: how many claims, how many came out."""
        good = sum(entry.holds for entry in self)
        return f"{good} of {len(self)} claims come out as their verdict says."

    def _repr_html_(self) -> str:
        tables = []
        for paper, title in PAPERS.items():
            rows = "".join(_html_row(entry) for entry in self if entry.claim.paper == paper)
            if rows:
                tables.append(
                    f'<table class="ledger" data-paper="{paper}"><caption>{title}</caption>'
                    "<thead><tr><th>id</th><th>claim</th><th>place</th><th>verdict</th><th>check</th></tr></thead>"
                    f"<tbody>{rows}</tbody></table>"
                )
        return "".join(tables) + f"<p>{self.summary()}</p>"


def run(
    claims: Mapping[str, Claim], *, seed: int = 0, progress: bool = False, jobs: int = 1
) -> Ledger:
    """Check claims, in ``jobs`` processes; one that raises is an entry that does not hold."""
    from joblib import Parallel, delayed  # not at the top: only a ledger needs them
    from tqdm import tqdm

    # one at a time: a batch with two slow ones would be waited for
    pool = Parallel(n_jobs=jobs, batch_size=1, return_as="generator")
    entries = pool(delayed(_entry)(claim, seed) for claim in claims.values())
    return Ledger(tqdm(entries, total=len(claims), disable=not progress, unit="claim", leave=False))


def _entry(claim: Claim, seed: int) -> Entry:
    start = time.perf_counter()
    check, failure = None, ""
    try:
        check = claim(claim.rng(seed))
    except Exception as error:  # one broken check must not hide the others
        failure = f"{type(error).__name__}: {error}"
    return Entry(claim, check, time.perf_counter() - start, failure)


def _text_row(entry: Entry, width: int) -> str:
    figures = entry.failure or entry.check.figures
    mark = "ok" if entry.holds else "NO"
    return (
        f"{mark}  {entry.claim.id:<10} {entry.claim.verdict:<{width}}  "
        f"{entry.seconds:6.2f} s  {figures}"
    )


def _html_row(entry: Entry) -> str:
    claim = entry.claim
    cells = {
        "claim": as_html(claim.statement) + _quotation(claim),
        "place": _place(claim),
        "verdict": badge(claim),
        "check": _outcome(entry),
    }
    columns = "".join(f'<td data-label="{name}">{text}</td>' for name, text in cells.items())
    flags = f'data-holds="{str(entry.holds).lower()}" data-verdict="{claim.kind}"'
    return (
        f'<tr {flags}><th scope="row" data-label="id">'
        f'<a href="{claim.page}.html#{claim.id}">{claim.id}</a></th>{columns}</tr>'
    )


def _quotation(claim: Claim) -> str:
    """The paper's own words under the claim, where its verdict rests on them."""
    return f"<br><small>“{as_html(claim.quote)}”</small>" if claim.quote else ""


def _place(claim: Claim) -> str:
    """With a link to the paper it is in."""
    address, place = ADDRESSES.get(claim.paper), as_html(claim.place)
    return place if address is None else f'<a href="{address}">{place}</a>'


def _outcome(entry: Entry) -> str:
    """With links to the function that checks, and to the errors that the tests plant."""
    claim = entry.claim
    said = "comes out" if entry.holds else escape(entry.failure or "does not come out")
    if claim.tables:
        said += " on stored nets"
    source = f"checks_{claim.paper}.html#{claim.id}"
    return (
        f'{said} <span class="sources"><a href="{source}" aria-label="function of {claim.id}">'
        f'function</a> · <a href="{source}-planted" aria-label="test of {claim.id}">test</a></span>'
    )
