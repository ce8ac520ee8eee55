"""A page over its budget of time fails in nbval, by name and with the cell where it happens."""

import os
import subprocess
import sys

import budget
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from pages import ROOT

KERNEL = {"name": "python3", "display_name": "Python 3"}
BUSY = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end:\n    pass"


def run(folder, seconds, reference):
    """What nbval says of a page that keeps a processor busy for ``seconds`` and may do so for two,
    on a processor whose yardstick takes ``reference``.
    """
    cells = [new_code_cell(BUSY.format(seconds), execution_count=1)]
    page = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(page, folder / "busy.ipynb")
    tools = str(ROOT / "book" / "_tools")
    hooks = (ROOT / "book" / "conftest.py").read_text(encoding="utf-8")
    change = (
        f"import sys\nsys.path.insert(0, {tools!r})\n"
        f"import budget, pages\nbudget.REFERENCE, pages.MAX_SECONDS = {reference}, 2.0\n"
    )
    (folder / "conftest.py").write_text(change + hooks.split('"""', 2)[2], encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", "busy.ipynb"]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


# The yardstick of the processor that the budget is meant for: beside it this one is fast, or slow.
FAST, SLOW = 1e4, 1e-4


@pytest.mark.parametrize(
    ("seconds", "reference", "status"), [(2.5, FAST, 1), (0.0, FAST, 0), (2.5, SLOW, 0)]
)
def test_a_page_may_not_take_longer_than_its_budget(tmp_path, seconds, reference, status):
    done = run(tmp_path, seconds, reference)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("busy.ipynb has run for" in done.stdout) == bool(status)


def test_a_fast_processor_excuses_no_slow_page(monkeypatch):
    monkeypatch.setattr(budget, "REFERENCE", FAST)
    assert budget.pace() == 1.0
    monkeypatch.setattr(budget, "REFERENCE", SLOW)
    assert budget.pace() > 100
