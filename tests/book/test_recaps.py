"""A part of the book ends with what it came to, and so does a page that takes half an hour."""

import re

import nbformat
import pytest
import yaml
from afternoon import STOPS
from pages import ROOT, notebook_paths
from reading_time import reading_time

BOX = re.compile(
    r"^:::\{admonition\} (.*in short)\n:class: recap\n\n(.*?)\n\n:::$", re.M | re.S | re.I
)
PARTS = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
LAST = {
    part["caption"]: [chapter["file"].split("/")[1] for chapter in part["chapters"]]
    for part in PARTS
    if part["caption"] != "Reference"
}
PAGES = {path.stem: nbformat.read(path, 4) for path in notebook_paths()}
LONG = [name for name, page in PAGES.items() if reading_time(page)[0] >= 30]


def recaps(name):
    """Titles and lines of the boxes of a page."""
    text = "\n\n".join(cell.source for cell in PAGES[name].cells if cell.cell_type == "markdown")
    return [(title, lines.split("\n")) for title, lines in BOX.findall(text)]


@pytest.mark.parametrize("name", [name for name in LONG if name not in STOPS])
def test_a_long_page_says_what_it_came_to(name):
    """Stops of the afternoon have a box of their own."""
    assert recaps(name)


@pytest.mark.parametrize("part", LAST)
def test_a_part_ends_with_what_it_came_to(part):
    last = LAST[part][-1]
    title, lines = recaps(last)[-1]
    named = re.findall(r"\((\w+)\.ipynb\)", " ".join(lines))
    assert title != "In short"
    assert set(named) | {last} == set(LAST[part]), "it names every page of its part"


@pytest.mark.parametrize("name", PAGES)
def test_a_recap_is_three_to_five_lines_without_numbers(name):
    for _, lines in recaps(name):
        assert 3 <= len(lines) <= 5
        assert all(line.startswith("- ") for line in lines)
        text = re.sub(
            r"\]\([^)]*\)|Theorem 1|Corollary 1|not 0|weight 0|near 0", "", " ".join(lines)
        )
        assert not re.search(r"\d", text)
