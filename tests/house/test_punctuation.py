"""A formula and the full stop after it: kept on one line, and no sign lost or doubled."""

import pytest
from book_ext import keep_together
from docutils import nodes


def paragraph(*parts):
    """Texts and formulae in turn."""
    kinds = (nodes.Text, lambda text: nodes.math(text, text))
    return nodes.paragraph("", "", *(kinds[k % 2](part) for k, part in enumerate(parts)))


@pytest.mark.parametrize(
    ("parts", "kept"),
    [
        (("let ", "x", ", and ", "y", ", and ", "z", ", and so on"), ["x,", "y,", "z,"]),
        (("(", "x", ").", "x", ". ", "y"), ["x).", "x."]),
        (("the ", "n", "-th, ", "x", " and ", "y"), []),
    ],
)
def test_signs_stay_with_their_formula_and_the_text_stays(parts, kept):
    found = paragraph(*parts)
    for formula in list(found.findall(nodes.math)):
        keep_together(formula)
    assert found.astext() == "".join(parts)
    boxes = [node for node in found.findall(nodes.inline) if "keep" in node["classes"]]
    assert [box.astext() for box in boxes] == kept
