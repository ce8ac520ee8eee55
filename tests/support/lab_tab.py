"""A tab of JupyterLab that opens one notebook after the other, runs it, and tells what is seen."""

import contextlib
from collections import namedtuple

from lab_server import PATIENCE, served
from nbformat.v4 import new_notebook

Shown = namedtuple("Shown", "figures folds unfolded words")
# What was open is closed without being asked whether to save it. No kernel is started for what is
# only looked at.
OPEN = """async ([path, kernel]) => {
    const { commands, docRegistry, shell } = window.jupyterapp;
    const factory = docRegistry.getWidgetFactory('notebook');
    Object.defineProperty(factory, 'preferKernel', { value: kernel, configurable: true });
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
    const seen = image => image.checkVisibility() && image.naturalWidth > 0;
    return [
        all('figure.explore:has(img.explore-over)').map(figure => ({
            frames: [...figure.querySelectorAll('img.explore-over')].filter(seen).map(i => i.alt),
            sliders: [...figure.querySelectorAll('input')].filter(i => i.checkVisibility()).length,
            trusted: figure.querySelector('style') !== null })),
        all('.myst details').length, all('.myst details[open]').length,
        all('.myst').map(words).join('\\n')]; }"""
# Every cell of code has been run to its end, or one of them has raised an error.
RUN = """async () => {
    const { commands, shell } = window.jupyterapp;
    const panel = shell.currentWidget;
    await panel.sessionContext.ready;
    await commands.execute('notebook:run-all-cells');
    return panel.content.widgets.filter(cell => cell.model.type === 'code')
        .every(cell => cell.model.executionCount !== null); }"""


@contextlib.contextmanager
def lab_tab(chromium, folder, home, first):
    """JupyterLab on a folder; ``first`` is the notebook that it opens with."""
    with served(folder, home) as address_of:
        context = chromium.new_context(viewport={"width": 1400, "height": 1000})
        context.set_default_timeout(PATIENCE * 1000)
        tab = context.new_page()
        tab.asked = []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.goto(address_of(first))
        tab.locator(".jp-Notebook figure.explore").wait_for()
        yield tab
        context.close()


def texts(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]


def outputs(notebook):
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def unfolded(notebook):
    """Outputs that are not folded away until the reader has guessed, or has run their cell."""
    folded = {"outputs_hidden": True}
    seen = [cell for cell in notebook.cells if cell.metadata.get("jupyter") != folded]
    return outputs(new_notebook(cells=seen))


def open_page(tab, name, notebook, kernel=False):
    """Until all of it is set."""
    tab.evaluate(OPEN, [f"{name}.ipynb", kernel])
    wanted = [len(texts(notebook)), len(unfolded(notebook))]
    tab.wait_for_function(SET, arg=wanted, polling=100)  # to ask at each frame slows the setting


def look(tab):
    """What is to be seen of the page."""
    return Shown(*tab.evaluate(LOOK))


def run_all_cells(tab):
    """Whether every cell was run."""
    return tab.evaluate(RUN)


def stop_kernel(tab):
    """That of the page, which would outlive it."""
    tab.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
