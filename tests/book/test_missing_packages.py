"""A page that requires what is not installed is skipped by all that runs pages, and says why."""

import json
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import nbformat
import notebooks
import pages
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

ROOT = Path(__file__).parents[2]


@pytest.fixture
def page(tmp_path):
    """A page that would fail if it were run, and asks for what nobody has."""
    cells = [new_markdown_cell("# A title"), new_code_cell("1 / 0", execution_count=1)]
    notebook = new_notebook(cells=cells, metadata={"requires": ["json", "no_such_module"]})
    path = tmp_path / "page.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def test_what_is_missing_is_named(page, tmp_path):
    assert pages.missing(page) == ["no_such_module"]
    page.write_text(json.dumps({"metadata": {}}), encoding="utf-8")
    assert pages.missing(page) == []


def test_it_is_not_run_and_left_as_it_was(page, monkeypatch, capsys):
    before = page.read_bytes()
    problems, line = notebooks.run(page)
    assert problems == ["requires no_such_module, which is not installed"]
    assert line == notebooks.NOT_RUN
    assert page.read_bytes() == before
    monkeypatch.setattr(notebooks, "select", lambda names: [page])
    monkeypatch.setattr(notebooks, "ROOT", page.parent)
    assert notebooks.main([]) == 0  # among all the pages
    assert "no_such_module" in capsys.readouterr().out
    assert notebooks.main(["page"]) == 1  # asked for


def test_normalising_keeps_what_it_requires(page):
    notebook = notebooks.normalise(nbformat.read(page, as_version=4))
    assert notebook.metadata["requires"] == ["json", "no_such_module"]


def test_nbval_skips_its_cells_with_a_reason(page):
    shutil.copy(ROOT / "book/conftest.py", page.parent)
    command = [sys.executable, "-m", "pytest", "-rs", "--nbval", "--nbval-current-env", "."]
    options = ["-o", f"pythonpath={ROOT / 'book/_tools'}", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, *options], cwd=page.parent, capture_output=True, text=True, check=False
    )
    assert "page.ipynb requires no_such_module" in run.stdout, run.stdout + run.stderr
    assert "1 skipped" in run.stdout
    assert run.returncode == 0


def test_the_page_on_pytorch_says_so():
    (page,) = [path for path in pages.notebook_paths() if path.stem == "your_own_network"]
    assert json.loads(page.read_text(encoding="utf-8"))["metadata"]["requires"] == ["torch"]


def test_the_site_reads_the_docstrings_on_pytorch_without_it():
    """Sphinx puts mocks in its place; a ``Tensor | None`` in a signature would fail on them."""
    script = """
        from sphinx.ext.autodoc.mock import mock
        with mock(["torch"]):
            from flatlib import pytorch
        assert all(getattr(pytorch, name).__doc__ for name in pytorch.__all__)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script)], check=True)
