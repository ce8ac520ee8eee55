"""The register of claims, as it was drawn up from the papers, against the book."""

from pathlib import Path

import nbformat
import pytest
from pages import ROOT

from flatlib import claims

IDS = Path(__file__).with_name("claim_ids.txt").read_text(encoding="utf-8").split()
REGISTER = claims.register()


def source(page):
    notebook = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4)
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


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
