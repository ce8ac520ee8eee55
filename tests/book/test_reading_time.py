"""The minutes at the head of a page are those that it takes, without its proofs and with them."""

import re

import nbformat
import pytest
from pages import notebook_paths
from reading_time import reading_time

HEAD = re.compile(r"^(\d+) minutes(?:, (\d+) with the proofs)? · ", re.MULTILINE)
TIMED = [path for path in notebook_paths() if path.stem not in ("index", "ledger", "projects")]


@pytest.mark.parametrize("path", TIMED, ids=lambda path: path.stem)
def test_a_page_says_how_long_it_takes(path):
    notebook = nbformat.read(path, 4)
    found = HEAD.search(notebook.cells[0].source)
    assert found, "the head of a page begins with its minutes"
    said = tuple(int(minutes) for minutes in (found[1], found[2] or found[1]))
    assert said == reading_time(notebook)


def cells(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(s) for s in sources])


@pytest.mark.parametrize(
    ("folded", "expected"),
    [
        ("Proof\n" + 310 * "word ", (10, 15)),
        ("What came out\n:class-container: answer-1\n" + 775 * "word ", (15, 15)),
    ],
)
def test_a_proof_is_counted_apart_and_an_answer_is_not(folded, expected):
    page = cells(1550 * "word ", f":::{{dropdown}} {folded}\n:::")
    assert reading_time(page) == expected


def test_a_solution_is_not_counted():
    page = cells(1550 * "word ", f":::{{solution}} a\n{1550 * 'word '}\n:::")
    assert reading_time(page) == (10, 10)
