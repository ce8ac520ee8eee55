"""Which edits make the nets of a sweep stale: all that a function depends on, and no other."""

import importlib
import json
import sys
import warnings

import numpy as np
import pytest

from flatlib.training import Table, read_table, sweep
from flatlib.training._code import code_of

PROJECT = {
    "nets.py": '''
"""Nets of this project."""
import json
import numpy as np
from project_tools import steps
from project_tools.scale import WIDTH as FACTOR

SIZE = 3
TABLE = {"a": 1.0}
TABLE["b"] = 2.0
TABLE.update(c=3.0)
OTHER = 5


def helper(numbers):
    """Of the whole."""
    import project_late

    return numbers.sum() * project_late.WEIGHT


def draw(rng, table="b"):
    # the seeds of a sweep are elsewhere
    seeds = rng.normal(size=SIZE) * TABLE[table] * FACTOR
    return {"sum": helper(seeds) + steps.first()}


def another(rng):
    return {"other": OTHER}


seeds = range(3)
if __name__ == "__main__":
    json.dumps(another(np.random.default_rng(0)))
    settings = [{"draw": draw}]
''',
    "project_late.py": "WEIGHT = 1.0\n",
    "project_tools/__init__.py": "from .scale import WIDTH\n",
    "project_tools/steps.py": "from . import second\ndef first():\n    return second.LAST\n",
    "project_tools/second.py": "LAST = 0.25\n",
    "project_tools/scale.py": "WIDTH = 2.0\n",
    "project_tools/unused.py": "LAST = 0.25\n",
}

CHANGES = {
    "the function": ("nets.py", "* FACTOR", "/ FACTOR"),
    "its default": ("nets.py", 'table="b"', 'table="a"'),
    "a helper": ("nets.py", "numbers.sum() *", "numbers.sum() +"),
    "a constant": ("nets.py", "SIZE = 3", "SIZE = 4"),
    "an entry set later": ("nets.py", '["b"] = 2.0', '["b"] = 2.5'),
    "an entry set by a call": ("nets.py", "c=3.0", "c=3.5"),
    "an import": ("nets.py", "import WIDTH as", "import HEIGHT as"),
    "a module imported in a helper": ("project_late.py", "1.0", "1.5"),
    "a module of a package": ("project_tools/steps.py", "second.LAST", "2 * second.LAST"),
    "a module that it imports in turn": ("project_tools/second.py", "0.25", "0.5"),
    "a constant in a package": ("project_tools/scale.py", "2.0", "3.0"),
}
NO_CHANGES = {
    "another function": ("nets.py", '"other": OTHER', '"other": 2 * OTHER'),
    "a constant of another function": ("nets.py", "OTHER = 5", "OTHER = 6"),
    "seeds beside it, named as a local variable": ("nets.py", "seeds = range(3)", "seeds = [0]"),
    "what only a script does": ("nets.py", '{"draw": draw}', '{"draw": draw, "size": 3}'),
    "a docstring": ("nets.py", "Of the whole.", "Of all."),
    "the docstring of the module": ("nets.py", "Nets of this", "Networks of this"),
    "a comment": ("nets.py", "# the seeds", "# seeds"),
    "the layout": ("nets.py", "SIZE = 3", "SIZE  =  3  # three"),
    "a module that nobody imports": ("project_tools/unused.py", "0.25", "0.5"),
}


@pytest.fixture
def project(tmp_path, monkeypatch):
    """The folder of a small project that can be imported, and is forgotten afterwards."""
    folder = tmp_path / "project"
    for name, text in PROJECT.items():
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield folder
    forget()


def forget():
    for name in [name for name in sys.modules if name.startswith(("nets", "project_"))]:
        del sys.modules[name]
    importlib.invalidate_caches()


def draw():
    forget()
    return importlib.import_module("nets").draw


def edit(project, file, old, new):
    text = (project / file).read_text(encoding="utf-8")
    assert text.count(old) == 1
    (project / file).write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_of_what_the_function_depends_on_is_seen(project, what):
    before = code_of(draw())
    edit(project, *CHANGES[what])
    assert code_of(sys.modules["nets"].draw) != before


@pytest.mark.parametrize("what", NO_CHANGES)
def test_a_change_of_anything_else_is_none(project, what):
    before = code_of(draw())
    edit(project, *NO_CHANGES[what])
    assert code_of(draw()) == before


def test_a_sweep_makes_stale_nets_again_and_says_how_many(project, tmp_path):
    def run(seeds):
        return sweep(draw(), [{}], seeds, tmp_path / "nets", jobs=1, progress=False)

    first = run(range(3))
    edit(project, *CHANGES["a constant in a package"])
    with pytest.warns(UserWarning, match="3 nets in .* are of older code") as caught:
        again = run(range(4))
    assert len(caught) == 1
    # WIDTH went from 2 to 3; the 0.25 of `first` are added afterwards
    np.testing.assert_allclose(again["sum"][:3] - 0.25, 1.5 * (first["sum"] - 0.25), rtol=1e-10)
    assert again.provenance["code"] != first.provenance["code"]
    with warnings.catch_warnings(action="error"):
        assert run(range(4)).provenance == again.provenance


def test_a_sweep_that_grows_keeps_what_it_has(project, tmp_path):
    def run():
        nets, seeds = draw(), sys.modules["nets"].seeds
        return sweep(nets, [{}], seeds, tmp_path / "nets", jobs=1, progress=False)

    first = {path.name: path.stat().st_mtime_ns for path in run() and (tmp_path / "nets").iterdir()}
    edit(project, "nets.py", "seeds = range(3)", "seeds = range(5)")
    assert len(run()) == 5
    again = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "nets").iterdir()}
    assert first.items() < again.items()


def test_flatlib_counts_wherever_it_is_installed(project, tmp_path):
    site = tmp_path / "lib" / "site-packages"
    for name in ("flatlib/_fake_room.py", "installed_thing.py"):
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text("VALUE = 1\n", encoding="utf-8")
    imports = "1.0\nfrom flatlib import _fake_room\nimport installed_thing"
    edit(project, "project_late.py", "1.0", imports)
    import flatlib

    sys.path.insert(0, str(site))
    flatlib.__path__.append(str(site / "flatlib"))
    try:
        before = code_of(draw())
        (site / "installed_thing.py").write_text("VALUE = 22\n", encoding="utf-8")
        assert code_of(draw()) == before
        (site / "flatlib/_fake_room.py").write_text("VALUE = 22\n", encoding="utf-8")
        assert code_of(draw()) != before
    finally:
        sys.path.remove(str(site))
        flatlib.__path__.remove(str(site / "flatlib"))


def test_a_function_typed_in_is_compared_alone_and_a_second_use_says_so(tmp_path):
    typed = {"__name__": "__typed_in__"}
    exec("def typed(rng):\n    return {'number': rng.normal()}", typed)
    first = sweep(typed["typed"], [{}], range(2), tmp_path, jobs=1, progress=False)
    with pytest.warns(UserWarning, match="2 nets .* used again, and whether helpers"):
        again = sweep(typed["typed"], [{}], range(2), tmp_path, jobs=1, progress=False)
    np.testing.assert_array_equal(again["number"], first["number"])


def test_a_table_says_of_which_code_it_is_and_an_older_one_says_nothing(project, tmp_path):
    function = draw()
    table = sweep(function, [{}], range(2), tmp_path / "nets", jobs=1, progress=False)
    assert table.provenance["code"] == code_of(function)
    older = {k: v for k, v in table.provenance.items() if k != "code"}
    Table(table.rows, older).write(tmp_path / "table.json", command="python")
    assert "code" not in read_table(tmp_path / "table.json").provenance
    assert "code" not in json.loads((tmp_path / "table.json").read_text("utf-8"))["provenance"]
