"""Sphinx extension of the book: what a reader downloads can be run.

The site carries both packages as wheels, and each notebook that is downloaded from it begins with
the line that installs them from there, and the line that opens it. The notebooks in book/ have
neither: where the repository is, so are the packages. The address is ``html.baseurl`` of
_config.yml, or that of ``make serve``.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
# From its name: where a distribution lies, its package, and what else is needed to build it.
DISTRIBUTIONS = {
    "flat_minima": (ROOT, "flatlib", ("pyproject.toml", "README.md", "LICENSE")),
    "flat_minima_book": (ROOT / "book", "flatbook", ("pyproject.toml",)),
}
WHEELS = "_static/wheels"
SERVED = "http://localhost:8000"
HOW = """To run this notebook where the book is not, with Python 3.11 or later:

    pip install jupyterlab jupyterlab-myst flat-minima-book --find-links {wheels}/index.html
    jupyter lab {name}"""


def build_wheels(out):
    """Both wheels, built from copies, so that no build folder is left beside the sources."""
    for folder, package, files in DISTRIBUTIONS.values():
        with TemporaryDirectory() as copy:
            kept = Path(copy, package)
            shutil.copytree(folder / package, kept, ignore=shutil.ignore_patterns("__py*"))
            for file in files:
                shutil.copy(folder / file, copy)
            options = ["--wheel", "--no-isolation", "--outdir", out]
            command = [sys.executable, "-m", "build", *options, copy]
            subprocess.run(command, check=True, capture_output=True)
    return {name: next(Path(out).glob(f"{name}-[0-9]*.whl")) for name in DISTRIBUTIONS}


def offer_wheels(site):
    """The wheels, and the list in which pip looks for them."""
    folder = Path(site, WHEELS)
    folder.mkdir(parents=True, exist_ok=True)
    names = [path.name for path in build_wheels(folder).values()]
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in names)
    text = f'<!doctype html><html lang="en"><title>Wheels</title><ul>{links}</ul></html>'
    (folder / "index.html").write_text(text, encoding="utf-8")


def say_how(path, address):
    """Put the lines before the title of a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    text = HOW.format(wheels=f"{address.rstrip('/')}/{WHEELS}", name=path.name)
    cell = {"cell_type": "markdown", "id": "how-to-run", "metadata": {}, "source": text}
    notebook["cells"].insert(0, cell)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def finish(app, exception):
    """Both, once the site is there."""
    if exception or app.builder.format != "html":
        return
    offer_wheels(app.outdir)
    for path in Path(app.outdir, "_sources").rglob("*.ipynb"):
        say_how(path, app.config.html_baseurl or SERVED)


def setup(app):
    """Register with Sphinx."""
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
