"""One small change to a module, made by cosmic-ray, and what the tests say of it."""

import ast
import difflib
import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names
from pytest import ExitCode

SECONDS = 300  # tests that take longer than this have seen that something is wrong


@dataclass(frozen=True)
class Mutant:
    """Occurrence number ``occurrence`` of what an operator of cosmic-ray changes in a module.

    ``place`` is the line as it stands, with the column.
    """

    path: Path
    operator: str
    occurrence: int
    place: str
    tests: tuple[Path, ...]

    @cached_property
    def code(self) -> str | None:
        """The module changed; None where that changes no behaviour or does not compile."""
        before = self.path.read_text(encoding="utf-8")
        after = mutate_code(before, get_operator(self.operator)(), self.occurrence)
        try:
            return None if after is None or _bare(after) == _bare(before) else after
        except SyntaxError:
            return None

    @cached_property
    def diff(self) -> list[str]:
        """The lines that go, with a minus, and those that come, with a plus."""
        before = self.path.read_text(encoding="utf-8").splitlines()
        lines = difflib.unified_diff(before, self.code.splitlines(), lineterm="", n=0)
        return [line for line in lines if line[:3] not in ("---", "+++") and line[0] in "+-"]

    @cached_property
    def key(self) -> str:
        """Changes with the module and with its tests, so that a kept verdict is never stale."""
        content = b"".join(path.read_bytes() for path in (self.path, *self.tests))
        return f"{self.path.name}:{self.operator}:{self.occurrence}:{sha256(content).hexdigest()}"


class _Bare(ast.NodeTransformer):
    """Leaves out what does nothing when the code runs: annotations and docstrings.

    And ``strict``, which only refuses lists of two lengths; and which negative number stands in a
    ``reshape`` for the length that is left.
    """

    def visit_Call(self, node):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "reshape":
            node.args = _lengths(node.args)
        return self.generic_visit(node)

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node):
        node.annotation = ast.Constant(None)
        return self.generic_visit(node)

    def visit_keyword(self, node):
        return None if node.arg == "strict" else self.generic_visit(node)

    def visit_Expr(self, node):
        return None if isinstance(node.value, ast.Constant) else self.generic_visit(node)


def _lengths(nodes: list[ast.expr]) -> list[ast.expr]:
    """Of a shape: -1 for each negative number, in a tuple too."""
    for node in nodes:
        if isinstance(node, ast.Tuple):
            node.elts = _lengths(node.elts)
    return [ast.Constant(-1) if _is_negative(node) else node for node in nodes]


def _is_negative(node: ast.expr) -> bool:
    try:
        return ast.literal_eval(node) < 0
    except (TypeError, ValueError):  # no number, or one with a tilde
        return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert)


def _bare(code: str) -> str:
    return ast.dump(_Bare().visit(ast.parse(code)))


def mutants_of(path: Path, tests: list[Path]) -> list[Mutant]:
    """All mutants of a module, those that change nothing among them."""
    text = path.read_text(encoding="utf-8")
    tree, lines, found = get_ast(text), text.splitlines(), []
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if operator.arguments():
            continue
        spots = (spot for node in ast_nodes(tree) for spot in operator().mutation_positions(node))
        for number, ((row, column), _) in enumerate(spots):
            place = f"{lines[row - 1].strip()}:{column}"
            found.append(Mutant(path, name, number, place, tuple(tests)))
    return found


def passes(tests: tuple[Path, ...], root: Path, copy: Path) -> bool:
    """Whether the tests pass in a copy of the project; one that hangs does not.

    A file that asks for a package that is not there has no tests, and those cannot fail.
    """
    names = [str(copy / path.relative_to(root)) for path in tests]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *names]
    alone = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "OPENBLAS_NUM_THREADS": "1"}
    with subprocess.Popen(
        command,
        cwd=copy,
        env=os.environ | alone,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(timeout=SECONDS) in (ExitCode.OK, ExitCode.NO_TESTS_COLLECTED)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return False


def survives(mutant: Mutant, root: Path, copy: Path) -> bool:
    """Put the mutant into the copy, run its tests, and take it out again."""
    place = copy / mutant.path.relative_to(root)
    try:
        place.write_text(mutant.code, encoding="utf-8")
        return passes(mutant.tests, root, copy)
    finally:
        place.write_bytes(mutant.path.read_bytes())
