"""Every page as `make lab` opens it: nothing has been run, nothing is trusted, all of it is set.

One JupyterLab opens a few pages, and some with all kinds of things that the pages have, and runs
the few; `make everywhere` opens and runs them all. A notebook that comes from elsewhere is not
trusted until it is run: JupyterLab shows its outputs through a sanitizer, which takes the sliders.
"""

import os
import re
from functools import cache
from importlib.util import find_spec

import nbformat
import pytest
from chromium import missing
from digest import digest
from explorables import one
from lab_tab import (
    lab_tab,
    look,
    open_page,
    outputs,
    run_all_cells,
    stop_kernel,
    texts,
    unfolded,
)
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import ROOT, notebook_paths
from pages import missing as not_installed

RUNNABLE = [path for path in notebook_paths() if not not_installed(path)]
QUICK = [path for path in RUNNABLE if path.stem in ("symmetries", "product_over_orbit", "low_rank")]
EVERYWHERE = os.environ.get("EVERYWHERE") == "on"
OPENED, RUN = (notebook_paths(), RUNNABLE) if EVERYWHERE else (QUICK, QUICK)
OURS = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
FOLDS = re.compile(r"^:{3,}\{dropdown\}|^:class: dropdown$", re.MULTILINE)
RAW = re.compile(r"\\[a-zA-Z]+|:::|\{[a-z:]+\}|\w+\d{4}[a-z]+")
FRAME = re.compile(r'<img class="explore-layer explore-over" style="([^"]*)"[^>]*? alt="([^"]*)"')
PYTHON = {"name": "python3", "display_name": "Python 3"}
FAULTY = r"""# A page

$\nosuch x$ of {term}: an orbit, {cite:t}`nobody1900nothing`

<details open><summary>An answer</summary>It is 3.</details>
"""


def planted():
    """All that the tests below are there to see."""
    html = one().html.replace(';display:none"', '" hidden')
    output = new_output("display_data", {"text/html": html})
    cells = [new_markdown_cell(FAULTY), new_code_cell("1", outputs=[output])]
    return new_notebook(cells=cells, metadata={"kernelspec": PYTHON})


@cache
def digested():
    """Some pages with all kinds of things that the pages have."""
    return digest([nbformat.read(path, as_version=4) for path in notebook_paths()])


def first_frames(outputs):
    """Of each figure with frames: those that its HTML shows."""
    htmls = [output.get("data", {}).get("text/html", "") for output in outputs]
    frames = [FRAME.findall(figure) for html in htmls for figure in html.split("<figure")]
    return [[alt for style, alt in found if "none" not in style] for found in frames if found]


def faults(shown, notebook):
    """What is wrong with a page whatever its figures show."""
    folds = len(FOLDS.findall("\n".join(texts(notebook))))
    raw = RAW.findall(shown.words)
    return raw + [f"{shown.folds} folds"] * (shown.folds != folds) + ["unfolded"] * shown.unfolded


# The entry that stands at the top of the glossary begins so.
AT_TOP = """word => [...document.querySelectorAll('.glossary .myst p')].some(entry =>
    entry.textContent.toLowerCase().startsWith(word)
        && Math.abs(entry.getBoundingClientRect().top
            - entry.closest('.glossary').getBoundingClientRect().top) < 60)"""


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """A tab with JupyterLab in it, on copies of all pages."""
    if find_spec("jupyterlab_myst") is None:
        missing("there is no jupyterlab-myst", "pip install -r requirements.txt")
    folder, home = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("home")
    beside = [ROOT / "book" / name for name in ("references.bib", "glossary.md")]
    for path in (*notebook_paths(), *beside):
        (folder / path.name).write_bytes(path.read_bytes())
    nbformat.write(planted(), folder / "planted.ipynb")
    for number, notebook in enumerate(digested()):
        nbformat.write(notebook, folder / f"digested{number}.ipynb")
    with lab_tab(chromium, folder, home, "planted") as tab:
        yield tab


@pytest.mark.parametrize("path", OPENED, ids=lambda path: path.stem)
def test_a_page_is_right_before_anything_is_run(lab, path):
    is_right(lab, path.stem, nbformat.read(path, as_version=4))


def test_all_kinds_of_things_are_right_before_anything_is_run(lab):
    assert sum(len(notebook.cells) for notebook in digested()) > 40
    for number, notebook in enumerate(digested()):
        is_right(lab, f"digested{number}", notebook)


def is_right(lab, name, notebook):
    """Nothing raw is left of a page, and of each figure one frame is to be seen."""
    open_page(lab, name, notebook)
    shown = look(lab)
    assert faults(shown, notebook) == []
    for figure, frames in zip(shown.figures, first_frames(unfolded(notebook)), strict=True):
        assert figure == {"frames": frames, "sliders": 0, "trusted": False}
        assert len(frames) == 1


def state(figure):
    """The frames that are seen, by what they show."""
    seen = "images => images.filter(i => i.checkVisibility()).map(i => i.alt)"
    return figure.locator("img.explore-over").evaluate_all(seen)


def move(figure):
    """What a figure shows once moved by key, moved back, and moved by pointer."""
    slider = figure.locator("input").first
    left = slider.evaluate("input => 2 * input.value > input.max")
    for key in ("ArrowLeft", "ArrowRight") if left else ("ArrowRight", "ArrowLeft"):
        slider.press(key)
        yield state(figure)
    box = slider.bounding_box()
    place = (0.1 if left else 0.9) * box["width"]
    slider.click(position={"x": place, "y": box["height"] / 2})
    yield state(figure)


@pytest.mark.parametrize("path", RUN, ids=lambda path: path.stem)
def test_once_run_it_is_right_and_its_figures_move(lab, path):
    notebook = nbformat.read(path, as_version=4)
    open_page(lab, path.stem, notebook, kernel=True)
    assert run_all_cells(lab)
    before = look(lab)
    assert faults(before, notebook) == []
    assert [figure["frames"] for figure in before.figures] == first_frames(outputs(notebook))
    cells = lab.locator(".jp-Notebook .jp-Cell >> visible=true")
    figures, count = lab.locator("figure.explore:has(input)").all(), cells.count()
    assert len(figures) == len(before.figures)
    for figure in figures:
        start = state(figure)
        moved, back, clicked = move(figure)
        assert moved != start == back != clicked
        assert len(moved) == len(start) == len(clicked) == 1
    assert cells.count() == count
    assert [url for url in lab.asked if not url.startswith(OURS)] == []
    for figure in figures[:1]:  # where a slider does not speak up, JupyterLab takes its keys
        figure.locator("input").evaluate_all("all => delete all[0].dataset.lmSuppressShortcuts")
        left = state(figure)
        next(move(figure))
        assert state(figure) == left or cells.count() != count
    stop_kernel(lab)


def test_a_word_of_the_glossary_opens_it_there(lab):
    path = QUICK[0]
    open_page(lab, path.stem, nbformat.read(path, as_version=4))
    link = lab.locator(".myst a.hover-link[href='#']").first
    word = link.inner_text().strip().lower()
    link.click()
    lab.get_by_role("heading", name="Glossary").wait_for()
    entries = lab.locator(".glossary .myst p")
    entries.nth(30).wait_for(state="attached")
    lab.wait_for_function(AT_TOP, arg=word[:4])


def test_a_card_of_the_front_page_leads_to_a_notebook(lab):
    open_page(lab, "index", nbformat.read(ROOT / "book/index.ipynb", as_version=4))
    links = lab.locator(".myst a[href*='/files/']").evaluate_all("all => all.map(a => a.href)")
    names = [link.partition("?")[0].rpartition("/")[2] for link in links]
    assert len(names) > 40
    assert [name for name in names if not (ROOT / "book" / name).is_file()] == []


def test_a_planted_fault_is_seen(lab):
    open_page(lab, "planted", planted())
    shown = look(lab)
    assert len(shown.figures[0]["frames"]) == 25
    raw = [r"\nosuch", "{term}", "nobody1900nothing"]
    assert faults(shown, planted()) == [*raw, "1 folds", "unfolded"]
