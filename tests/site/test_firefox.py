"""The site in Firefox: on a phone, by keyboard, light and dark."""

import os

import firefox
import pytest
from axe import violations
from pages import page_names
from reader import UNFOLD, WIDE, at_rest

ARROW_LEFT, ENTER = "\ue012", "\ue007"
SLIDER = "figure.explore input[type=range]"
SHOWN = """[...document.querySelector('figure.explore').querySelectorAll('[data-frame]')]
    .map(image => !image.hidden && getComputedStyle(image).display !== 'none')"""
MARKS = "document.querySelectorAll('.admonition.guess button[data-mark]').length"
PLANTED = """document.querySelector('article').insertAdjacentHTML(
    'beforeend', '<p style="width:600px;color:#aaa;background:#fff">pale and wide')"""
# Of each kind of page one, and the reference, whose names are long: there is no time for all.
KINDS = ("index", "bent_function", "what_survives", "ledger", "glossary")
EVERYWHERE = os.environ.get("EVERYWHERE") == "on"
READ = page_names() if EVERYWHERE else [f"book/{kind}" for kind in KINDS]
FIT = page_names() if EVERYWHERE else [*READ, "book/api", "book/api_measures", "book/api_book"]


@pytest.fixture(scope="module")
def tab(tmp_path_factory, site):
    """Firefox, as wide as a phone."""
    with firefox.running(tmp_path_factory.mktemp("profile")) as tab:
        tab.in_the_window(firefox.WIDTH, 390)
        yield tab


@pytest.fixture(scope="module")
def seen():
    """The kinds of text that were looked at on other pages."""
    return {}


def themed(tab, theme):
    tab.in_the_window(firefox.THEME, theme)
    tab.wait_for_function("theme => document.documentElement.dataset.theme === theme", theme)


def opened(tab, address):
    tab.goto(address)
    at_rest(tab)
    tab.evaluate(UNFOLD)


@pytest.mark.parametrize("name", FIT)
def test_a_page_is_as_wide_as_a_phone(tab, site, name):
    opened(tab, f"{site}/{name}.html")
    assert tab.evaluate("document.documentElement.scrollWidth") <= 390, tab.evaluate(WIDE)


@pytest.mark.parametrize("name", READ)
def test_nothing_serious_bars_the_way(tab, site, name, seen):
    opened(tab, f"{site}/{name}.html")
    for theme in ("light", "dark"):
        themed(tab, theme)
        assert violations(tab, seen, only_looks=theme == "dark") == []


def test_a_slider_is_moved_by_a_key(tab, site):
    opened(tab, f"{site}/book/bent_function.html")
    before = tab.evaluate(SHOWN)
    tab.press(SLIDER, ARROW_LEFT)
    after = tab.evaluate(SHOWN)
    assert before.count(True) == after.count(True) == 1
    assert after != before


def test_a_guess_is_made_by_a_key(tab, site):
    opened(tab, f"{site}/book/bent_function.html")
    assert tab.evaluate(MARKS) == 0
    tab.press(".admonition.guess button", ENTER)
    assert tab.evaluate(MARKS) > 0


def test_what_is_too_wide_or_too_pale_is_seen(tab, site):
    opened(tab, f"{site}/book/index.html")
    tab.evaluate(PLANTED)
    assert tab.evaluate("document.documentElement.scrollWidth") > 390
    assert any(found.startswith("color-contrast") for found in violations(tab, {}))
