"""The paper copy: every page in it, links that lead to pages of it, formulae within the margins."""

import paper
import pytest
from pypdf import PdfReader

NAMES = ["book/index", "book/notation", "book/hessian_transform", "book/bibliography"]
WIDE = """width => [...document.querySelectorAll('mjx-math, pre, table, img')]
    .filter(e => e.getBoundingClientRect().right > width + 1).map(e => e.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def printed(browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("paper") / "book.pdf"
    paper.print_book(browser, NAMES, path)
    return PdfReader(path)


def links(reader):
    """The named places that links within the PDF lead to."""
    notes = [note.get_object() for page in reader.pages for note in page.get("/Annots", [])]
    return [str(note["/Dest"]) for note in notes if "/Dest" in note]


def test_the_outline_names_each_page_and_leads_to_it(printed):
    assert [entry.title for entry in printed.outline] == [paper.title(name) for name in NAMES]
    for entry in printed.outline:
        sheet = printed.pages[printed.get_destination_page_number(entry)]
        assert entry.title in " ".join(sheet.extract_text().split())


def test_links_lead_to_places_in_the_pdf(printed):
    found = links(printed)
    assert "/book/hessian_transform" in found or "book/hessian_transform" in found
    places = {name.lstrip("/") for name in printed.named_destinations}
    assert {name.lstrip("/") for name in found} <= places


def test_proofs_are_unfolded_and_figures_drawn(printed):
    text = " ".join(page.extract_text() for page in printed.pages)
    assert "Proof" in text
    assert "Move the slider" in text
    assert sum(len(page.images) for page in printed.pages) >= 1


def test_no_link_leads_nowhere_and_no_two_pages_share_an_id(site):
    book = paper.BeautifulSoup(paper.whole_book(NAMES), "html.parser")
    ids = {tag["id"] for tag in book.find_all(id=True)}
    assert {tag["href"][1:] for tag in book.select("a[href^='#']")} <= ids
    assert {id.partition("--")[0] for id in ids} == set(NAMES)


def test_nothing_is_wider_than_the_paper(browser):
    source = paper.SITE / "two-pages.html"
    source.write_text(paper.whole_book(NAMES[:3]), encoding="utf-8")
    tab = paper.typeset(browser, source)
    source.unlink()
    assert tab.evaluate(WIDE, paper.WIDTH) == []
    tab.evaluate("document.querySelector('pre').innerHTML = '<table width=900><tr><td>.</table>'")
    assert tab.evaluate(WIDE, paper.WIDTH) != []
    tab.close()
