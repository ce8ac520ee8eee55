"""What a function is made of: one digest of all code of one's own that it can reach.

Followed are imports, from the function's module on, also those inside functions. Of its own module
count the statements that bind a name which it uses, directly or through others, so that a longer
list of settings beside it changes nothing. Of each other module counts all. Comments, docstrings
and layout count nowhere. The standard library and installed packages are left out, flatlib and
the book never.
"""

import ast
import hashlib
import inspect
import sys
import sysconfig
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.machinery import PathFinder
from importlib.util import resolve_name
from pathlib import Path
from symtable import SymbolTable, symtable

_OURS = {"flatlib", "flatbook"}
_INSTALLED = {"site-packages", "dist-packages"}
_STANDARD = tuple(Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib"))
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def code_of(function: Callable) -> str:
    """The digest. It is of the files as they are now, which Python may have read earlier."""
    statements = _own_statements(function)
    if statements:
        package = getattr(sys.modules[function.__module__], "__package__", None) or ""
        pieces, waiting = {"": _text(statements)}, set(_imports(statements, package))
    else:
        pieces, waiting = {"": _typed_in(function)}, {"flatlib"}
    while waiting:
        module = waiting.pop()
        statements = _read(*_stamped(module)).body
        pieces[module] = _text(statements)
        waiting |= set(_imports(statements, _package_of(module))) - pieces.keys()
    everything = "\n".join(f"# {module}\n{pieces[module]}" for module in sorted(pieces))
    return hashlib.sha256(everything.encode()).hexdigest()[:12]


def lies_in_a_file(function: Callable) -> bool:
    """Whether its helpers can be seen; not if it was typed in at a prompt or in a notebook."""
    return bool(_own_statements(function))


def _own_statements(function: Callable) -> list[ast.stmt]:
    """What its module says that it uses, in order; none if that cannot be read."""
    file, _ = _place(function.__module__)
    if file is None or not Path(file).is_file():
        return []
    body = _read(file, _stamp(file)).body
    names, taken = [_bound_and_used(statement) for statement in body], set[int]()
    wanted, size = {function.__qualname__.partition(".")[0]}, -1
    if not any(wanted & bound for bound, _ in names):
        return []
    while len(taken) > size:
        size = len(taken)
        for number, (bound, used) in enumerate(names):
            if bound & (wanted | {"*"}):
                taken.add(number)
                wanted |= used
    return [body[number] for number in sorted(taken)]


def _bound_and_used(statement: ast.stmt) -> tuple[set[str], set[str]]:
    """Names of the module that a statement at its top binds or changes, and those it needs."""
    top = symtable(ast.unparse(statement), "statement", "exec")
    symbols = top.get_symbols()
    bound = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
        bound.add("*")
    if not isinstance(statement, _DOCUMENTED):
        bound |= {_root(node) for node in ast.walk(statement)} - {""}
    return bound, {s.get_name() for s in symbols if s.is_referenced()} | set(_globals_of(top))


def _globals_of(table: SymbolTable) -> Iterator[str]:
    """What the functions and classes in it need of their module."""
    for child in table.get_children():
        yield from (s.get_name() for s in child.get_symbols() if s.is_global())
        yield from _globals_of(child)


def _root(node: ast.AST) -> str:
    """``TABLE`` of ``TABLE["a"].b = c`` and of ``TABLE.update(c)``, which change it."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        node = node.value.func
    elif not isinstance(getattr(node, "ctx", None), (ast.Store, ast.Del)):
        return ""
    if isinstance(node, ast.Name):  # a name alone is bound, or called, not changed
        return ""
    while isinstance(node, (ast.Attribute, ast.Subscript)):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _imports(statements: Iterable[ast.stmt], package: str) -> Iterator[str]:
    """Modules of one's own that are imported."""
    for node in (node for statement in statements for node in ast.walk(statement)):
        names = []
        if isinstance(node, ast.Import):
            parts = [alias.name.split(".") for alias in node.names]
            names = [".".join(p[: n + 1]) for p in parts for n in range(len(p))]
        elif isinstance(node, ast.ImportFrom):
            base = resolve_name("." * node.level + (node.module or ""), package)
            names = [_origin(base, alias.name) for alias in node.names]
        yield from filter(_is_our_own, names)


def _origin(base: str, name: str) -> str:
    """Where ``from base import name`` leads: base, or the module ``base.name``."""
    inner = f"{base}.{name}"
    if not _is_our_own(inner):
        return base
    if not _is_our_own(base):  # a folder without __init__.py
        return inner
    body = _read(*_stamped(base)).body
    return base if any(name in _bound_and_used(statement)[0] for statement in body) else inner


def _is_our_own(module: str) -> bool:
    file, _ = _place(module)
    if file is None or not file.endswith(".py") or not Path(file).is_file():
        return False
    path = Path(file)
    installed = _INSTALLED & set(path.parts) or any(map(path.is_relative_to, _STANDARD))
    return not installed or module.partition(".")[0] in _OURS


def _place(module: str) -> tuple[str | None, list[str] | None]:
    """The file of a module, and where the modules below it are; nothing is imported."""
    if module in sys.modules:
        found = sys.modules[module]
        return getattr(found, "__file__", None), getattr(found, "__path__", None)
    parent = module.rpartition(".")[0]
    folders = _place(parent)[1] if parent else None
    if parent and folders is None:
        return None, None
    spec = PathFinder.find_spec(module, folders)
    return (None, None) if spec is None else (spec.origin, spec.submodule_search_locations)


def _package_of(module: str) -> str:
    return module if _place(module)[1] is not None else module.rpartition(".")[0]


def _stamped(module: str) -> tuple[str, tuple[int, int]]:
    file, _ = _place(module)
    assert file is not None  # modules of one's own have one
    return file, _stamp(file)


def _stamp(file: str) -> tuple[int, int]:
    found = Path(file).stat()
    return found.st_mtime_ns, found.st_size


@cache
def _read(file: str, stamp: tuple[int, int]) -> ast.Module:
    """The module without its docstrings, read once as long as the file stays as it is."""
    tree = ast.parse(Path(file).read_bytes())
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _text(statements: Iterable[ast.stmt]) -> str:
    return "\n".join(map(ast.unparse, statements))


def _typed_in(function: Callable) -> str:
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return "unknown"
