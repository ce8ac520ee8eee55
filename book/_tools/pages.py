"""What the book consists of, and what a page may cost: the one place that says so.

The tool that runs the pages, the tests of the committed notebooks and the tests of the built
site all read it here.
"""

import json
from importlib.util import find_spec
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]

MAX_SECONDS = 20.0  # to run a page from start to end on two cores
MAX_BYTES = 1_000_000  # of a committed notebook: git keeps every version
MAX_HTML_BYTES = 1_500_000  # of a page of the site
MAX_WEIGHT = 3_500_000  # of all that a page of the site loads, before compression
MAX_BLOCKING = 1_000_000  # of the styles and scripts that a page waits for before it shows anything
MAX_CODE_CELLS = 20
MAX_CELL_LINES = 8  # of code; imports, blank lines and comments are free


def page_names(toc=ROOT / "_toc.yml"):
    """The pages in reading order, as in the table of contents: ``book/index``, ..."""
    contents = yaml.safe_load(Path(toc).read_text(encoding="utf-8"))
    chapters = [chapter["file"] for part in contents["parts"] for chapter in part["chapters"]]
    return [contents["root"], *chapters]


def argued_pages(toc=ROOT / "_toc.yml"):
    """The pages of the parts that argue: all but the front page and the reference."""
    parts = yaml.safe_load(Path(toc).read_text(encoding="utf-8"))["parts"]
    return [
        chapter["file"]
        for part in parts
        if part["caption"] != "Reference"
        for chapter in part["chapters"]
    ]


def notebook_paths():
    """The pages that are notebooks, in reading order."""
    paths = [ROOT / f"{name}.ipynb" for name in page_names()]
    return [path for path in paths if path.exists()]


def missing(path):
    """Modules that a page asks for in its metadata ("requires") and that are not installed here.

    Such a page is skipped, with its reason, wherever pages are run. It keeps the outputs that it
    was committed with, and all that can be checked without running it is checked.
    """
    metadata = json.loads(Path(path).read_text(encoding="utf-8"))["metadata"]
    return [name for name in metadata.get("requires", []) if find_spec(name) is None]
