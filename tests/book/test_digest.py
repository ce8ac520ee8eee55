"""The pages that stand for all pages in JupyterLab have every kind of thing that these have."""

import nbformat
from digest import digest, kinds
from nbformat.v4 import new_markdown_cell
from pages import notebook_paths


def test_what_one_cell_alone_has_is_among_all_kinds_of_things():
    pages = [nbformat.read(path, as_version=4) for path in notebook_paths()]
    alone = new_markdown_cell("A {nosuchrole}`x` and $\\nosuchmacro$.")
    pages[-1].cells.append(alone)
    found = [cell for notebook in digest(pages) for cell in notebook.cells]
    assert alone.source in [cell.source for cell in found]
    every = [kinds(cell) for notebook in pages for cell in notebook.cells]
    assert set().union(*map(kinds, found)) == set().union(*every)
