"""What is downloaded from the site can be run: the wheels, and the line that installs them."""

import json
import subprocess
import sys
from urllib.request import urlopen

import pytest
from downloads import SERVED, WHEELS
from pages import notebook_paths
from reader import SITE

LINE = (
    "pip install jupyterlab jupyterlab-myst flat-minima-book "
    f"--find-links {SERVED}/{WHEELS}/index.html"
)


@pytest.mark.parametrize("path", notebook_paths(), ids=lambda path: path.stem)
def test_a_downloaded_notebook_begins_with_the_line_and_is_the_page(site, path):
    downloaded = json.loads((SITE / "_sources/book" / path.name).read_text(encoding="utf-8"))
    first, *cells = downloaded["cells"]
    assert f"{LINE}\n    jupyter lab {path.name}" in "".join(first["source"])
    assert cells == json.loads(path.read_text(encoding="utf-8"))["cells"]


def test_the_line_names_the_server_that_it_came_from(site):
    with urlopen(f"{site}/_sources/book/index.ipynb") as answer:
        first = json.load(answer)["cells"][0]["source"]
    assert LINE.replace(SERVED, site) in first
    assert SERVED not in first


def test_the_line_finds_both_packages_on_the_site(site, tmp_path):
    address = LINE.rpartition(" ")[2].replace(SERVED, site)
    options = ["--no-index", "--no-deps", "--no-cache-dir", "--dest", tmp_path]
    command = [sys.executable, "-m", "pip", "download", *options, "--find-links", address]
    names = ["flat-minima", "flat-minima-book"]
    subprocess.run([*command, *names], check=True, capture_output=True)
    assert len(list(tmp_path.glob("*.whl"))) == 2
