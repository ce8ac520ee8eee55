"""Figures in JupyterLab itself: as cloned, one frame of each; once run, they move.

A notebook that comes from elsewhere is not trusted until it is run: JupyterLab shows its outputs
through a sanitizer.
"""

import re
from functools import cache

import nbformat
import pytest
from explorables import one
from lab_server import PATIENCE, served
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pages import notebook_paths

PAGE = "three_notions"  # its first cell makes its first figure
OURS = ("http://127.0.0.1", "data:", "blob:")
SHOWN = """figure => ({
    frames: [...figure.querySelectorAll('img.explore-over')].filter(i => i.checkVisibility()
        && i.naturalWidth > 0).map(i => i.alt),
    sliders: [...figure.querySelectorAll('input')].filter(i => i.checkVisibility()).length,
    trusted: figure.querySelector('style') !== null })"""
FRAME = re.compile(r'<img class="explore-layer explore-over" style="([^"]*)"[^>]*? alt="([^"]*)"')


def explorables(notebook):
    """The outputs of a notebook that are figures with a slider."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    htmls = [output.get("data", {}).get("text/html", "") for output in outputs]
    return [html for html in htmls if "<figure" in html and "<input" in html]


@cache
def figures_of_pages():
    """Page and HTML of every figure with a slider; last, one that hides its frames as pages do."""
    found = [
        (path.stem, html)
        for path in notebook_paths()
        for html in explorables(nbformat.read(path, as_version=4))
    ]
    return [*found, ("planted", one().html.replace(';display:none"', '" hidden'))]


def collected():
    """One notebook of them all: JupyterLab opens it once."""
    cells = [
        new_code_cell(name, outputs=[new_output("display_data", {"text/html": html})])
        for name, html in figures_of_pages()
    ]
    return new_notebook(cells=cells)


def first_figure():
    """A page up to the cell that makes its first figure."""
    notebook = nbformat.read(next(p for p in notebook_paths() if p.stem == PAGE), as_version=4)
    position = next(
        position
        for position, cell in enumerate(notebook.cells)
        if explorables(new_notebook(cells=[cell]))
    )
    notebook.cells = notebook.cells[: position + 1]
    return notebook


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    notebooks, home = tmp_path_factory.mktemp("notebooks"), tmp_path_factory.mktemp("home")
    nbformat.write(collected(), notebooks / "all.ipynb")
    nbformat.write(first_figure(), notebooks / "page.ipynb")
    with served(notebooks, home) as address_of:
        yield address_of


@pytest.fixture(scope="module")
def open_notebook(lab, chromium):
    contexts = []

    def opened(name, count):
        contexts.append(context := chromium.new_context(viewport={"width": 1400, "height": 1000}))
        context.set_default_timeout(PATIENCE * 1000)
        tab = context.new_page()
        tab.asked = []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.goto(lab(name))
        tab.wait_for_function(
            "count => document.querySelectorAll('.jp-Notebook figure.explore').length === count",
            arg=count,
        )
        return tab

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def as_cloned(open_notebook):
    """What is seen of each figure before anything is run."""
    tab = open_notebook("all", len(figures_of_pages()))
    pictures = "[...document.querySelectorAll('figure.explore img')]"
    tab.wait_for_function(f"{pictures}.every(image => image.complete)")
    return [figure.evaluate(SHOWN) for figure in tab.locator("figure.explore").all()]


def test_a_cloned_page_shows_one_frame_of_each_figure_and_no_dead_slider(as_cloned):
    *wanted, _ = [
        (name, [alt for style, alt in FRAME.findall(html) if "none" not in style])
        for name, html in figures_of_pages()
    ]
    *shown, planted = as_cloned
    assert len(shown) > 30
    assert not any(state["trusted"] for state in as_cloned)
    assert [(name, len(alts)) for name, alts in wanted if len(alts) != 1] == []
    for (name, alts), state in zip(wanted, shown, strict=True):
        assert (name, state["frames"], state["sliders"]) == (name, alts, 0)
    assert len(planted["frames"]) == 25


def test_once_run_a_figure_moves_by_key_and_by_pointer(open_notebook):
    tab = open_notebook("page", 1)
    figure, slider = tab.locator("figure.explore"), tab.locator("figure.explore input")
    cells = tab.locator(".jp-Notebook .jp-Cell >> visible=true")
    before = figure.evaluate(SHOWN)
    assert not before["trusted"]
    tab.get_by_text("| Idle").wait_for()  # the kernel is there; before, nothing would be run
    tab.get_by_role("menuitem", name="Run", exact=True).click()
    tab.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    slider.wait_for()
    start, count = figure.evaluate(SHOWN), cells.count()
    assert start == {**before, "trusted": True, "sliders": 1}
    slider.press("ArrowRight")
    assert figure.evaluate(SHOWN)["frames"] != start["frames"]
    slider.press("ArrowLeft")
    assert figure.evaluate(SHOWN) == start
    assert cells.count() == count
    box = slider.bounding_box()
    slider.click(position={"x": 0.9 * box["width"], "y": box["height"] / 2})
    clicked = figure.evaluate(SHOWN)
    assert len(clicked["frames"]) == 1 and clicked["frames"] != start["frames"]
    assert [url for url in tab.asked if not url.startswith((*OURS, "ws://127.0.0.1"))] == []
    # where the slider does not speak up, JupyterLab takes its keys
    slider.evaluate("input => delete input.dataset.lmSuppressShortcuts")
    slider.press("ArrowLeft")
    assert figure.evaluate(SHOWN) == clicked or cells.count() != count
