"""What mypy is told of the library, and what it then tells somebody who calls it."""

import io
import re
import tokenize
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

import flatlib

ROOT = Path(flatlib.__file__).parent
SETTINGS = tomllib.loads((ROOT.parent / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "mypy"
]
# each line with the code of what mypy objects to, or nothing
CALLS = """
import numpy as np
import flatlib
net = flatlib.MLP((2, 3), "tanh")
net = flatlib.MLP([2, 3], flatlib.leaky_relu())
net = flatlib.MLP(3)  # arg-type
slopes: np.ndarray = net.activation.slope(np.ones(2))
conv = flatlib.ConvNet((4, 1), [flatlib.Conv(2, 2), flatlib.GlobalAverage()], bias=False)
conv = flatlib.ConvNet((4, 1), ["conv"])  # list-item
objective = flatlib.Objective(net, "squared", [[1.0, 2.0]], [[3.0, 4.0, 5.0]])
objective = flatlib.Objective("net", "squared", [[1.0]], [[3.0]])  # arg-type
loss: float = objective(net.init(np.random.default_rng(0)))
curvature: np.ndarray = objective.loss.curvature(np.ones((1, 3)), np.ones((1, 3)))
flatlib.hessian(objective, [np.ones((2, 3))], bugdet=3)  # call-arg
best: flatlib.Representative = flatlib.flattest(objective, [np.ones((2, 3))])
best.valu  # attr-defined
"""


def ignores(source):
    """Comments that silence mypy without a code and a reason."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = [token.string for token in tokens if token.type == tokenize.COMMENT]
    sound = re.compile(r"# type: ignore\[[a-z-]+(, [a-z-]+)*\]  # .{10,}")
    return [text for text in comments if "type: ignore" in text and not sound.fullmatch(text)]


def test_nothing_is_silenced_without_a_code_and_a_reason():
    paths = sorted(ROOT.rglob("*.py"))
    found = {path.name: ignores(path.read_text(encoding="utf-8")) for path in paths}
    assert {name: comments for name, comments in found.items() if comments} == {}


def test_a_planted_silence_is_seen():
    assert ignores("x = 1  # type: ignore\n") == ["# type: ignore"]
    assert ignores("x = 1  # type: ignore[misc]\n") == ["# type: ignore[misc]"]
    assert ignores("x = 1  # type: ignore[misc]  # mypy knows no such name\n") == []


def test_every_function_of_the_library_is_looked_into():
    assert SETTINGS["disallow_untyped_defs"]
    assert SETTINGS["check_untyped_defs"]
    # NumPy's own types are written for the Python that it was installed for
    assert "python_version" not in SETTINGS
    silent = {"ignore_errors", "disable_error_code", "follow_imports"}
    assert not silent & {name for part in [SETTINGS, *SETTINGS["overrides"]] for name in part}
    others = {name for part in SETTINGS["overrides"] for name in part["module"]}
    assert not [name for name in others if name.startswith(("*", "flatlib"))]
    assert (ROOT / "py.typed").is_file()  # or nobody's mypy would look


@pytest.mark.skipif(not find_spec("mypy"), reason="mypy is not installed")
def test_mypy_objects_to_wrong_calls_and_to_no_right_ones(tmp_path, monkeypatch):
    from mypy import api

    (tmp_path / "calls.py").write_text(CALLS, encoding="utf-8")
    monkeypatch.setenv("MYPYPATH", str(ROOT.parent))
    cache = ROOT.parent / ".mypy_cache"  # as `make lint` left it: the library has not changed since
    options = ["--config-file", str(ROOT.parent / "pyproject.toml"), "--cache-dir", str(cache)]
    report, problems, _ = api.run([*options, str(tmp_path / "calls.py")])
    found = re.findall(r"calls\.py:(\d+): error: .*\[([a-z-]+)\]$", report, re.MULTILINE)
    expected = [
        (str(number), line.partition("# ")[2])
        for number, line in enumerate(CALLS.splitlines(), start=1)
        if "# " in line
    ]
    assert found == expected, report + problems
