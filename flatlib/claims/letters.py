"""Plain text in, letters out: a terminal prints alpha, a page shows α."""

import re
from html import escape

_LETTERS = {
    "alpha": "α",
    "beta": "β",
    "epsilon": "ε",
    "theta": "θ",
    "lambda": "λ",
    "phi": "φ",
    "grad": "∇",
}
_NAMES = re.compile(rf"(?<![A-Za-z])({'|'.join(_LETTERS)})(?![A-Za-z])")
_SUBSCRIPT = re.compile(r"(?<=[A-Za-zα-ω])_([0-9]+)")
_DIGITS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def as_html(text: str) -> str:
    """Escaped, with Greek letters for their names and digits set as subscripts.

    >>> as_html("alpha theta_1 < T_alpha")
    'α θ₁ &lt; T_α'
    """
    text = _NAMES.sub(lambda match: _LETTERS[match[1]], text)
    return escape(_SUBSCRIPT.sub(lambda match: match[1].translate(_DIGITS), text))
