"""The code in the solutions of the exercises: each page has some, and nbval runs it."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbval_run import nbval
from pages import notebook_paths
from solutions import solutions

PLAIN = {"index", "ledger"}  # no exercises
PAGES = [path for path in notebook_paths() if path.stem not in PLAIN]
TEXT = ":::{{solution}} ex\nOn *words*.\n\n```python\n{}\n```\n:::\n\n```python\nnot_run\n```"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_has_an_exercise_that_is_solved_in_code(path):
    assert solutions(nbformat.read(path, as_version=4))


def test_what_is_in_a_solution_is_found_and_no_other_code():
    texts = [TEXT.format("1 + 1\n2"), "```python\nnor_this\n```", TEXT.format("3")]
    notebook = new_notebook(cells=[*map(new_markdown_cell, texts), new_code_cell("4")])
    assert [cell.source for cell in solutions(notebook)] == ["1 + 1\n2\n", "3\n"]


def test_a_solution_runs_after_its_page_and_one_that_fails_is_seen(tmp_path):
    def cells(solution):
        text = new_markdown_cell(TEXT.format(solution))
        return [text, new_code_cell("known = 1", execution_count=1)]

    good = nbval(tmp_path, cells("1 / known"))
    assert good.returncode == 0, good.stdout
    assert "2 passed" in good.stdout
    bad = nbval(tmp_path, cells("1 / unknown"))
    assert bad.returncode == 1
    assert "1 failed, 1 passed" in bad.stdout
    assert "name 'unknown' is not defined" in bad.stdout
