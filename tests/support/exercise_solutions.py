"""The code in the solutions of the exercises, run after the page's own cells.

A file of tests runs in one process, so each part of the book has a file of its own.
"""

import ast
import re

import nbformat
import pytest
import yaml
from IPython.display import display
from pages import ROOT, missing, notebook_paths

import flatbook

PLAIN = {"index", "ledger"}  # no exercises
PAGES = {path.stem: path for path in notebook_paths() if path.stem not in PLAIN}
PARTS = {
    part["caption"]: [chapter["file"].rpartition("/")[2] for chapter in part["chapters"]]
    for part in yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))["parts"]
}
SOLUTION = re.compile(r":::\{solution\}.*?\n:::", re.DOTALL)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def pages_of(part):
    """Pages of a part with exercises, in the order of the book."""
    return [name for name in PARTS[part] if name in PAGES]


def solutions(notebook):
    """The blocks of Python inside the solutions, in the order of the page."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return [code for solution in SOLUTION.findall(text) for code in CODE.findall(solution)]


def run(notebook):
    """Run the cells and then the solutions; the value of each solution's last expression."""
    namespace, values = {"display": display}, []  # a notebook has it from the start
    for cell in notebook.cells:
        if cell.cell_type == "code":
            exec(cell.source, namespace)
    for code in solutions(notebook):
        *body, last = ast.parse(code).body
        exec(compile(ast.Module(body, []), "solution", "exec"), namespace)
        if isinstance(last, ast.Expr):
            values.append(eval(compile(ast.Expression(last.value), "solution", "eval"), namespace))
        else:
            exec(compile(ast.Module([last], []), "solution", "exec"), namespace)
    return values


def assert_solutions_run(name):
    path = PAGES[name]
    if missing(path):
        pytest.skip(f"{path.name} requires {', '.join(missing(path))}")
    notebook = nbformat.read(path, as_version=4)
    assert solutions(notebook), "a page has at least one exercise that is solved in code"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flatbook, "confirm", lambda id: None)  # checked elsewhere, and slow
        patch.chdir(path.parent)
        run(notebook)
