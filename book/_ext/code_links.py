"""Sphinx extension of the book: from code to reference, and from reference to page.

Each name of flatlib in a cell becomes a link to its entry in the reference; that is the work of
sphinx-codeautolink. On its way through a page it keeps a stack of headings, on which it takes every
section to have put one; the body of a theorem or an exercise is a section without, and the stack
would run empty. And it reads the cells of a page as one program, all of them for each; the examples
of the reference, which are hundreds, are not one.

Each docstring names its page as a file, ``book/volume``, for readers of the source. In the
reference it becomes a link.
"""

import re

from docutils import nodes
from sphinx_codeautolink.extension.block import CodeBlockAnalyser

import flatlib

PAGE = re.compile(r"``(book/\w+)``")


def depart_section(self, node):
    """Take the heading off the stack if the section has put one there."""
    if any(isinstance(child, nodes.title) for child in node.children):
        self.title_stack.pop()


def visit_doctest_block(self, node):
    """Forget the examples before it: that of a docstring is a program of its own, in flatlib."""
    self.concat_sources = [f"from flatlib import {', '.join(flatlib.__all__)}"]
    return self.parse_source(node, "pycon")


def link_page(app, what, name, obj, options, lines):
    """In a docstring, make a link of each page that is named as a file."""
    lines[:] = [PAGE.sub(r":doc:`/\1`", line) for line in lines]


def setup(app):
    """Load the extension, with two methods of its visitor replaced."""
    CodeBlockAnalyser.depart_section = depart_section
    CodeBlockAnalyser.visit_doctest_block = visit_doctest_block
    app.setup_extension("sphinx_codeautolink")
    app.connect("autodoc-process-docstring", link_page)
    return {"parallel_read_safe": True}
