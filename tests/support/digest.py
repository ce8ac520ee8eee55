"""Pages with all kinds of things that the book's have, made of the cells that have a new one."""

import re

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

CODE = re.compile(r"^(`{3,}).*?^\1", re.MULTILINE | re.DOTALL)
# In text: boxes and what is said of them, roles, commands in formulae.
WRITTEN = (
    re.compile(r"^:{3,}(\{[\w:-]+\})", re.MULTILINE),
    re.compile(r"^:(?:class|nonumber):.*", re.MULTILINE),
    re.compile(r"\{[\w:]+\}(?=`)"),
    re.compile(r"\\[a-zA-Z]+"),
)
CLASS = re.compile(r'class="([^"]*)"')


def kinds(cell):
    """What a cell has that could be shown wrongly, in words."""
    if cell.cell_type == "markdown":
        text = CODE.sub("", cell.source)
        return {found for pattern in WRITTEN for found in pattern.findall(text)}
    parts = [part for output in cell.outputs for part in output.get("data", {}).items()]
    htmls = [html for name, html in parts if name == "text/html"]
    classes = {name for html in htmls for group in CLASS.findall(html) for name in group.split()}
    sliders = {f"{html.count('<input')} sliders" for html in htmls}
    return {name for name, _ in parts} | classes | sliders | set(cell.metadata)


def digest(notebooks, size=12):
    """Of all cells those that have a kind of thing which none before has, so many to a page."""
    cells = [(kinds(cell), cell) for notebook in notebooks for cell in notebook.cells]
    chosen, seen = [], set()
    for found, cell in sorted(cells, key=lambda pair: -len(pair[0])):
        if not found <= seen:
            seen |= found
            chosen.append(NotebookNode(cell | {"id": f"cell-{len(chosen)}"}))
    pages = [chosen[start : start + size] for start in range(0, len(chosen), size)]
    return [new_notebook(cells=page, metadata=notebooks[0].metadata) for page in pages]
