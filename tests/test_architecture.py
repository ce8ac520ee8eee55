"""The house: lower rooms never import upper ones, and what is small stays small."""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import flatlib

ROOT = Path(flatlib.__file__).parent
ROOMS = (
    "_version",
    "_guards",
    "_files",
    "estimate",
    "params",
    "_closed_forms",
    "_own_activation",
    "activations",
    "losses",
    "networks",
    "data",
    "objective",
    "curvature",
    "training",
    "transforms",
    "measures",
    "experiments",
    "invariance",
    "claims",
    "figures",
    "__main__",
    "pytorch",  # the last: it may import any other, and no other may import it
)
FORBIDDEN = {"torch", "curvlinops", "jax", "numba", "tensorflow"}
ALLOWED = {"pytorch": {"torch"}}
# what autograd sees, and the guard that lets its boxes through
TRACED = {"_guards", "params", "activations", "losses", "networks", "objective", "curvature"}
TRACED |= {"transforms", "_closed_forms", "_own_activation"}
GLOBAL_RANDOM = {"seed", "rand", "randn", "randint", "normal", "uniform", "shuffle", "permutation"}
GLOBAL_RANDOM |= {"choice", "random", "standard_normal", "RandomState"}

FILES = sorted(ROOT.rglob("*.py"))
MODULES = [path for path in FILES if path != ROOT / "__init__.py"]


def name_of(path, root=ROOT):
    return ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__")


def room_of(module):
    return module.split(".")[0]


def imported(tree):
    """Full names of everything imported: flatlib.params.flatten, numpy, …"""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (f"{node.module}." if node.module else "")
            yield from (f"{start}{alias.name}" for alias in node.names)


def violations(source, module):
    """Sentences, one for each import of ``source`` that the plan of the house forbids."""
    room = room_of(module)
    for name in imported(ast.parse(source)):
        first, *rest = name.split(".")
        if first in FORBIDDEN - ALLOWED.get(room, set()):
            yield f"{module} imports {first}"
        elif first == "autograd" and room not in TRACED:
            yield f"{module} imports autograd, which belongs below objective and in curvature"
        elif name.startswith(".."):
            yield f"{module} imports {name}: outside its own package, write it from flatlib on"
        elif first == "flatlib":
            yield from _upward(module, room, rest[0])


def _upward(module, room, target):
    if target not in ROOMS:
        yield f"{module} imports flatlib.{target}, which is no room: name the room, not the package"
    elif ROOMS.index(target) > ROOMS.index(room):
        yield f"{module} imports flatlib.{target}, which is above it"


def global_random(source):
    """Calls of numpy's global generator, such as np.random.normal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in GLOBAL_RANDOM:
            if isinstance(node.value, ast.Attribute) and node.value.attr == "random":
                yield f"line {node.lineno}: random.{node.attr}"


def long_functions(source, limit):
    """Functions with more than ``limit`` lines, their docstring not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                lines -= node.body[0].end_lineno - node.body[0].lineno + 1
            if lines >= limit:
                yield f"{node.name} has {lines} lines"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_lower_rooms_never_import_upper_ones(path):
    assert room_of(name_of(path)) in ROOMS, "a new room needs its place in ROOMS and in the plan"
    assert list(violations(path.read_text(encoding="utf-8"), name_of(path))) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_randomness_enters_as_a_generator(path):
    assert list(global_random(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_are_small(path):
    source = path.read_text(encoding="utf-8")
    # aim at 200 lines and 25; these are the walls
    assert len(source.splitlines()) <= 220
    assert list(long_functions(source, limit=40)) == []


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_public_name_exists_and_is_documented(path):
    name = name_of(path)
    if name == "__main__":
        return
    if room_of(name) == "pytorch":
        pytest.importorskip("torch")
    module = importlib.import_module(f"flatlib.{name}" if name != "__init__" else "flatlib")
    assert module.__doc__ or not path.read_text(encoding="utf-8").strip()
    names = getattr(module, "__all__", [])
    assert len(set(names)) == len(names)
    for public in names:
        value = getattr(module, public)
        if inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value):
            assert (inspect.getdoc(value) or "").strip(), f"{public} has no docstring"


def test_the_library_does_not_import_pytorch():
    script = "import sys, flatlib, flatlib.figures; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_oracles_share_no_code_with_the_library():
    source = (Path(__file__).parent / "oracles.py").read_text(encoding="utf-8")
    packages = {name.split(".")[0] for name in imported(ast.parse(source))}
    assert packages == {"itertools", "numpy", "scipy"}


@pytest.mark.parametrize(
    ("source", "module", "words"),
    [
        ("from flatlib.curvature import hessian", "params", "above it"),
        ("import flatlib.claims.check", "measures.volume", "above it"),
        ("def f():\n    from flatlib.figures import explore", "claims.registry", "above it"),
        ("from flatlib import MLP", "training.descent", "no room"),
        ("from ..objective import Objective", "training.descent", "from flatlib on"),
        ("import torch", "curvature.products", "torch"),
        ("from jax import numpy", "measures", "jax"),
        ("from curvlinops import HessianLinearOperator", "curvature.products", "curvlinops"),
        ("from curvlinops import HessianLinearOperator", "pytorch.operators", "curvlinops"),
        ("import jax", "pytorch.operators", "jax"),
        ("from flatlib.pytorch import rescaled", "figures.spectrum", "above it"),
        ("from flatlib import pytorch", "claims.ledger", "above it"),
        ("import autograd.numpy as np", "training.descent", "autograd"),
    ],
)
def test_a_planted_import_is_caught(source, module, words):
    (sentence,) = violations(source, module)
    assert words in sentence


def test_what_is_allowed_is_not_reported():
    source = "import numpy\nfrom flatlib.params import flatten\nfrom flatlib.claims import check"
    assert list(violations(source, "claims.dinh2017.hessian")) == []
    assert list(violations("from flatlib import transforms", "claims.ledger")) == []
    assert list(violations("import torch", "pytorch.operators")) == []
    assert list(violations("from . import style\nfrom .style import COLORS", "figures.still")) == []


def test_a_planted_global_generator_and_a_planted_long_function_are_caught():
    assert len(list(global_random("import numpy as np\nnp.random.normal()"))) == 1
    assert list(global_random("import numpy as np\nnp.random.default_rng(0).normal()")) == []
    body = "\n".join("    pass" for _ in range(39))
    assert len(list(long_functions(f"def f():\n{body}", limit=40))) == 1
    assert list(long_functions(f'def f():\n    """{body}"""\n    pass', limit=40)) == []


PAGE = re.compile(r"Page: ``book/(\w+)``")


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_every_page_that_is_named_exists(path):
    named = set(PAGE.findall(path.read_text(encoding="utf-8")))
    pages = {page.stem for page in (ROOT.parent / "book").iterdir()}
    assert named <= pages
