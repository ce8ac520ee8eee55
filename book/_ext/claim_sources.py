"""Sphinx extension of the book: the code behind the ledger, from the files that the tests run.

``{claim-sources} wu2017`` lists the claims of a paper, each with the function that checks it and
with the errors that the tests plant to see it object. Nothing is typed twice: the check is read
from ``flatbook``, the errors from the tables ``PLANTED`` of ``tests/book/*/planted_*.py``.
"""

import ast
import inspect
from functools import cache
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive

from flatbook import register
from flatbook.letters import as_html

TESTS = Path(__file__).parents[2] / "tests"


@cache
def planted():
    """From each claim's id to source texts: the functions that plant its errors, then the calls."""
    found = {}
    for path in sorted(TESTS.glob("book/*/planted_*.py")):
        text = path.read_text(encoding="utf-8")
        module = ast.parse(text)
        functions = {n.name: n for n in module.body if isinstance(n, ast.FunctionDef)}
        for id, plant in _table(module):
            used = [n.id for n in ast.walk(plant) if isinstance(n, ast.Name)]
            parts = found.setdefault(id, {})
            for name in filter(functions.get, used):
                parts[name] = ast.get_source_segment(text, functions[name])
            if not isinstance(plant, ast.Name):
                parts[ast.dump(plant)] = ast.get_source_segment(text, plant)
    return {id: "\n\n\n".join(parts.values()) for id, parts in found.items()}


def _table(module):
    """The pairs of the list ``PLANTED``."""
    for node in module.body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "PLANTED":
            for pair in node.value.elts:
                yield pair.elts[0].value, pair.elts[1]


class ClaimSources(Directive):
    """One section for each claim of the paper that is the argument."""

    required_arguments = 1

    def run(self):
        """The sections, in the order of the ledger."""
        paper = self.arguments[0]
        return [_section(claim) for claim in register().values() if claim.paper == paper]


def _section(claim):
    section = nodes.section(ids=[claim.id], names=[claim.id])
    section += nodes.title(text=claim.id)
    statement = nodes.paragraph()
    statement += nodes.raw("", as_html(claim.statement), format="html")
    section += [statement, _places(claim)]
    section += _code(inspect.getsource(claim.function))
    section += nodes.paragraph(
        text="Errors that it must see, from the tests:", ids=[f"{claim.id}-planted"]
    )
    section += _code(planted()[claim.id])
    return section


def _places(claim):
    """Where it stands in the paper and in the book, and in which module it is checked."""
    page = nodes.reference(text="its page", refuri=f"{claim.page}.html#{claim.id}", internal=True)
    line = nodes.paragraph(classes=["claim-places"])
    line += [nodes.Text(f"{claim.place} · {claim.verdict} · "), page, nodes.Text(" · ")]
    line += nodes.literal(text=claim.function.__module__)
    return line


def _code(source):
    return nodes.literal_block(source, source, language="python")


def setup(app):
    """Register the directive."""
    app.add_directive("claim-sources", ClaimSources)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
