"""The code in the solutions of the exercises, run after the page's own cells."""

import ast
import re

import nbformat
import pytest
from IPython.display import display
from pages import missing, notebook_paths

import flatbook

PLAIN = {"index", "ledger"}  # no exercises
PAGES = {path.stem: path for path in notebook_paths() if path.stem not in PLAIN}
SOLUTION = re.compile(r":::\{solution\}.*?\n:::", re.DOTALL)
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


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


@pytest.mark.parametrize("page", PAGES)
def test_solutions_run(page, capsys, monkeypatch):
    path = PAGES[page]
    if missing(path):
        pytest.skip(f"{path.name} requires {', '.join(missing(path))}")
    notebook = nbformat.read(path, as_version=4)
    assert solutions(notebook), "a page has at least one exercise that is solved in code"
    monkeypatch.setattr(flatbook, "confirm", lambda id: None)  # checked elsewhere, and slow
    monkeypatch.chdir(path.parent)
    run(notebook)


def test_a_solution_that_does_not_run_is_seen():
    text = ":::{solution} ex\n```python\n1 / zero\n```\n:::"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    with pytest.raises(NameError, match="zero"):
        run(notebook)
