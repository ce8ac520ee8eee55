"""Two houses: no import runs up, the library knows nothing of the book, what is small stays so.

A rule is one test over all files; its failure lists every sentence that is wrong.
"""

import ast
import importlib
import inspect
import re
import subprocess
import sys
from collections import defaultdict

import pytest
from pages import ROOT, page_names

from flatbook.rooms import ROOMS as PAGES

# Lower ones first: a module may import those before its own.
LIBRARY = (
    "_version",
    "_guards",
    "_files",
    "_types",
    "_short",
    "_special",
    "estimate",
    "_command",
    "params",
    "_closed_forms",
    "_own_activation",
    "activations",
    "losses",
    "networks",
    "data",
    "objective",
    "normalized_logits",
    "weighted",
    "curvature",
    "training",
    "transforms",
    "measures",
    "invariance",
    "plots",
    "__main__",
    "pytorch",  # the last: it may import any other, and no other may import it
)
# What all rooms of the book use, then the rooms in the order of the pages, then what uses them all.
APPARATUS = (
    "letters",
    "grids",
    "card",
    "check",
    "claim",
    "ledger",
    "style",
    "explore",
    "experiment",
    "mnist_sample",
    "significant",
    "cells",
)
BOOK = (*APPARATUS, *PAGES, "rooms", "__main__")
HOUSES = {"flatlib": (ROOT / "flatlib", LIBRARY), "flatbook": (ROOT / "book/flatbook", BOOK)}
FORBIDDEN = {"torch", "curvlinops", "jax", "numba", "tensorflow"}
ALLOWED = {"flatlib.pytorch": {"torch"}}
# what autograd sees, and the guard that lets its boxes through
TRACED = {"_guards", "params", "activations", "losses", "networks", "objective", "curvature"}
TRACED |= {"normalized_logits", "transforms", "_special", "_closed_forms", "_own_activation"}
GLOBAL_RANDOM = {"seed", "rand", "randn", "randint", "normal", "uniform", "shuffle", "permutation"}
GLOBAL_RANDOM |= {"choice", "random", "standard_normal", "RandomState"}

FILES = [path for root, _ in HOUSES.values() for path in sorted(root.rglob("*.py"))]
PAGE = re.compile(r"Page: ``book/(\w+)``")
# A stem in two rooms of a house: one idea in each room of the book, or one for arrays and modules.
SAME = {"init", "claims", "figures", "scenes"}
SAME |= {"losses", "operators", "products", "report", "scaling"}  # the twins in flatlib.pytorch
SAME |= {"spectrum"}  # found in curvature, drawn in plots


def name_of(path):
    """``flatlib.params``, ``flatbook.volume``."""
    (root,) = [root for root, _ in HOUSES.values() if path.is_relative_to(root)]
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def text_of(path):
    return path.read_text(encoding="utf-8")


def imported(tree):
    """Full names of everything imported when it runs: flatlib.params.flatten, numpy, …"""
    for node in ast.walk(_without_annotations_only(tree)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (f"{node.module}." if node.module else "")
            yield from (f"{start}{alias.name}" for alias in node.names)


def _without_annotations_only(tree):
    """Without what is imported ``if TYPE_CHECKING``, of which nothing runs."""
    tree.body = [node for node in tree.body if "TYPE_CHECKING" not in ast.unparse(node)[:16]]
    return tree


def violations(source, module):
    """Sentences, one for each import of ``source`` that the plan of the houses forbids."""
    house, _, inner = module.partition(".")
    room = inner.partition(".")[0]
    for name in imported(ast.parse(source)):
        first, *others = name.split(".")
        if first in FORBIDDEN - ALLOWED.get(f"{house}.{room}", set()):
            yield f"{module} imports {first}"
        elif first == "autograd" and house == "flatlib" and room not in TRACED:
            yield f"{module} imports autograd, which belongs below objective and in curvature"
        elif name.startswith(".."):
            yield f"{module} imports {name}: outside its own package, write it from the house on"
        elif (house, first) == ("flatlib", "flatbook"):
            yield f"{module} imports {name}: the library knows nothing of the book"
        elif first == house and inner:
            yield from _upward(module, room, others[0], HOUSES[house][1])


def _upward(module, room, target, rooms):
    if target not in rooms:
        yield f"{module} imports {target}, which is no room: name the room, not the package"
    elif rooms.index(target) > rooms.index(room):
        yield f"{module} imports {target}, which is above it"


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


def undocumented(module):
    """Public names of a module without a docstring, or that are listed twice."""
    names = getattr(module, "__all__", [])
    yield from {name for name in names if names.count(name) > 1}
    for value in (getattr(module, name) for name in names):
        if inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value):
            if not (inspect.getdoc(value) or "").strip():
                yield f"{module.__name__}.{value.__name__} has no docstring"


def of_all(rule, files=FILES):
    """What a rule says of all files, each sentence with its module."""
    return [f"{name_of(path)}: {said}" for path in files for said in rule(text_of(path))]


def test_no_import_runs_up_and_the_library_knows_nothing_of_the_book():
    assert [said for path in FILES for said in violations(text_of(path), name_of(path))] == []


def test_every_module_is_in_a_room_of_the_plan():
    rooms = {name_of(path).split(".")[1] for path in FILES if "." in name_of(path)}
    assert rooms == {*LIBRARY, *BOOK}


def test_the_rooms_of_the_book_stand_in_the_order_of_its_pages():
    pages = [name.partition("/")[2] for name in page_names()]
    assert [page for page in pages if page in PAGES] == list(PAGES)


def test_randomness_enters_as_a_generator():
    assert of_all(global_random) == []


def test_files_and_functions_are_small():
    # aim at 200 lines and 25; these are the walls
    assert [name_of(path) for path in FILES if len(text_of(path).splitlines()) > 220] == []
    assert of_all(lambda source: long_functions(source, limit=40)) == []


def test_every_public_name_exists_and_is_documented():
    faults = []
    for path in FILES:
        name = name_of(path)
        torch = name.startswith("flatlib.pytorch") and not importlib.util.find_spec("torch")
        if not torch and path.name != "__main__.py":
            module = importlib.import_module(name)
            faults += [] if module.__doc__ else [f"{name} has no docstring"]
            faults += undocumented(module)
    assert faults == []


def test_every_page_that_is_named_exists():
    pages = {page.stem for page in (ROOT / "book").iterdir()}
    assert of_all(lambda source: set(PAGE.findall(source)) - pages) == []


def test_a_stem_in_two_rooms_is_one_idea():
    for root, _ in HOUSES.values():
        places = defaultdict(set)
        for path in root.rglob("*.py"):
            places[path.stem.strip("_")].add(path.parent)
        assert {stem for stem, rooms in places.items() if len(rooms) > 1} <= SAME


def test_the_library_imports_neither_pytorch_nor_the_book():
    script = "import sys, flatlib; sys.exit(bool({'torch', 'flatbook'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_oracles_share_no_code_with_the_library():
    source = text_of(ROOT / "tests/support/oracles.py")
    packages = {name.split(".")[0] for name in imported(ast.parse(source))}
    assert packages == {"itertools", "numpy", "scipy"}


@pytest.mark.parametrize(
    ("source", "module", "words"),
    [
        ("from flatlib.curvature import hessian", "flatlib.params", "above it"),
        ("import flatlib.measures.volume", "flatlib.curvature.exact", "above it"),
        ("def f():\n    from flatlib.pytorch import rescaled", "flatlib.measures", "above it"),
        ("from flatlib import MLP", "flatlib.training.descent", "no room"),
        ("from ..objective import Objective", "flatlib.training.descent", "from the house on"),
        ("import torch", "flatlib.curvature.products", "torch"),
        ("from jax import numpy", "flatlib.measures", "jax"),
        ("from curvlinops import HessianLinearOperator", "flatlib.pytorch.operators", "curvlinops"),
        ("import jax", "flatlib.pytorch.operators", "jax"),
        ("import torch", "flatbook.volume.figures", "torch"),
        ("import autograd.numpy as np", "flatlib.training.descent", "autograd"),
        ("from flatbook.check import Check", "flatlib.measures.volume", "nothing of the book"),
        ("import flatbook", "flatlib.__main__", "nothing of the book"),
        ("from flatbook.errata import figures", "flatbook.volume.claims_boxes", "above it"),
        ("from flatbook.volume import scenes", "flatbook.check", "above it"),
        ("from flatbook.rooms import verify", "flatbook.volume.claims_boxes", "above it"),
        ("from flatbook import confirm", "flatbook.volume.claims_boxes", "no room"),
    ],
)
def test_a_planted_import_is_caught(source, module, words):
    (sentence,) = violations(source, module)
    assert words in sentence


def test_what_is_allowed_is_not_reported():
    source = "import numpy\nfrom flatlib.params import flatten\nfrom flatbook.volume import scenes"
    assert list(violations(source, "flatbook.errata.figures")) == []
    assert list(violations("from flatlib import transforms", "flatbook.ledger")) == []
    assert list(violations("import torch", "flatlib.pytorch.operators")) == []
    assert list(violations("from . import style\nfrom .style import A", "flatbook.explore")) == []


def test_a_planted_global_generator_and_a_planted_long_function_are_caught():
    assert len(list(global_random("import numpy as np\nnp.random.normal()"))) == 1
    assert list(global_random("import numpy as np\nnp.random.default_rng(0).normal()")) == []
    body = "\n".join("    pass" for _ in range(39))
    assert len(list(long_functions(f"def f():\n{body}", limit=40))) == 1
    assert list(long_functions(f'def f():\n    """{body}"""\n    pass', limit=40)) == []
