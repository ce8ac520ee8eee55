"""What a committed notebook must look like. Each rule yields one sentence per fault it finds."""

import ast
import re
from html.parser import HTMLParser

import nbformat
from pages import MAX_BYTES, MAX_CELL_LINES, MAX_CODE_CELLS

DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
ASSIGNMENTS = (ast.Assign, ast.AnnAssign, ast.NamedExpr)


def code_cells(notebook):
    """Pairs of (position on the page, code cell); the first cell of the page is 1."""
    numbered = enumerate(notebook.cells, start=1)
    return [(position, cell) for position, cell in numbered if cell.cell_type == "code"]


def outputs(notebook):
    """Triples of (position on the page, code cell, one of its outputs)."""
    return [
        (position, cell, output)
        for position, cell in code_cells(notebook)
        for output in cell.outputs
    ]


def run_in_order(notebook):
    """Every cell was run, once, from the top; nbval compares nothing in a cell without a count."""
    for count, (position, cell) in enumerate(code_cells(notebook), start=1):
        if cell.execution_count != count:
            yield f"cell {position} has execution count {cell.execution_count}, not {count}"


def definitions_live_in_flatlib(notebook):
    """No function, class or named lambda in a cell."""
    for position, cell in code_cells(notebook):
        try:
            tree = ast.parse(cell.source)
        except SyntaxError:
            yield f"cell {position} is not plain Python"
            continue
        for node in ast.walk(tree):
            if isinstance(node, DEFINITIONS):
                yield f"cell {position} defines {node.name}"
            if isinstance(node, ASSIGNMENTS) and isinstance(node.value, ast.Lambda):
                yield f"cell {position} names a lambda"


FREE = ("#", "import ", "from ")


def short_cells(notebook, max_cells=MAX_CODE_CELLS, max_lines=MAX_CELL_LINES):
    """Few cells, and few lines of code in each."""
    cells = code_cells(notebook)
    if len(cells) > max_cells:
        yield f"has {len(cells)} code cells, more than {max_cells}"
    for position, cell in cells:
        lines = [line for line in cell.source.splitlines() if line.strip()]
        code = [line for line in lines if not line.lstrip().startswith(FREE)]
        if len(code) > max_lines:
            yield f"cell {position} has {len(code)} lines of code, more than {max_lines}"


def no_errors(notebook):
    """No exception among the outputs."""
    for position, _, output in outputs(notebook):
        if output.output_type == "error":
            yield f"cell {position} raised {output.ename}"


def no_stderr(notebook):
    """No warning among the outputs."""
    for position, _, output in outputs(notebook):
        if output.output_type == "stream" and output.name == "stderr":
            yield f"cell {position} wrote to stderr: {output.text.strip()[:60]}"


def light(notebook, max_bytes=MAX_BYTES):
    """The file is small: git keeps every version of it."""
    size = len(nbformat.writes(notebook).encode())
    if size > max_bytes:
        yield f"has {size / 1e3:.0f} kB, more than {max_bytes / 1e3:.0f} kB"


class _Images(HTMLParser):
    """Collects the attributes of each image of a piece of HTML."""

    def __init__(self, html):
        super().__init__()
        self.attributes = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self.attributes.append({name: value or "" for name, value in attrs})


def silent_images(html):
    """The images without alt text. The ground under the frames of a figure may leave it empty."""
    images = _Images(html).attributes
    framed = any("data-frame" in image for image in images)
    for image in images:
        ground = "explore-layer" in image.get("class", "") and "data-frame" not in image
        empty_on_purpose = framed and ground and image.get("alt") == ""
        if not image.get("alt", "").strip() and not empty_on_purpose:
            yield image


def images_have_alt_text(notebook):
    """Each picture says in words what is seen: in its tag, or in the cell's metadata."""
    for position, cell, output in outputs(notebook):
        data = output.get("data", {})
        html = data.get("text/html")
        if html is not None and any(silent_images(html)):
            yield f"cell {position} shows an <img> without alt text"
        alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")
        if html is None and "image/png" in data and not alt.strip():
            yield f"cell {position} shows a picture without mystnb.image.alt in its metadata"


CAPTION = re.compile(r"<figcaption.*?</figcaption>", re.DOTALL)
EXCHANGED = re.compile(r"\b(black|white)\b", re.IGNORECASE)


def captions_hold_in_the_dark(notebook):
    """No caption names a colour that the dark theme exchanges for its opposite."""
    for position, _, output in outputs(notebook):
        for caption in CAPTION.findall(output.get("data", {}).get("text/html", "")):
            for word in EXCHANGED.findall(caption):
                yield f"the caption of cell {position} says {word}: the dark theme turns it round"


def headings(cell):
    """The first-level headings of a Markdown cell, outside fenced code."""
    fenced, found = False, []
    for line in cell.source.splitlines():
        fenced ^= line.lstrip().startswith("```")
        if line.startswith("# ") and not fenced:
            found.append(line[2:])
    return found


def one_title(notebook):
    """The page's title is the one first-level heading, and stands in the first cell."""
    first, *rest = notebook.cells
    if first.cell_type != "markdown" or len(headings(first)) != 1:
        yield "cell 1 does not hold exactly one title"
    for position, cell in enumerate(rest, start=2):
        if cell.cell_type == "markdown" and headings(cell):
            yield f"cell {position} holds a second title: {headings(cell)[0]}"


RULES = (
    run_in_order,
    definitions_live_in_flatlib,
    short_cells,
    no_errors,
    no_stderr,
    light,
    images_have_alt_text,
    captions_hold_in_the_dark,
    one_title,
)
