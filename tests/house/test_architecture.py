"""Two houses: no import runs up, the library knows nothing of the book, what is small stays so.

A rule is one test over all files; its failure lists every sentence that is wrong.
"""

import ast
import importlib
import re
import subprocess
import sys
from collections import defaultdict

import pytest
from houses import (
    BOOK,
    FILES,
    HOUSES,
    LIBRARY,
    global_random,
    imported,
    long_functions,
    name_of,
    text_of,
    undocumented,
    violations,
)
from pages import ROOT, page_names

from flatbook.rooms import ROOMS as PAGES

PAGE = re.compile(r"Page: ``book/(\w+)``")
# A stem in two rooms of a house: one idea in each room of the book, or one for arrays and modules.
SAME = {"init", "claims", "figures", "scenes"}
SAME |= {"losses", "operators", "products", "report", "scaling"}  # the twins in flatlib.pytorch
SAME |= {"spectrum"}  # found in curvature, drawn in plots


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
    every = [*FILES, *(ROOT / "tests").rglob("*.py"), *(ROOT / "benchmarks").rglob("*.py")]
    assert [path.name for path in every if len(text_of(path).splitlines()) > 200] == []
    assert of_all(lambda source: long_functions(source, most=25), every) == []


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
    body = "\n".join("    pass" for _ in range(25))
    assert len(list(long_functions(f"def f():\n{body}", most=25))) == 1
    assert list(long_functions(f'def f():\n    """{body}"""\n    pass', most=25)) == []
