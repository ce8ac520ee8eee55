"""The code in the solutions of the exercises, run after the page's own cells that it builds on."""

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


def names(code):
    """The names that a cell assigns, imports or changes a part of, and all that are in it."""
    nodes = list(ast.walk(ast.parse(code)))
    stored = [node for node in nodes if isinstance(getattr(node, "ctx", None), ast.Store)]
    bound = {part.id for node in stored for part in ast.walk(node) if isinstance(part, ast.Name)}
    imported = [alias for node in nodes for alias in getattr(node, "names", ())]
    bound |= {(alias.asname or alias.name).partition(".")[0] for alias in imported}
    return bound, bound | {node.id for node in nodes if isinstance(node, ast.Name)}


def built_on(notebook):
    """What of the cells gives the solutions their names; what is only shown, nbval runs."""
    wanted, kept = set().union(*(names(code)[1] for code in solutions(notebook))), []
    for cell in reversed([cell for cell in notebook.cells if cell.cell_type == "code"]):
        bound, used = names(cell.source)
        if bound & wanted:
            wanted |= used
            kept.insert(0, without_what_is_shown(cell.source))
    return kept


def without_what_is_shown(code):
    """A cell but for the expression at its end."""
    body = ast.parse(code).body
    return ast.unparse(ast.Module(body[:-1] if isinstance(body[-1], ast.Expr) else body, []))


def run(notebook):
    """Run the cells and then the solutions; the value of each solution's last expression."""
    namespace, values = {"display": display}, []  # a notebook has it from the start
    for source in built_on(notebook):
        exec(source, namespace)
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


def test_what_a_solution_builds_on_is_run_and_no_more():
    cells = ["a = [1, 2]", "c = 3", "a[0] = 5\na", "from math import pi as c\nc", "b = a"]
    text = ":::{solution} ex\n```python\nb[0]\n```\n:::"
    cells = [*map(nbformat.v4.new_code_cell, cells), nbformat.v4.new_markdown_cell(text)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    assert built_on(notebook) == ["a = [1, 2]", "a[0] = 5", "b = a"]
    assert run(notebook) == [5]
