"""Plain text in, letters out: a terminal prints alpha, a page shows α."""

import re
from html import escape

_LETTERS = {
    "alpha": "α",
    "beta": "β",
    "gamma": "γ",
    "delta": "δ",
    "epsilon": "ε",
    "eps": "ε",
    "eta": "η",
    "theta": "θ",
    "lambda": "λ",
    "sigma": "σ",
    "phi": "φ",
    "pi": "π",
    "grad": "∇",
}
_SIGNS = {"!=": "≠", "<=": "≤", ">=": "≥", "->": "→", "+-": "±", "sqrt(": "√("}
_NAMES = re.compile(rf"(?<![A-Za-z])({'|'.join(_LETTERS)})(?![A-Za-z])")
_DIGITS = re.compile(r"(?<=[A-Za-zα-ω])_([0-9]+)")
# After one letter only, or log_product would get an index; brackets that hold it together go.
_INDEX = re.compile(r"(?<![A-Za-z_])([A-Za-zα-ω])_(?:(\w{1,4})(?!\w)|\(([^()]+)\))")
_POWER = re.compile(r"\^(?:(-?\w{1,3})(?!\w)|\(([^()]+)\))")
_LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def as_html(text: str) -> str:
    """Escaped, with letters and signs for their names, indices set low and powers set high.

    >>> as_html("alpha theta_1 <= b_k^2")
    'α θ₁ ≤ b<sub>k</sub><sup>2</sup>'
    """
    for name, sign in _SIGNS.items():
        text = text.replace(name, sign)
    text = _NAMES.sub(lambda match: _LETTERS[match[1]], text)
    text = escape(_DIGITS.sub(lambda match: match[1].translate(_LOW), text))
    text = _INDEX.sub(lambda match: f"{match[1]}<sub>{match[2] or match[3]}</sub>", text)
    return _POWER.sub(lambda match: f"<sup>{match[1] or match[2]}</sup>", text)
