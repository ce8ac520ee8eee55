"""The wheels: what a reader gets who has both packages and a page's notebook, and nothing else."""

import os
import shutil
import zipfile
from pathlib import Path

import nbformat
import pytest
from downloads import DISTRIBUTIONS, build_wheels
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).parents[2]
PAGE = "not_lipschitz"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """Both, as the site offers them."""
    return build_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_a_wheel_holds_its_package_and_no_more(wheels, name):
    folder, package, _ = DISTRIBUTIONS[name]
    with zipfile.ZipFile(wheels[name]) as archive:
        files = [name for name in archive.namelist() if ".dist-info/" not in name]
    kept = {
        str(path.relative_to(folder))
        for path in (folder / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert set(files) == kept
    assert wheels[name].stat().st_size < 2_000_000


@pytest.fixture(scope="module")
def installed(wheels, tmp_path_factory):
    """A folder with both wheels unpacked, which stands before the environment's own packages."""
    folder = tmp_path_factory.mktemp("site")
    for wheel in wheels.values():
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder


def run_alone(page, installed, folder, monkeypatch):
    """Run a copy of the page where nothing else lies."""
    notebook = nbformat.read(ROOT / "book" / f"{page}.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("print(flatlib.__file__, flatbook.__file__)"))
    monkeypatch.setenv("PYTHONPATH", str(installed))
    where = {"metadata": {"path": str(folder)}}
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", resources=where)
    client.execute(env=os.environ.copy())
    return notebook.cells[-1].outputs[0].text.strip()


def test_a_page_runs_alone_with_the_wheels(installed, tmp_path, monkeypatch):
    files = run_alone(PAGE, installed, tmp_path, monkeypatch).split()
    assert all(Path(file).is_relative_to(installed) for file in files)
    assert not list(tmp_path.iterdir())


def test_a_file_that_is_missing_from_the_wheel_is_seen(installed, tmp_path, monkeypatch):
    broken = shutil.copytree(installed, tmp_path / "site")
    (broken / "flatbook" / "explore" / "_player.py").unlink()
    with pytest.raises(CellExecutionError):
        run_alone(PAGE, broken, tmp_path, monkeypatch)
