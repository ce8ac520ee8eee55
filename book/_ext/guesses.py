"""Sphinx extension of the book: nothing of an answer is to be seen before the guess.

A guess is a box of class ``guess`` with a list of options. Its answer is the dropdown after it that
says which option is right, ``:class-container: answer-2``. What stands between the two, the cell
that shows it with its output, is moved into the dropdown, in front of the words: so it is folded
for every reader, and ``_static/guesses.js`` makes buttons of the options, which unfold it.
"""

import re

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

ANSWER = re.compile(r"answer-(\d+)")
OPTIONS = (nodes.bullet_list, nodes.enumerated_list)
logger = logging.getLogger(__name__)


class FoldAnswers(SphinxTransform):
    """Every guess of a page."""

    default_priority = 500

    def apply(self):
        """Fold each answer; a guess without one is an error of the page."""
        for box in list(self.document.findall(is_guess)):
            options, answer = options_of(box), next(filter(right_option, after(box)), None)
            if options is None or answer is None or right_option(answer) > len(options):
                logger.warning("a guess needs a list of options and an answer", location=box)
            else:
                unlink(options)
                fold(box, answer)


def is_guess(node):
    """Whether a node is the box of a guess."""
    return isinstance(node, nodes.Admonition) and "guess" in node.get("classes", [])


def options_of(box):
    """The list that a guess ends in, if it does."""
    return box[-1] if isinstance(box[-1], OPTIONS) else None


def after(box):
    """What follows a box in its section, up to the next guess."""
    for node in box.parent[box.parent.index(box) + 1 :]:
        if is_guess(node):
            return
        yield node


def right_option(node):
    """The number, from 1, of the option that a dropdown says is right; 0 if it says nothing."""
    classes = node.get("container_classes", []) if isinstance(node, nodes.Element) else []
    found = [match for name in classes if (match := ANSWER.fullmatch(name))]
    return int(found[0][1]) if found else 0


def unlink(options):
    """An option becomes a button, and a button holds no link."""
    for link in list(options.findall(addnodes.pending_xref)):
        link.replace_self(link.children)


def fold(box, answer):
    """Move what stands between a guess and the words of its answer in front of those words."""
    parent = box.parent
    first, last = parent.index(box) + 1, parent.index(answer)
    between = parent[first:last]
    del parent[first:last]
    answer.insert(1, between)  # the first child is the title


def setup(app):
    """Register with Sphinx."""
    app.add_transform(FoldAnswers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
