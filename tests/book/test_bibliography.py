"""The bibliography: what a page cites, whole, and nothing else."""

import re

import nbformat
from pages import ROOT, page_names

ENTRY = re.compile(r"^@\w+\{(\S+?),", re.MULTILINE)
CITED = re.compile(r"\{cite:[a-z]+\}`([^`]+)`")
REFERENCES = (ROOT / "book/references.bib").read_text(encoding="utf-8")


def text(name):
    path = ROOT / f"{name}.ipynb"
    if not path.exists():
        return path.with_suffix(".md").read_text(encoding="utf-8")
    cells = nbformat.read(path, 4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_each_entry_is_cited_on_a_page_and_there_once():
    keys = ENTRY.findall(REFERENCES)
    lists = CITED.findall("\n".join(map(text, page_names())))
    cited = {key.strip() for keys in lists for key in keys.split(",")}
    assert len(keys) == len(set(keys)) > 50
    assert set(keys) == cited
