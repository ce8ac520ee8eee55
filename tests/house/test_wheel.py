"""The wheel: what a reader gets who has the package and a page's notebook, and nothing else."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
PAGES = ("not_lipschitz", "convex_models")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built from a copy, so that no build folder is left beside the sources."""
    source, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    shutil.copytree(ROOT / "flatlib", source / "flatlib", ignore=shutil.ignore_patterns("__py*"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, source]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def test_the_wheel_holds_the_library_and_no_more(wheel):
    with zipfile.ZipFile(wheel) as archive:
        files = [name for name in archive.namelist() if ".dist-info/" not in name]
    kept = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "flatlib").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(files) == kept
    assert wheel.name.startswith("flat_minima-")
    assert sum(path.stat().st_size for path in wheel.parent.iterdir()) < 2_000_000


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel unpacked, which stands before the environment's own flatlib."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def run_alone(page, installed, folder, monkeypatch):
    """Run a copy of the page where nothing else lies."""
    notebook = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("print(flatlib.__file__)"))
    monkeypatch.setenv("PYTHONPATH", str(installed))
    where = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where)
    client.execute(env=os.environ.copy())
    return notebook.cells[-1].outputs[0].text.strip()


@pytest.mark.parametrize("page", PAGES)
def test_a_page_runs_alone_with_the_wheel(page, installed, tmp_path, monkeypatch):
    file = run_alone(page, installed, tmp_path, monkeypatch)
    assert Path(file).is_relative_to(installed)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_missing_from_the_wheel_is_seen(installed, tmp_path, monkeypatch):
    broken = shutil.copytree(installed, tmp_path / "site")
    (broken / "flatlib" / "figures" / "_player.py").unlink()
    with pytest.raises(CellExecutionError):
        run_alone(PAGES[0], broken, tmp_path, monkeypatch)
