"""The site as a whole: every link of it leads somewhere, and its front door opens."""

from functools import cache
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from pages import page_names
from reader import SITE, soup


@cache
def anchors(path):
    return {tag["id"] for tag in soup(path).find_all(id=True)}


def dangling(path):
    """The links of a page to files or anchors that are not there."""
    for link in soup(path).find_all("a", href=True):
        target, fragment = urldefrag(link["href"])
        parts = urlsplit(target)
        if parts.scheme or parts.netloc:
            continue
        file = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        anchored = not fragment or file.suffix != ".html" or fragment in anchors(file)
        if not file.is_file() or not anchored:
            yield link["href"]


@pytest.mark.parametrize("name", page_names())
def test_links_lead_somewhere(site, name):
    assert not list(dangling(SITE / f"{name}.html"))


def test_a_planted_dangling_link_is_seen(tmp_path):
    path = tmp_path / "page.html"
    path.write_text(
        '<p id="a"><a href="#a"></a><a href="#b"></a><a href="no.html"></a></p>', encoding="utf-8"
    )
    assert list(dangling(path)) == ["#b", "no.html"]


def test_the_site_has_the_pages_of_the_contents(site):
    built = {str(path.relative_to(SITE).with_suffix("")) for path in SITE.glob("book/**/*.html")}
    assert built == set(page_names()), "the site and _toc.yml disagree: run make book"


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_the_front_door_opens(site, reader, scheme):
    address = {"http": site, "file": SITE.as_uri()}[scheme] + "/index.html"
    page = reader.turn_to(address)
    page.tab.wait_for_url("**/book/index.html")
    assert page.tab.locator("article h1").count() == 1
