"""A page says the same where the home cannot be written to, as in some containers."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from notebooks import METADATA

ROOT = Path(__file__).parents[2]
NOWHERE = "/proc/nowhere"  # no one can make a folder there, not even root


@pytest.fixture
def page(tmp_path):
    """A page that imports what looks for a cache, and prints one line."""
    output = new_output("stream", name="stdout", text="drawn\n")
    cell = new_code_cell(
        "import matplotlib.pyplot\nprint('drawn')", execution_count=1, outputs=[output]
    )
    notebook = new_notebook(cells=[cell], metadata=METADATA)
    path = tmp_path / "page.ipynb"
    path.write_text(nbformat.writes(notebook), encoding="utf-8")
    return path


def compare(page):
    """Run it with nbval, as ``make test`` does, without a home."""
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "."]
    options = ["-o", f"pythonpath={ROOT / 'book/_tools'}", "-p", "no:cacheprovider"]
    env = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "MPLCONFIG"))}
    return subprocess.run(
        [*command, *options],
        cwd=page.parent,
        env={**env, "HOME": NOWHERE, "JUPYTER_RUNTIME_DIR": str(page.parent / "runtime")},
        capture_output=True,
        encoding="utf-8",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc here")
def test_a_page_says_the_same_without_a_home(page):
    shutil.copy(ROOT / "book/conftest.py", page.parent)
    done = compare(page)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc here")
def test_without_the_preparation_it_does_not(page):
    done = compare(page)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "stderr" in done.stdout
