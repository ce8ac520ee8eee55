"""The solutions on the last pages run; no page is forgotten; a solution that fails is seen."""

from pathlib import Path

import nbformat
import pytest
from exercise_solutions import PAGES, PARTS, assert_solutions_run, pages_of, run

HERE = Path(__file__).parent


@pytest.mark.parametrize("page", pages_of("Who is right?"))
def test_solutions_run(page, capsys):
    assert_solutions_run(page)


def test_every_page_is_of_a_part_that_has_a_file():
    files = [path.read_text(encoding="utf-8") for path in HERE.glob("test_solutions*.py")]
    ran = [part for part in PARTS if any(f'pages_of("{part}")' in text for text in files)]
    assert sorted(name for part in ran for name in pages_of(part)) == sorted(PAGES)


def test_a_solution_that_does_not_run_is_seen():
    text = ":::{solution} ex\n```python\n1 / zero\n```\n:::"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    with pytest.raises(NameError, match="zero"):
        run(notebook)
