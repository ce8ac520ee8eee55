"""Formulae that are set alike wherever a page is opened: on the site (MathJax, which has no macros
of ours; tests/site sees a command that it does not know), in JupyterLab (KaTeX), on GitHub.
"""

import re

import nbformat
import pytest
from pages import ROOT, notebook_paths

PAGES = [*notebook_paths(), *sorted((ROOT / "book").glob("*.md"))]
# What GitHub refuses, what only one document defines, and the short names that pages once had.
REFUSED = re.compile(
    r"\\(?:operatorname|mbox|(?:re)?newcommand|def|require|DeclareMathOperator|"
    r"norm|abs|relu|tr|rank|diag|vec|sign|Leb|Loss|Cov|Var|KL|argmin|argmax|[RNEPT])(?![a-zA-Z])"
)
CODE = re.compile(r"^```\w+\n.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
INSTEAD = r"write it out: \lVert x\rVert, ^{\mathsf{T}}, \mathbb{E}, \mathop{\mathrm{tr}}"


def words(path):
    """The text of a page."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return text


def refused(text):
    """The commands in a text, outside code, that some reader of it does not know."""
    return REFUSED.findall(CODE.sub("", text))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_formula_needs_a_macro(path):
    assert refused(words(path)) == [], INSTEAD


BOX = "```{glossary}\nnorm\n  $\\norm W$\n```"


@pytest.mark.parametrize("text", [BOX, r"$\norm{x}$", "$$\nA\\T B\n$$", r"$\operatorname{tr}A$"])
def test_a_planted_macro_is_seen(text):
    assert len(refused(text)) == 1
    assert refused(r"`$\norm{x}$`") == []
    assert refused(r"$\theta, \sum_n, \top, \Phi, \nabla, \tau, \text{T}$") == []
