"""Sphinx extension of the book: of a cell whose code is folded the output comes first.

What a reader has come for is the figure; the bar that unfolds its code stands below.
"""

from myst_nb.sphinx_ import HideCodeCellNode
from sphinx.transforms.post_transforms import SphinxPostTransform


class OutputsFirst(SphinxPostTransform):
    """Runs after myst-nb has folded the code, which it does at 199."""

    default_priority = 205
    formats = ("html",)

    def run(self):
        """Put each fold to the end of its cell."""
        for fold in list(self.document.findall(HideCodeCellNode)):
            cell = fold.parent
            cell.remove(fold)
            cell.append(fold)


def setup(app):
    """Register with Sphinx."""
    app.add_post_transform(OutputsFirst)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
