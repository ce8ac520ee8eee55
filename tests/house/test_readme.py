"""What the README tells a stranger to type is true."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", TEXT, flags=re.DOTALL)


def test_the_code_runs(capsys):
    ours = {}
    for code in [body for language, body in BLOCKS if language == "python"]:
        exec(compile(code, "README.md", "exec"), ours)
    first, *check, last = capsys.readouterr().out.splitlines()
    before, after = map(float, first.split())
    assert after > 10 * before
    assert check[0].startswith("ok ")
    assert "moved by layers" in last


def test_the_commands_are_targets():
    targets = re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    named = re.findall(r"\bmake (\w+)", "".join(body for kind, body in BLOCKS if kind == "sh"))
    assert {"book", "test"} <= set(named) <= set(targets)


@pytest.mark.parametrize("path", re.findall(r"`([\w./-]+\.(?:cff|md|txt))`", TEXT))
def test_the_files_named_are_there(path):
    assert (ROOT / path).is_file()


@pytest.mark.parametrize(("alt", "path"), re.findall(r"!\[(.*?)\]\((.*?)\)", TEXT))
def test_the_picture_is_there_and_described(alt, path):
    assert (ROOT / path).is_file()
    assert len(alt) > 40
