"""A guess in a notebook: it names its right option; its answer is folded until a cell is run."""

import copy
import re

import nbformat
import pytest
from pages import notebook_paths

BOX = ":::{admonition} Your guess\n:class: guess\n"
ANSWER = re.compile(r"^:::\{dropdown\} What came out\n:class-container: answer-(\d+)\n\n", re.M)
OPTION = re.compile(r"^- ", re.M)
PAGES = {path.stem: nbformat.read(path, as_version=4) for path in notebook_paths()}
GUESSING = [name for name, nb in PAGES.items() if any("Your guess" in c.source for c in nb.cells)]


def faults(notebook):
    """What gives an answer away, or leaves a guess without one."""
    options = None
    for position, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "code" and options is not None:
            if cell.outputs and not cell.metadata.get("jupyter", {}).get("outputs_hidden"):
                yield f"cell {position} shows its output before the guess"
            continue
        before, box, after = cell.source.partition(BOX)
        if box:
            options = len(OPTION.findall(after.partition("\n:::")[0]))
        elif cell.source.count("Your guess"):
            yield f"cell {position} has a guess of another form"
        answer = ANSWER.search(after or before)
        if answer and options is not None:
            if not 1 <= int(answer[1]) <= options:
                yield f"cell {position} says that option {answer[1]} of {options} is right"
            options = None
    if options is not None:
        yield "the last guess has no answer"


@pytest.mark.parametrize("name", GUESSING)
def test_nothing_of_an_answer_is_seen_before_the_guess(name):
    assert list(faults(PAGES[name])) == []


def test_most_pages_make_the_reader_guess():
    assert len(GUESSING) >= 24


def shown(notebook):
    """The outputs between a guess and its answer, unfolded."""
    for cell in notebook.cells:
        cell.metadata.pop("jupyter", None)


def misnumbered(notebook):
    for cell in notebook.cells:
        cell.source = cell.source.replace(":class-container: answer-", ":class-container: answer-9")


def unanswered(notebook):
    for cell in notebook.cells:
        cell.source = ANSWER.sub(":::{dropdown} What came out\n", cell.source)


@pytest.mark.parametrize("spoil", [shown, misnumbered, unanswered])
def test_a_planted_fault_is_seen(spoil):
    notebook = copy.deepcopy(PAGES["hessian_transform"])
    spoil(notebook)
    assert list(faults(notebook))
