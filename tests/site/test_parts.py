"""What a page has, read from its file: something to move, an exercise, links; and its size."""

import re
from functools import cache

import pytest
from bs4 import BeautifulSoup
from pages import MAX_HTML_BYTES, ROOT, argued_pages, notebook_paths, page_names
from reader import SITE, soup

ENTRY = re.compile(r"^\.\. auto(?:function|class):: (?:flatlib|flatbook)\.(\S+)$", re.MULTILINE)
CALL = re.compile(r"(?<![\w.])(?:(?:flatlib|flatbook)\.)?((?:\w+\.)*\w+)\(")
HOUSE = re.compile(r"^(?:flatlib|flatbook)\.")
ARGUED = argued_pages()


@cache
def reference():
    """Names in the reference, without ``flatlib`` or ``flatbook`` in front."""
    texts = [
        (ROOT / f"book/{name}.md").read_text(encoding="utf-8")
        for name in ("api", "api_measures", "api_book")
    ]
    return {name for text in texts for name in ENTRY.findall(text)}


def lacks(page):
    """What a page has not that it must have."""
    if not page.select("figure.explore input[type=range]"):
        yield "a figure that moves"
    exercises = page.select("div.exercise")
    if not exercises:
        yield "an exercise"
    if len(page.select("div.solution")) < len(exercises):
        yield "a solution for each exercise"


def unlinked(page):
    """Calls of the library and of the book in cells whose name is no link to the reference."""
    for cell in page.select("div.highlight-ipython3 pre"):
        links = {HOUSE.sub("", link.get_text()) for link in cell.select("a")}
        for name in CALL.findall(cell.get_text()):
            if name in reference() and name not in links:
                yield name


def heavy(path):
    """One sentence if the file is over its budget."""
    size = path.stat().st_size
    return f"{path.name} has {size} bytes, more than {MAX_HTML_BYTES}" * (size > MAX_HTML_BYTES)


@pytest.mark.parametrize("name", page_names())
def test_the_html_is_light(site, name):
    assert not heavy(SITE / f"{name}.html")


def test_heavy_html_is_seen(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("x" * (MAX_HTML_BYTES + 1), encoding="utf-8")
    assert heavy(path)


@pytest.mark.parametrize("name", ARGUED)
def test_a_page_has_something_to_move_and_something_to_do(site, name):
    assert list(lacks(soup(SITE / f"{name}.html"))) == []


@pytest.mark.parametrize("name", [f"book/{path.stem}" for path in notebook_paths()])
def test_names_in_cells_lead_to_the_reference(site, name):
    assert list(unlinked(soup(SITE / f"{name}.html"))) == []


def test_what_is_missing_is_seen():
    bare = BeautifulSoup("<div class=exercise></div>", "html.parser")
    assert list(lacks(bare)) == ["a figure that moves", "a solution for each exercise"]
    cell = "<div class=highlight-ipython3><pre>flatlib.hessian(x)</pre></div>"
    assert list(unlinked(BeautifulSoup(cell, "html.parser"))) == ["hessian"]
    cell = "<div class=highlight-ipython3><pre>volume.boxes(x) + flatbook.table(y)</pre></div>"
    assert list(unlinked(BeautifulSoup(cell, "html.parser"))) == ["volume.boxes", "table"]


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_search_finds_a_page_without_a_network(site, reader, scheme):
    address = {"http": site, "file": SITE.as_uri()}[scheme]
    page = reader.turn_to(f"{address}/search.html?q=homogeneous")
    first = page.tab.locator("#search-results li a").first
    first.wait_for()
    first.click()
    page.tab.wait_for_url("**/book/*.html*")
    assert "homogeneous" in page.tab.locator("article").inner_text().lower()
    assert all(url.startswith(("http://127.0.0.1", "file:", "data:")) for url in page.requests)
