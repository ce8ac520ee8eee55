"""The plan of the two houses: the order of their rooms, and what a file may not do."""

import ast
import inspect

from pages import ROOT

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
    kept = [node for node in tree.body if not _of_types_alone(node)]
    return ast.Module(kept, tree.type_ignores)


def _of_types_alone(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


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


def long_functions(source, most):
    """Functions with more than ``most`` lines, their docstring not counted."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            lines = node.end_lineno - node.lineno + 1
            if ast.get_docstring(node) is not None:
                lines -= node.body[0].end_lineno - node.body[0].lineno + 1
            if lines > most:
                yield f"{node.name} has {lines} lines"


def undocumented(module):
    """Public names of a module without a docstring, or that are listed twice."""
    names = getattr(module, "__all__", [])
    yield from {name for name in names if names.count(name) > 1}
    for value in (getattr(module, name) for name in names):
        if inspect.isroutine(value) or inspect.isclass(value) or inspect.ismodule(value):
            if not (inspect.getdoc(value) or "").strip():
                yield f"{module.__name__}.{value.__name__} has no docstring"
