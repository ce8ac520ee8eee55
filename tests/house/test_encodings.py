"""Texts are UTF-8 wherever this runs: Windows and ``LC_ALL=C`` would read them otherwise."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("flatlib", "tests", "book/_tools", "book/_ext", "benchmarks")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
# place of the encoding among the arguments
PLACES = {"read_text": 0, "write_text": 1, "open": 3}


def without_encoding(source):
    """Line numbers of texts whose encoding is left to the system."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and is_of_a_text(node):
            name = getattr(node.func, "attr", getattr(node.func, "id", None))
            if len(node.args) <= PLACES[name] and all(k.arg != "encoding" for k in node.keywords):
                yield node.lineno


def is_of_a_text(call):
    """A path's methods, and the builtin open in a mode without b."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in ("read_text", "write_text")
    if not isinstance(call.func, ast.Name) or call.func.id != "open":
        return False
    return len(call.args) < 2 or "b" not in ast.literal_eval(call.args[1])


def test_every_text_says_its_encoding():
    found = {path: list(without_encoding(path.read_text(encoding="utf-8"))) for path in FILES}
    assert len(found) > 300
    assert {str(path): lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("path.read_text()", 1),
        ("path.write_text(text)", 1),
        ("open(path)", 1),
        ("open(path, 'a')", 1),
        ("path.read_text(encoding='utf-8')", 0),
        ("path.read_text('utf-8')", 0),
        ("path.write_text(text, encoding='utf-8')", 0),
        ("open(path, 'rb')", 0),
        ("Image.open(buffer)", 0),
        ("path.read_bytes()", 0),
    ],
)
def test_planted_texts_without_one_are_seen(source, count):
    assert len(list(without_encoding(source))) == count
