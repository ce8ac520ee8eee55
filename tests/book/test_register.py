"""The register of claims, as it was drawn up from the papers, against the book."""

from itertools import groupby
from pathlib import Path

import nbformat
import pytest
from pages import ROOT

from flatbook import register
from flatbook.claim import PAPERS
from flatbook.claim import claim as decorate

IDS = Path(__file__).with_name("claim_ids.txt").read_text(encoding="utf-8").split()
REGISTER = register()


CONDITION, FALSE = "holds, with a condition the paper leaves out", "false as printed"
NO_WORDS = {"holds", "illustrated"}  # verdicts that need no quotation


def test_the_claims_of_a_paper_stand_together_in_the_order_of_the_papers():
    papers = [claim.paper for claim in REGISTER.values()]
    assert [paper for paper, _ in groupby(papers)] == list(PAPERS)
    assert all(id == claim.id for id, claim in REGISTER.items())


def source(page, kind="markdown"):
    notebook = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == kind)


def section(page, title):
    """What stands on a page under a heading of the second level."""
    (found,) = [part for part in source(page).split("\n## ") if part.startswith(title)]
    return found


def with_verdict(verdict, paper="2017"):
    return [
        id for id, claim in REGISTER.items() if claim.verdict == verdict and paper in claim.paper
    ]


def shown(id, text):
    """Whether the page has a box with the claim's label, or an anchor of its name."""
    lines = text.splitlines()
    return f":label: {id}" in lines or f'id="{id}"' in text


def ledger_rows():
    notebook = nbformat.read(ROOT / "book" / "ledger.ipynb", as_version=4)
    outputs = [out for cell in notebook.cells for out in cell.get("outputs", [])]
    return "".join(out.get("data", {}).get("text/html", "") for out in outputs)


def test_every_id_is_registered_and_no_other():
    assert set(IDS) == set(REGISTER)
    assert len(IDS) == len(set(IDS))


@pytest.mark.parametrize("id", REGISTER)
def test_a_claim_stands_on_its_page_and_in_the_ledger(id):
    assert shown(id, source(REGISTER[id].page))
    assert f"#{id}" in ledger_rows()


def test_a_claim_that_is_not_there_is_seen():
    text = source(REGISTER["DINH-T3"].page)
    assert shown("DINH-T3", text)
    assert not shown("DINH-T", text)


def test_the_errata_count_what_the_register_counts():
    papers = [claim for claim in REGISTER.values() if claim.paper != "beyond"]
    ours, false = sum(claim.id[0] == "S" for claim in papers), len(with_verdict(FALSE))
    assert (
        f"The third answer: {false}. The four numbers add up to {len(papers)}: the "
        f"{len(papers) - ours} claims of the papers, in the papers' wording, and {ours} remarks"
    ) in source("errata")


def test_the_errata_are_sorted_by_the_verdict():
    shown_there = source("errata", "code")
    assert all(f'confirm("{id}")' in shown_there for id in with_verdict(FALSE))
    left_out = section("errata", "True, with a condition")
    stated = section("errata", "Conditions that are stated")
    of_dinh = with_verdict(CONDITION, "dinh2017")
    assert all(f'#{id}"' in left_out and f'#{id}"' not in stated for id in of_dinh)
    entries = [id for id in REGISTER if f'#{id}"' in stated]
    assert len(entries) == stated.count("\n- ")
    assert {REGISTER[id].verdict for id in entries} <= NO_WORDS


@pytest.mark.parametrize("id", REGISTER)
def test_a_verdict_on_a_sentence_quotes_it(id):
    claim = REGISTER[id]
    words = claim.quote.replace("...", "").split()
    assert claim.verdict in NO_WORDS or len(words) > 3


@pytest.mark.parametrize("verdict", [CONDITION, FALSE])
@pytest.mark.parametrize("paper", ["dinh2017", "wu2017"])
def test_such_a_verdict_without_a_quote_is_refused(paper, verdict):
    about = dict(paper=paper, place="section 1", page="ledger", verdict=verdict)
    with pytest.raises(ValueError, match=r"quote must hold the words .* for X-1, got none"):
        decorate("X-1", **about)
    decorate("X-1", **about, quote="a sentence of the paper")
    decorate("X-1", **{**about, "paper": "beyond"})


def test_remarks_correct_what_is_printed_and_claims_do_not():
    corrects = {id for id, claim in REGISTER.items() if claim.corrects}
    assert {"S9b", "S9c"} <= corrects
    assert all(id[0] == "S" and id[1].isdigit() for id in corrects)
