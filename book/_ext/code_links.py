"""Sphinx extension of the book: from code to reference, and from reference to page.

Each name of flatlib in a cell becomes a link to its entry in the reference; that is the work of
sphinx-codeautolink. On its way through a page it keeps a stack of headings, on which it takes every
section to have put one; the body of a theorem or an exercise is a section without, and the stack
would run empty. It reads the cells of a page as one program, and all of them again for each; here
each is read once. The examples of the reference, which are hundreds, are no program.

Each docstring names its page as a file, ``book/volume``, for readers of the source. In the
reference it becomes a link.
"""

import ast
import re

from docutils import nodes
from sphinx_codeautolink.extension import block
from sphinx_codeautolink.extension.block import CodeBlockAnalyser
from sphinx_codeautolink.parse import ImportTrackerVisitor

import flatlib

PAGE = re.compile(r"``(book/\w+)``")


def depart_section(self, node):
    """Take the heading off the stack if the section has put one there."""
    if any(isinstance(child, nodes.title) for child in node.children):
        self.title_stack.pop()


def visit_doctest_block(self, node):
    """Forget the examples before it: that of a docstring is a program of its own, in flatlib."""
    block.parse_names = Reader()
    self.concat_sources = [f"from flatlib import {', '.join(flatlib.__all__)}"]
    return self.parse_source(node, "pycon")


class Reader:
    """Reads the cells of a page in turn, and of each only what it adds to those before it."""

    def __init__(self):
        """Nothing has been read."""
        self.document, self.source, self.visitor = None, "", None

    def __call__(self, source, node):
        """The names in the last cell of the source, with the lines they have in all of it."""
        rest = source.removeprefix(self.source)
        if node.document is not self.document or not (self.source and rest.startswith("\n")):
            self.visitor, rest = ImportTrackerVisitor(node), source
        known = len(self.visitor.accessed)
        lines_before = source.count("\n") - rest.count("\n")
        self.visitor.visit(ast.parse("\n" * lines_before + rest))
        self.document, self.source = node.document, source
        return self.visitor.accessed[known:]


def link_page(app, what, name, obj, options, lines):
    """In a docstring, make a link of each page that is named as a file."""
    lines[:] = [PAGE.sub(r":doc:`/\1`", line) for line in lines]


def setup(app):
    """Load the extension, with two methods of its visitor, and its reader, replaced."""
    block.parse_names = Reader()
    CodeBlockAnalyser.depart_section = depart_section
    CodeBlockAnalyser.visit_doctest_block = visit_doctest_block
    app.setup_extension("sphinx_codeautolink")
    app.connect("autodoc-process-docstring", link_page)
    return {"parallel_read_safe": True}
