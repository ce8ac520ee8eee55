"""Sphinx extension of the book: a box says in its head where its statement does not simply hold.

The verdict is the register's. Under the first card of a page, or rather before it, stands what a
card is.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_proof.nodes import unenumerable_node

from flatbook import register
from flatbook.card import badge

CARD = '<div class="check-card"'
NOTE = (
    '<p class="check-note">A card like the next one is the outcome of a check: the claim, the '
    'verdict of <a href="ledger.html">the ledger</a>, and what the code has just compared.</p>'
)


class MarkBoxes(SphinxPostTransform):
    """The boxes of a page whose label is that of a claim."""

    default_priority = 300
    formats = ("html",)

    def run(self):
        """Add a badge to the head of each that needs one."""
        for box in self.document.findall(unenumerable_node):
            claim = register().get(box["label"])
            if claim and claim.kind != "holds":
                box["classes"].append(f"verdict-{claim.kind}")
                box[0] += [nodes.Text(" "), nodes.raw("", badge(claim), format="html")]


def explain_cards(app, pagename, templatename, context, doctree):
    """Say what a card is before the first of a page."""
    if pagename.startswith("book/") and CARD in context.get("body", ""):
        context["body"] = context["body"].replace(CARD, NOTE + CARD, 1)


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(MarkBoxes)
    app.connect("html-page-context", explain_cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
