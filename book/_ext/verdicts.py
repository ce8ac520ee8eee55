"""Sphinx extension of the book: a box says in its head where its statement does not simply hold.

The verdict is the register's. Before the first card of a page stands what a card is, and what
the badges of that page mean.
"""

import re

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx_proof.nodes import unenumerable_node

from flatbook import register
from flatbook.card import BADGES, CORRECTS, STORED, badge

CARD = '<div class="check-card"'
BADGE = re.compile(r'<span class="verdict"[^>]*>([^<]+)</span>')
NOTE = (
    '<p class="check-note">A card like the next one is the outcome of a check: the claim, the '
    'verdict of <a href="ledger.html">the ledger</a>, and what the code has just compared. On '
    "this page {}.</p>"
)
MEANS = {
    BADGES["holds"]: "the claim is true as it stands",
    BADGES["condition"]: "true with a condition that the paper leaves out",
    BADGES["false"]: "not true as printed; the card has a counterexample and what is true instead",
    BADGES["illustrated"]: "seen in what was run, which is no proof",
    BADGES["missing"]: "not run here",
    CORRECTS: "a remark of this book where a paper is wrong",
    STORED: "about networks that were trained beforehand, whose results are kept with the book",
}


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
    body = context.get("body", "")
    if pagename.startswith("book/") and CARD in body:
        context["body"] = body.replace(CARD, note(body) + CARD, 1)


def note(body):
    """What a card is, and what the badges say that occur on a page."""
    badges = dict.fromkeys(BADGE.findall(body))
    return NOTE.format("; ".join(f"<em>{words}</em> means: {MEANS[words]}" for words in badges))


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(MarkBoxes)
    app.connect("html-page-context", explain_cards)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
