"""A verdict in sight: in the head of a box, on a card, in the ledger; in words, not by colour."""

import pytest
from bs4 import BeautifulSoup
from reader import SITE, soup

from flatbook import register
from flatbook.card import BADGES, CORRECTS

REGISTER = register()
PAGES = sorted({claim.page for claim in REGISTER.values()})
LEDGER = "{}/book/ledger.html"


def silent_boxes(page):
    """Boxes of claims that do not simply hold, and whose head does not say so."""
    for box in page.select("div.proof"):
        claim = REGISTER.get(box.get("id"))
        if claim and claim.kind != "holds":
            said = box.select_one(".admonition-title > .verdict")
            words = CORRECTS if claim.corrects else BADGES[claim.kind]
            if not said or said.get_text() != words or said["data-verdict"] != claim.kind:
                yield claim.id


@pytest.mark.parametrize("name", PAGES)
def test_a_box_says_in_its_head_what_does_not_hold(site, name):
    assert list(silent_boxes(soup(SITE / f"book/{name}.html"))) == []


def test_a_silent_box_is_seen():
    text = '<div class=proof id="WU-C1"><p class=admonition-title>Corollary 1{}</p></div>'
    badge = ' <span class=verdict data-verdict="{}">{}</span>'
    for said in ("", badge.format("holds", "holds"), badge.format("false", "holds")):
        assert list(silent_boxes(BeautifulSoup(text.format(said), "html.parser"))) == ["WU-C1"]


@pytest.mark.parametrize("name", PAGES)
def test_the_first_card_is_explained_and_each_has_its_verdict(site, name):
    page = soup(SITE / f"book/{name}.html")
    cards, notes = page.select(".check-card"), page.select(".check-note")
    assert [note.find_next_sibling() for note in notes] == cards[:1]
    assert all(card.select_one(".check-badges > .verdict").get_text() for card in cards)
    badges = {said.get_text() for said in page.select(".check-card .verdict")}
    assert badges <= {word.get_text() for note in notes for word in note.select("em")}


def rows(tab):
    return [
        row.get_attribute("data-verdict")
        for row in tab.locator("table.ledger tbody tr").all()
        if row.is_visible()
    ]


def test_the_ledger_is_read_by_verdict_and_by_paper(site, reader):
    page = reader.turn_to(LEDGER.format(site))
    tab = page.tab
    assert len(rows(tab)) == len(REGISTER)
    tab.get_by_label("Verdict").select_option("false")
    false = [claim for claim in REGISTER.values() if claim.kind == "false"]
    assert rows(tab) == ["false"] * len(false)
    tab.get_by_label("Paper").select_option("dinh2017")
    some = [claim for claim in false if claim.paper == "dinh2017"]
    assert rows(tab) == ["false"] * len(some)
    assert tab.locator(".ledger-choice output").inner_text() == (
        f"{len(some)} of {len(REGISTER)} claims"
    )
    assert tab.locator("table.ledger caption:visible").count() == 1


def test_the_choices_have_the_words_of_the_badges(site, reader):
    page = reader.turn_to(LEDGER.format(site))
    options = page.tab.get_by_label("Verdict").locator("option").all()
    offered = {option.get_attribute("value"): option.inner_text() for option in options}
    kinds = {claim.kind for claim in REGISTER.values()}
    assert offered == {"": "all"} | {kind: BADGES[kind] for kind in BADGES if kind in kinds}


def test_without_scripts_the_ledger_is_whole(site, browser):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(LEDGER.format(site))
    assert tab.locator("table.ledger tbody tr").count() == len(REGISTER)
    assert tab.locator(".ledger-choice").count() == 0
    context.close()
