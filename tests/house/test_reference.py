"""The reference: every public name has an entry, and every docstring names its page of the book."""

import ast
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from pages import ROOT, page_names

from flatbook.rooms import ROOMS as PAGES
from flatlib import ACTIVATIONS, LOSSES
from flatlib.invariance import FAMILIES, MEASURES

ENTRY = re.compile(r"^\.\. auto(?:function|class):: (\S+)$", re.MULTILINE)
PAGE = re.compile(r"Page:\s+``(book/\w+)``")
ROOMS = (
    "flatlib",
    "flatlib.curvature",
    "flatlib.data",
    "flatlib.invariance",
    "flatlib.measures",
    "flatlib.plots",
    "flatlib.training",
    "flatlib.transforms",
    "flatbook",
    "flatbook.explore",
    *(f"flatbook.{page}" for page in PAGES),
)


ENTRIES = [
    entry
    for name in ("api", "api_measures", "api_book")
    for entry in ENTRY.findall((ROOT / "book" / f"{name}.md").read_text(encoding="utf-8"))
]


def public(room):
    """Names of the functions and classes that a room exports."""
    module = import_module(room)
    for name in module.__all__:
        value = getattr(module, name)
        if callable(value) and getattr(value, "__name__", None) == name:
            yield name


def missing(room, found):
    """Those without an entry, under this room's name or the front door's."""
    return [name for name in public(room) if not {f"{room}.{name}", f"flatlib.{name}"} & set(found)]


@pytest.mark.parametrize("room", ROOMS)
def test_every_public_name_has_an_entry(room):
    assert missing(room, ENTRIES) == []


@pytest.mark.parametrize(
    ("file", "start", "end", "names"),
    [
        ("api", "A loss is given by its name,", " or as an ", LOSSES),
        ("api", "An activation is given by its name,", " or as an ", ACTIVATIONS),
        ("api_measures", "`flatlib.invariance.MEASURES`:", "\n", MEASURES),
        ("api_measures", "`flatlib.invariance.FAMILIES`:", "\n", FAMILIES),
    ],
)
def test_the_names_that_stand_for_something_are_listed(file, start, end, names):
    """In the order of the table, each in quotes."""
    text = (ROOT / "book" / f"{file}.md").read_text(encoding="utf-8")
    _, _, rest = text.partition(start)
    assert re.findall(r'`"([^"]+)"`', rest.partition(end)[0]) == list(names)


def test_no_entry_comes_twice():
    assert sorted(ENTRIES) == sorted(set(ENTRIES))


def test_a_missing_entry_is_seen():
    assert missing("flatlib.transforms", []) == list(public("flatlib.transforms")) != []


@cache
def docstrings(package):
    """From the name of each function and class below a package to its docstrings, not imported."""
    found = {}
    for path in Path(package).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                found.setdefault(node.name, []).append(ast.get_docstring(node) or "")
    return found


def pages_named(entry):
    """Pages named in the docstring of an entry; of those of one name, the one that names most."""
    *rooms, name = entry.split(".")
    room = (ROOT / "book" if rooms[0] == "flatbook" else ROOT).joinpath(*rooms)
    texts = docstrings(room if room.is_dir() else room.parent)[name]
    return max((PAGE.findall(text) for text in texts), key=len)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_docstring_names_its_page(entry):
    pages = pages_named(entry)
    assert pages, f"say in the docstring of {entry} which page it belongs to: Page: ``book/...``"
    assert set(pages) <= set(page_names())
