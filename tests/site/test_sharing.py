"""What a page says of itself; with the two addresses of _config.yml it says where it lies, too."""

import json
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from pages import notebook_paths
from reader import SITE, soup
from sharing import LONGEST, PICTURE
from sphinx.application import Sphinx

BASE, REPOSITORY = "https://example.org/book", "https://github.com/someone/something"
ELSEWHERE = ("github.com/", "colab.research", "mybinder.org")
CONF = """project = html_title = "Two minima"
author, copyright = "Somebody", "2026"
extensions = ["myst_nb", "sphinx_book_theme", "sharing"]
html_theme = "sphinx_book_theme"
nb_execution_mode = "off"
"""


def said(soup):
    """The names and contents of the tags in the head of a page."""
    tags = soup.find_all("meta", content=True)
    return {tag.get("name") or tag.get("property"): tag["content"] for tag in tags}


def buttons(soup):
    """The addresses of the links in the head bar of the page."""
    return [link["href"] for link in soup.select(".article-header-buttons a[href]")]


@pytest.fixture
def told(site, request):
    return soup(SITE / "book" / f"{request.param}.html")


@pytest.mark.parametrize("told", [path.stem for path in notebook_paths()], ids=str, indirect=True)
def test_a_page_says_what_it_teaches_and_how_to_cite_it(told):
    tags = said(told)
    assert 50 < len(tags["description"]) <= LONGEST
    assert not set("$\\{}") & set(tags["description"])
    assert tags["og:description"] == tags["description"]
    assert tags["og:title"] in told.title.text
    assert tags["og:title"] in told.select_one("details.cite-page").text
    assert (SITE / "book" / told.find("link", rel="icon")["href"]).is_file()
    # no address is set
    assert "og:image" not in tags
    assert not [url for url in buttons(told) if any(name in url for name in ELSEWHERE)]


@pytest.fixture(scope="module", params=["", "set"])
def small_book(request, tmp_path_factory):
    """One notebook, without addresses and with them."""
    folder = tmp_path_factory.mktemp("book")
    options = {"launch_buttons": {"notebook_interface": "classic"}, "repository_branch": "main"}
    overrides = {"html_baseurl": BASE if request.param else ""}
    options["repository_url"] = REPOSITORY if request.param else ""
    conf = f"{CONF}html_theme_options = {options!r}\n"
    (folder / "conf.py").write_text(conf, encoding="utf-8")
    text = 'By the end you can say "<i>".'
    cells = [{"cell_type": "markdown", "metadata": {}, "source": f"# Title\n\n{text}"}]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = {"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 4}
    (folder / "index.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    out = folder / "out"
    Sphinx(folder, folder, out, out, "html", confoverrides=overrides, status=None).build()
    text = (out / "index.html").read_text(encoding="utf-8")
    return SimpleNamespace(set=bool(request.param), soup=BeautifulSoup(text, "html.parser"))


def test_an_address_is_given_where_it_is_known_and_only_there(small_book):
    tags, cite = said(small_book.soup), small_book.soup.select_one("details.cite-page").text
    assert tags["description"] == "By the end you can say “<i>”."
    assert tags.get("og:image") == (f"{BASE}/{PICTURE}" if small_book.set else None)
    assert (f"{BASE}/index.html" in cite) == small_book.set
    links = " ".join(buttons(small_book.soup))
    assert [name in links for name in ELSEWHERE] == [small_book.set] * 3
