"""What the cells of a page say, in the form in which nbval compares it."""

import configparser
import json
import re
from functools import cache

from pages import ROOT

PICTURE = re.compile(r'src="data:[^"]*"')
SANITIZE = ROOT / "tests/nbval_sanitize.cfg"
NUMBERS = ROOT / "tests/browser_numbers.cfg"


@cache
def rules(path):
    """Expressions of a file, each with what takes its place."""
    found = configparser.RawConfigParser()
    found.read(path, encoding="utf-8")
    return [dict(found[name]) for name in found.sections()]


def replaced(text, rules):
    for rule in rules:
        text = re.sub(rule["regex"], rule["replace"], text)
    return text


def by_name(page):
    """Numbers of a page that a browser prints otherwise."""
    return [rule for rule in rules(NUMBERS) if rule["page"] == page]


def without(page, cells):
    """The texts of the cells of a page, without those numbers."""
    return [[(kind, replaced(text, by_name(page))) for kind, text in texts] for texts in cells]


def texts(outputs):
    """What a cell said and showed, by form, as nbval compares it; pictures are drawn by another
    Matplotlib. An error is shown as well.
    """
    said = []
    for output in outputs:
        if output["output_type"] == "stream":
            said.append((output["name"], "".join(output["text"])))
        if output["output_type"] == "error":
            said.append(("error", output["evalue"]))
        for kind in ("text/plain", "text/html"):
            if kind in output.get("data", {}):
                said.append((kind, "".join(output["data"][kind])))
    return [
        (kind, replaced(PICTURE.sub("src=PICTURE", text), rules(SANITIZE))) for kind, text in said
    ]


def committed(name):
    """The outputs of each code cell of a page."""
    notebook = json.loads((ROOT / f"book/{name}.ipynb").read_text(encoding="utf-8"))
    return [texts(cell["outputs"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
