"""Formulae that stay: no setting that another site has stored, and no entry of the menu on them,
leaves one unset. One page stands for all, for what MathJax asks for does not depend on the page:
a short one, which has few formulae, each to be set anew for each setting.
"""

import contextlib
import json

import pytest
from chromium import with_bars
from playwright.sync_api import TimeoutError
from reader import SITE, at_rest, reading, visit

PAGE = "book/low_complexity.html"
MANY = 20
KEY = "MathJax-Menu-Settings"  # where every site of a host finds what was chosen on any of them
STORED = [
    {"collapsible": True},
    {"explorer": True, "speech": True, "braille": True, "treeColoring": True},
    {"renderer": "SVG"},
    {"renderer": "one of a later version"},
    {"autocollapse": True, "collapsible": True, "explorer": True, "renderer": "SVG"},
    {"scale": "large", "assistiveMml": False, "semantics": True, "inTabOrder": False},
    "not even JSON",
]
# Every entry that a reader can reach, by the positions that lead to it; each is done as by a click.
ENTRIES = """() => {
    const shown = item => !item.isHidden() && !item.disabled;
    const walk = (menu, path) => menu.items.flatMap((item, k) => !shown(item) ? []
        : item.submenu ? walk(item.submenu, [...path, k]) : item.press ? [[...path, k]] : []);
    return walk(MathJax.startup.document.menu.menu, []); }"""
MENU = "() => Boolean(window.MathJax?.startup?.document?.menu)"
CHOOSE = """path => {
    const { menu } = MathJax.startup.document.menu;
    menu.mathItem = [...MathJax.startup.document.math][0];
    path.reduce((found, k) => (found.submenu ?? found).items[k], menu).press(); }"""
# In the menu under this name, what is offered, and what would need more.
OFFERED = [
    ("Accessibility", "Include Hidden MathML", "Activate"),
    ("Math Settings", "Zoom Factor", "Math Renderer"),
]


# Formulae in a line whose box is higher than what is seen of it: below is a bar to scroll.
BARS = """() => [...document.querySelectorAll('span.math')]
    .filter(box => box.offsetHeight > box.clientHeight + 2).map(box => box.textContent)"""


def unset(tab, patience=10):
    """How many formulae are not set, once nothing is being loaded any more, or is ever to come."""
    with contextlib.suppress(TimeoutError):
        at_rest(tab, patience=patience)
    tab.wait_for_timeout(100)
    return tab.locator(".math:not(:has(mjx-container))").count()


def remembering(reader, address, settings):
    """A page in a browser in which another of the same host has stored these settings before."""
    stored = settings if isinstance(settings, str) else json.dumps(settings)
    reader.turn_to(f"{address}/_static/formulae.js")
    reader.tab.evaluate("([key, value]) => { localStorage[key] = value; }", [KEY, stored])
    page = reader.turn_to(f"{address}/{PAGE}", first=False)
    assert page.tab.evaluate("key => localStorage[key]", KEY) == stored
    return page


@pytest.mark.parametrize("settings", STORED, ids=str)
@pytest.mark.parametrize("scheme", ["http", "file"])
def test_what_another_site_has_stored_takes_no_formula_away(site, reader, scheme, settings):
    page = remembering(reader, {"http": site, "file": SITE.as_uri()}[scheme], settings)
    assert page.tab.locator(".math").count() > MANY
    assert unset(page.tab) == 0
    assert not page.missing


def unset_by_the_menu(page, patience=10):
    """Choose entry by entry, until one unsets formulae, then come again; how many are not set."""
    page.tab.on("dialog", lambda dialog: dialog.accept("120%"))  # the new scale is asked for
    paths = page.tab.evaluate(ENTRIES)
    assert len(paths) > 20
    for path in paths:
        page.tab.evaluate(CHOOSE, path)
        if left := unset(page.tab, patience):
            return left
    page.tab.reload()
    return unset(page.tab, patience)


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_no_entry_of_the_menu_takes_a_formula_away(site, browser, scheme):
    address = {"http": site, "file": SITE.as_uri()}[scheme]
    with visit(browser, f"{address}/{PAGE}") as page:
        assert unset_by_the_menu(page) == 0
        assert not page.missing


def test_the_menu_opens_and_offers_only_what_the_site_carries(site, reader):
    tab = reader.turn_to(f"{site}/{PAGE}").tab
    tab.locator("article mjx-container").first.click(button="right")
    for name, kept, gone in OFFERED:
        tab.locator(".CtxtMenu_MenuItem", has_text=name).hover()
        words = " ".join(tab.locator(".CtxtMenu_MenuItem").all_inner_texts())
        assert kept in words
        assert gone not in words


@pytest.mark.parametrize("act", [unset_by_the_menu, lambda page, wait: unset(page.tab, wait)])
def test_a_formula_that_waits_for_a_missing_part_is_seen(site, browser, act):
    stored = {} if act is unset_by_the_menu else {"renderer": "SVG"}
    with reading(browser) as reader:
        page = remembering(reader, site, stored)
        page.tab.route("**/formulae.js*", lambda route: route.abort())
        page.tab.reload()
        page.tab.wait_for_function(MENU)
        assert act(page, 1) > MANY  # what is waited for never comes


def test_no_formula_that_has_room_has_a_bar_to_scroll(site, browser):
    with with_bars(browser) as other, visit(other, f"{site}/{PAGE}") as page:
        assert unset(page.tab) == 0
        assert page.tab.evaluate(BARS) == []
        seen = page.tab.locator("span.math").first
        assert seen.locator("mjx-assistive-mml").text_content()  # for a screen reader it is there
        seen.evaluate("box => { box.style.display = 'inline-block'; box.style.width = '4px'; }")
        assert len(page.tab.evaluate(BARS)) == 1
