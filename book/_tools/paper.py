"""One PDF of the whole book, printed from the built site by Chromium.

    python book/_tools/paper.py                 # writes _build/sharp-minima-flat-minima.pdf

All pages go into one HTML file beside the site, so that links between pages are links within the
PDF. Proofs and solutions are unfolded, each figure shows its first frame, and a formula that is
wider than the paper is set smaller.
"""

import copy
import shutil
import sys
from pathlib import Path
from urllib.parse import urldefrag

from bs4 import BeautifulSoup
from pages import ROOT, page_names
from playwright.sync_api import sync_playwright
from pypdf import PdfReader, PdfWriter

SITE = ROOT / "_build" / "html"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
FLAGS = ["--no-sandbox", "--disable-gpu"]
WIDTH = 680  # CSS pixels between the margins of A4
MINUTE = 60_000  # milliseconds
IDS = ("id", "for", "aria-labelledby", "aria-describedby", "aria-controls")
HIDDEN = (
    ".headerlink, .explore-controls, img[data-frame][style*='display:none'], details.hide > summary"
)
CODE = "details.hide"  # a cell that the site hides until it is asked for
STYLE = """
.bd-article { max-width: none; padding: 0; }
section.page, nav.contents { break-before: page; }
nav.contents { background: none; border: 0; } nav.contents ol { line-height: 1.9; }
.sd-card, .check-card, table.ledger tr { break-inside: avoid; }
pre { white-space: pre-wrap !important; font-size: 0.72rem; }
div.math, span.math { overflow: visible !important; }
div.cell_output, div.admonition, div.proof, figure { break-inside: auto; }
h1, h2, h3 { break-after: avoid; }
"""
FIT = """() => document.querySelectorAll('div.math mjx-container').forEach(formula => {
    const room = formula.closest('div.math').clientWidth;
    const wide = Math.max(...[...formula.querySelectorAll('mjx-math')].map(m => m.scrollWidth), 1);
    if (wide > room) formula.style.fontSize = 0.98 * room / wide * 100 + '%'; })"""


def soup(path: Path) -> BeautifulSoup:
    """A page of the site."""
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def anchor(name: str, fragment: str = "") -> str:
    """What an id of a page is called in the whole book."""
    return f"{name}--{fragment}" if fragment else name


def move_link(link: str, name: str, names: list[str]) -> str:
    """A link of a page, as it reads in the whole book, which lies beside the site's front page."""
    target, fragment = urldefrag(link)
    if "://" in target or target.startswith(("data:", "mailto:")):
        return link
    there = (SITE / name).parent / target if target else SITE / f"{name}.html"
    inside = str(there.resolve().relative_to(SITE.resolve()))
    page = inside.removesuffix(".html")
    return f"#{anchor(page, fragment)}" if page in names else inside


def article(name: str, names: list[str]):
    """The article of a page, its ids and links made those of the whole book."""
    found = copy.copy(soup(SITE / f"{name}.html").select_one("article"))
    for tag in found.select(f"{HIDDEN}, button, script"):
        tag.decompose()
    for tag in found.select(CODE):
        tag.unwrap()
    for tag in found.find_all(True):
        for key in IDS:
            if tag.get(key):
                tag[key] = anchor(name, tag[key])
        for key in ("href", "src"):
            if tag.get(key):
                tag[key] = move_link(tag[key], name, names)
        if tag.name == "details" and not tag.find_parent(class_="check-card"):
            tag["open"] = ""
    found.name, found["class"], found["id"] = "section", ["bd-article", "page"], name
    return found


def whole_book(names: list[str]) -> str:
    """All pages in one HTML file, a list of contents before them."""
    book = soup(SITE / f"{names[0]}.html")
    for tag in book.head.select("link:not([rel=stylesheet]), script"):
        if "athJax" not in tag.text and "mathjax" not in tag.get("src", ""):
            tag.decompose()
    for tag in book.head.select("[href], [src]"):
        key = "href" if tag.get("href") else "src"
        tag[key] = move_link(tag[key], names[0], [])
    book.head.append(BeautifulSoup(f"<style>{STYLE}</style>", "html.parser"))
    articles = [article(name, names) for name in names]
    rows = "".join(f'<li><a href="#{name}">{title(name)}</a></li>' for name in names[1:])
    contents = f'<nav class="contents bd-article"><h2>Contents</h2><ol>{rows}</ol></nav>'
    book.body.clear()
    for part in (articles[0], BeautifulSoup(contents, "html.parser"), *articles[1:]):
        book.body.append(part)
    book.html["data-theme"] = "light"
    return str(book)


def print_book(browser, names: list[str], path: Path) -> None:
    """Write the PDF of these pages, the first of which is the front page."""
    source = SITE / "whole-book.html"
    source.write_text(whole_book(names), encoding="utf-8")
    tab = typeset(browser, source)
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    tab.pdf(path=path, format="A4", margin=margins, print_background=True, tagged=True)
    tab.close()
    source.unlink()
    add_outline(path, names)


def typeset(browser, source: Path):
    """The whole book in a tab as wide as the paper, its formulae set and made to fit."""
    tab = browser.new_page(viewport={"width": WIDTH, "height": 1000}, color_scheme="light")
    tab.emulate_media(media="print")
    tab.goto(source.as_uri(), timeout=5 * MINUTE)
    ready = "() => window.MathJax?.startup?.promise?.then(() => true)"
    tab.wait_for_function(ready, timeout=10 * MINUTE)
    tab.evaluate(FIT)
    return tab


def add_outline(path: Path, names: list[str]) -> None:
    """A bookmark for each page; Chromium's own have titles that are broken or doubled."""
    writer = PdfWriter(clone_from=path)
    reader = PdfReader(path)
    for name in names:
        place = reader.named_destinations.get(f"/{name}", None)
        sheet = 0 if place is None else reader.get_destination_page_number(place)
        writer.add_outline_item(title=title(name), page_number=sheet)
    writer.write(path)


def title(name: str) -> str:
    """What a page is called."""
    heading = soup(SITE / f"{name}.html").select_one("article h1")
    for link in heading.select(".headerlink"):
        link.decompose()
    return heading.get_text().strip()


def main() -> None:
    """Print the whole book."""
    target = ROOT / "_build" / "sharp-minima-flat-minima.pdf"
    executable = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not (SITE / "index.html").exists():
        sys.exit("There is no site yet: run make book first.")
    if executable is None:
        sys.exit("There is no Chromium: install it (Debian: apt-get install chromium).")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=FLAGS)
        print_book(browser, page_names(), target)
        browser.close()
    print(f"{target.stat().st_size / 1e6:.1f} MB  {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
