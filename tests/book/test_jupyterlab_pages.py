"""Every page as `make lab` opens it: nothing has been run, nothing is trusted, all of it is set.

One JupyterLab opens one page after the other, without a kernel.
"""

import re
from collections import namedtuple
from importlib.util import find_spec

import nbformat
import pytest
from chromium import missing
from explorables import one
from lab_server import PATIENCE, served
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from pages import ROOT, notebook_paths

Shown = namedtuple("Shown", "frames folds unfolded words")
# What was open is closed without being asked whether to save it.
OPEN = """async path => {
    const { commands, shell } = window.jupyterapp;
    const panel = await commands.execute('docmanager:open', {path});
    [...shell.widgets('main')].filter(other => other !== panel).forEach(other => other.dispose());
    await panel.context.ready; }"""
# Each cell of text has been set, each output is there, and each of their pictures.
SET = """([texts, outputs]) => {
    const all = selector => [...document.querySelectorAll('.jp-Notebook ' + selector)];
    return all('.jp-MarkdownCell .myst').filter(cell => cell.innerText.trim()).length === texts
        && all('.jp-OutputArea-output').length >= outputs && all('img').every(i => i.complete)
        && document.querySelectorAll('.jp-Notebook').length === 1; }"""
LOOK = """() => {
    const all = selector => [...document.querySelectorAll('.jp-Notebook ' + selector)];
    const code = 'code, pre, annotation, .jp-InputArea, .cm-editor';
    const words = cell => {
        const copy = cell.cloneNode(true);
        copy.querySelectorAll(code).forEach(part => part.remove());
        return copy.textContent; };
    return [
        all('figure.explore:has(img.explore-over)').map(
            figure => [...figure.querySelectorAll('img.explore-over')]
                .filter(image => image.checkVisibility()).length),
        all('.myst details').length, all('.myst details[open]').length,
        all('.myst').map(words).join('\\n')]; }"""
FOLDS = re.compile(r"^:{3,}\{dropdown\}|^:class: dropdown$", re.MULTILINE)
RAW = re.compile(r"\\[a-zA-Z]+|:::|\{[a-z:]+\}|\w+\d{4}[a-z]+")
FAULTY = r"""# A page

$\nosuch x$ of {term}: an orbit, {cite:t}`nobody1900nothing`

<details open><summary>An answer</summary>It is 3.</details>
"""


def texts(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def outputs(notebook):
    """Those that are not folded away before the reader has guessed."""
    folded = {"outputs_hidden": True}
    cells = [cell for cell in notebook.cells if cell.metadata.get("jupyter") != folded]
    return [output for cell in cells for output in cell.get("outputs", ())]


def planted():
    """All that the test below is there to see."""
    html = one().html.replace(';display:none"', '" hidden')
    output = new_output("display_data", {"text/html": html})
    return new_notebook(cells=[new_markdown_cell(FAULTY), new_code_cell("1", outputs=[output])])


@pytest.fixture(scope="module")
def lab(chromium, tmp_path_factory):
    """A tab with JupyterLab in it, on copies of all pages."""
    if find_spec("jupyterlab_myst") is None:
        missing("there is no jupyterlab-myst", "pip install -r requirements.txt")
    folder, home = tmp_path_factory.mktemp("pages"), tmp_path_factory.mktemp("home")
    for path in (*notebook_paths(), ROOT / "book" / "references.bib"):
        (folder / path.name).write_bytes(path.read_bytes())
    nbformat.write(planted(), folder / "planted.ipynb")
    with served(folder, home) as address_of:
        context = chromium.new_context(viewport={"width": 1400, "height": 1000})
        context.set_default_timeout(PATIENCE * 1000)
        tab = context.new_page()
        tab.goto(address_of("planted"))
        tab.locator(".jp-Notebook figure.explore").wait_for()
        yield tab
        context.close()


def look(tab, name, notebook):
    """What is to be seen of a page."""
    tab.evaluate(OPEN, f"{name}.ipynb")
    tab.wait_for_function(SET, arg=[len(texts(notebook)), len(outputs(notebook))])
    return Shown(*tab.evaluate(LOOK))


@pytest.mark.parametrize("path", notebook_paths(), ids=lambda path: path.stem)
def test_a_page_is_right_before_anything_is_run(lab, path):
    notebook = nbformat.read(path, as_version=4)
    shown = look(lab, path.stem, notebook)
    assert set(shown.frames) <= {1}
    assert RAW.findall(shown.words) == []
    assert shown.folds == len(FOLDS.findall("\n".join(texts(notebook))))
    assert shown.unfolded == 0


def test_a_planted_fault_is_seen(lab):
    shown = look(lab, "planted", planted())
    assert shown.frames == [25]
    assert shown.unfolded == 1
    assert RAW.findall(shown.words) == [r"\nosuch", "{term}", "nobody1900nothing"]
