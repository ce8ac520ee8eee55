"""The runner of mutants on a module of three lines; without cosmic-ray it is not collected."""

import shutil

import numpy as np
import pytest

from mutants.__main__ import Kept
from mutants.mutant import mutants_of, passes, survives

MODULE = '''"""A module."""


def clip(number: float, limit: float = 1.0) -> float:
    """At most the limit."""
    return limit if number > limit else number
'''
TEST = """from module import clip


def test_clip():
    assert clip(3.0, 2.0) == 2.0
    assert clip(1.5, 2.0) == 1.5
"""


@pytest.fixture
def project(tmp_path):
    root, copy = tmp_path / "root", tmp_path / "copy"
    root.mkdir()
    (root / "module.py").write_text(MODULE, encoding="utf-8")
    (root / "test_module.py").write_text(TEST, encoding="utf-8")
    shutil.copytree(root, copy)
    return root, copy


def test_what_the_test_pins_is_killed_and_what_it_leaves_open_is_not(project):
    root, copy = project
    tests = (root / "test_module.py",)
    assert passes(tests, root, copy)
    mutants = [one for one in mutants_of(root / "module.py", list(tests)) if one.code is not None]
    alive = {one.diff[-1].strip("+ ") for one in mutants if survives(one, root, copy)}
    assert "return limit if number < limit else number" not in alive
    assert "return limit if number >= limit else number" in alive  # equal numbers: no difference
    assert any(line.startswith("def clip(number: float, limit: float = 2.0)") for line in alive)
    assert (copy / "module.py").read_text(encoding="utf-8") == MODULE


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("import pytest\npytest.importorskip('no_such_package')\n", True),
        ("import no_such_package\n", False),
    ],
)
def test_a_file_whose_package_is_not_there_is_no_failure(project, text, good):
    root, copy = project
    for folder in project:
        (folder / "test_module.py").write_text(text, encoding="utf-8")
    assert passes((root / "test_module.py",), root, copy) == good


def test_annotations_and_docstrings_make_no_mutants(project):
    root, _ = project
    text = 'def f(a: "int | None" = None) -> 3:\n    """1."""\n    return a\n'
    (root / "module.py").write_text(text, encoding="utf-8")
    assert [one for one in mutants_of(root / "module.py", []) if one.code is not None] == []


def test_what_can_only_refuse_or_means_the_same_makes_no_mutants(project):
    root, _ = project
    text = "def f(a, b):\n    return np.reshape(a, (2, -1)), list(zip(a, b, strict=True))\n"
    (root / "module.py").write_text(text, encoding="utf-8")
    made = [one.code for one in mutants_of(root / "module.py", []) if one.code is not None]
    assert made
    assert all("strict=True" in code for code in made)
    assert not any("- 2" in code or "~1" in code for code in made)


def test_a_verdict_goes_with_the_module_and_its_tests(project):
    root, _ = project
    tests = [root / "test_module.py"]
    key = mutants_of(root / "module.py", tests)[0].key
    tests[0].write_text(TEST + "\n# another", encoding="utf-8")
    assert mutants_of(root / "module.py", tests)[0].key != key


def test_a_line_cut_short_by_a_stop_is_not_read(tmp_path):
    kept = Kept(tmp_path)
    kept.add("one", True)
    kept.add("two", False)
    path = tmp_path / "verdicts.jsonl"
    path.write_bytes(path.read_bytes()[:-4])
    again = Kept(tmp_path)
    np.testing.assert_equal((again["one"], again["two"]), (True, None))
