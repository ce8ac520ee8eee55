"""Names of a page's cells, read cell by cell, against the package's reading of all of them anew."""

from types import SimpleNamespace

import nbformat
import pytest
from code_links import Reader
from pages import notebook_paths
from sphinx_codeautolink.parse import parse_names

PAGES = [path for path in notebook_paths() if path.stem in ("symmetries", "reconciliation")]


def cells(path):
    """The code of a page without what only IPython reads."""
    found = nbformat.read(path, as_version=4).cells
    return [cell.source for cell in found if cell.cell_type == "code"]


def last_names(source, number_before, read):
    """Those of the last cell, as text, with their lines."""
    names = read(source, SimpleNamespace(document=None))
    return [(name.code_str, name.lineno) for name in names if name.lineno > number_before]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_cell_has_the_names_that_it_has_after_all_before_it(path):
    read, before = Reader(), []
    node = SimpleNamespace(document=object())
    for cell in cells(path):
        lines = sum(part.count("\n") + 1 for part in before)
        source = "\n".join([*before, cell])
        found = [(name.code_str, name.lineno) for name in read(source, node)]
        assert found == last_names(source, lines, parse_names)
        before.append(cell)
    assert found != last_names(cell, 0, parse_names)  # what was imported before is known


def test_another_page_and_a_page_that_begins_anew_know_nothing_of_it():
    read, first = Reader(), SimpleNamespace(document=object())
    imported, used = "import flatlib", "import flatlib\nflatlib.hessian"
    assert [name.code_str for name in read(imported, first)] == ["flatlib"]
    assert [name.code_str for name in read(used, first)] == ["flatlib.hessian"]
    begun_alike = used + "_diagonal"
    other = SimpleNamespace(document=object())
    for source, node in ((begun_alike, first), ("flatlib.trace", first), (used, other)):
        names = [name.code_str for name in read(source, node)]
        assert names == [name.code_str for name in parse_names(source, node)]


def test_a_cell_that_cannot_be_read_is_no_part_of_the_program():
    read, node = Reader(), SimpleNamespace(document=object())
    read("import flatlib", node)
    with pytest.raises(SyntaxError):
        read("import flatlib\nflatlib.(", node)
    assert [name.code_str for name in read("import flatlib\nflatlib", node)] == ["flatlib"]
