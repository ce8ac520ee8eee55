"""The afternoon in the browser: figures before code, and a foot that leads along the way."""

import pytest
from afternoon import STOPS
from bs4 import BeautifulSoup
from pages import page_names
from reader import SITE, soup, visit

WITHOUT = "/mathjax/"


def foot(page, which):
    link = page.tab.locator(f".prev-next-area a.{which}")
    return link.get_attribute("href").split("/")[-1].split("#")[0], link.inner_text()


def test_who_follows_the_afternoon_is_led_along_it(site, browser):
    with visit(browser, f"{site}/book/index.html", without=WITHOUT) as page:
        page.tab.locator(".afternoon-card").click()
        for k, stop in enumerate(STOPS):
            page.tab.wait_for_url(f"**/{stop}.html*")
            page.tab.wait_for_load_state()
            end = page.tab.get_by_role("heading", name="Enough for an afternoon")
            assert end.count() == 1  # who reads by ear goes from heading to heading
            if k > 0:
                assert foot(page, "left-prev")[0] == f"{STOPS[k - 1]}.html"
            if k + 1 < len(STOPS):
                address, words = foot(page, "right-next")
                assert address == f"{STOPS[k + 1]}.html"
                assert "afternoon" in words.lower()
                page.tab.locator(".prev-next-area a.right-next").click()


def test_who_comes_otherwise_is_led_through_the_book(site, browser):
    with visit(browser, f"{site}/book/{STOPS[1]}.html", without=WITHOUT) as page:
        assert foot(page, "right-next")[0] == "sharpest_direction.html"


def code_before_a_figure(page):
    """How many cells have the bar that unfolds their code above what they show."""
    cells = page.select("div.cell:has(> details.hide)")
    return sum(
        cell.select_one(":scope > .cell_output ~ details.hide") is None
        for cell in cells
        if cell.select_one(":scope > .cell_output")
    )


@pytest.mark.parametrize("name", page_names())
def test_a_figure_comes_before_the_bar_that_unfolds_its_code(site, name):
    assert code_before_a_figure(soup(SITE / f"{name}.html")) == 0


def test_a_bar_before_a_figure_is_seen():
    cell = "<div class=cell>{}</div>".format
    bar, figure = "<details class=hide></details>", "<div class=cell_output></div>"
    for text, count in ((bar + figure, 1), (figure + bar, 0)):
        assert code_before_a_figure(BeautifulSoup(cell(text), "html.parser")) == count
