"""nbval and the book's hooks on a page that a test has written."""

import os
import subprocess
import sys

import nbformat
from nbformat.v4 import new_notebook
from pages import ROOT

KERNEL = {"name": "python3", "display_name": "Python 3"}
TOOLS = str(ROOT / "book" / "_tools")


def nbval(folder, cells, change=""):
    """What nbval says of a page of these cells; ``change`` is code that is run before the hooks."""
    page = new_notebook(cells=cells, metadata={"kernelspec": KERNEL})
    nbformat.write(page, folder / "page.ipynb")
    hooks = (ROOT / "book" / "conftest.py").read_text(encoding="utf-8")
    found = f"import sys\nsys.path.insert(0, {TOOLS!r})\n{change}"
    (folder / "conftest.py").write_text(found + hooks.split('"""', 2)[2], encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", "page.ipynb"]
    environment = {**os.environ, "PYTEST_ADDOPTS": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
