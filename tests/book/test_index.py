"""The front page: what it says about the length of a way through is the sum over its pages."""

import re

import nbformat
from afternoon import STOPS, read
from pages import ROOT, notebook_paths

BOOK = ROOT / "book"

TIMES = re.compile(r"(\d+) minutes(?:, (\d+) with the proofs)? · ")


def text(path):
    return "\n".join(c.source for c in nbformat.read(path, 4).cells if c.cell_type == "markdown")


def minutes(path):
    found = TIMES.search(text(path))
    return int(found[1]) if found else 0


def way(name):
    """The paragraph about one way through."""
    (found,) = re.findall(rf"^\*{name}\*.*$", text(BOOK / "index.ipynb"), re.MULTILINE)
    return found


def linked(paragraph):
    """The pages of a way: those whose link begins a sentence or stands in a list of links."""
    return re.findall(r"\[[A-Z][^]]*\]\((\w+\.ipynb)\)", paragraph)


def test_the_afternoon_takes_as_long_as_its_stops():
    total = sum(int(TIMES.search(read(name).head)[1]) for name in STOPS)
    paragraph = way("In an afternoon")
    assert f"({total} minutes)" in paragraph, f"the stops take {total} minutes"
    assert linked(paragraph) == [f"{name}.ipynb" for name in STOPS]


def test_the_way_of_research_takes_as_long_as_its_pages():
    paragraph = way("For your own research")
    total = sum(minutes(BOOK / page) for page in linked(paragraph))
    assert f"({total} minutes)" in paragraph, f"the pages take {total} minutes"


def test_the_course_takes_as_long_as_the_book():
    times = [TIMES.search(text(path)) for path in notebook_paths()]
    without, all_of_it = (
        round(sum(int(time[1 + proofs] or time[1]) for time in times if time) / 60)
        for proofs in (False, True)
    )
    said = f"(about {all_of_it} hours with the proofs, {without} without, and the exercises)"
    assert said in way("As a course"), said
