"""How a parameter's name and its values are written beside the slider."""

import re
from html import escape

GREEK = dict(
    zip(
        (
            "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi pi rho sigma "
            "tau upsilon phi chi psi omega"
        ).split(),
        "αβγδεζηθικλμνξπρστυφχψω",
        strict=True,
    )
)
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def pretty_name(name: str) -> str:
    """A parameter's name as the reader sees it.

    >>> [pretty_name(name) for name in ("alpha", "theta_1", "lambda_max", "learning_rate")]
    ['α', 'θ₁', 'λ max', 'learning rate']
    """
    words = [GREEK.get(word, word) for word in name.strip("_").split("_")]
    return re.sub(
        r" (?=[₀-₉])",
        "",
        " ".join(word.translate(SUBSCRIPTS) if word.isdigit() else word for word in words),
    )


def number_text(value: float, digits: int = 3) -> str:
    """One number: decimals where they are short, a power of ten elsewhere.

    >>> [number_text(value) for value in (0.01, -2.5, 12000, 2.5e-5, 1e6)]
    ['0.01', '−2.5', '12000', '2.5 × 10⁻⁵', '10⁶']
    """
    if value == 0 or 1e-3 <= abs(value) < 1e5:
        whole = value == int(value)
        text = str(int(value)) if whole else _trim(f"{value:#.{digits}g}", value)
        return text.replace("-", "−")
    mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
    mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = "10" + str(int(exponent)).translate(SUPERSCRIPTS)
    sign, mantissa = ("−", mantissa[1:]) if mantissa.startswith("-") else ("", mantissa)
    return sign + (power if mantissa == "1" else f"{mantissa} × {power}")


def _trim(text: str, value: float) -> str:
    """Without trailing zeros; and without the exponent that ``g`` gives 12345.6 at three digits."""
    if "e" in text:
        text = f"{value:.0f}."
    return text.rstrip("0").rstrip(".")


def number_texts(values: tuple[float, ...]) -> tuple[str, ...]:
    """Three significant digits, or as many more as it takes to tell the values apart.

    >>> number_texts((0.1234, 0.1235))
    ('0.1234', '0.1235')
    """
    for digits in range(3, 18):
        texts = tuple(number_text(value, digits) for value in values)
        if len(set(texts)) == len(texts):
            break
    return texts


def caption_html(caption: str) -> str:
    r"""Escaped text; ``$...$`` becomes a span that MathJax typesets, in the book and in Jupyter.

    >>> caption_html("a < b, $x$")
    'a &lt; b, <span class="math notranslate nohighlight">\\(x\\)</span>'
    """
    return re.sub(
        r"\$([^$]+)\$",
        r'<span class="math notranslate nohighlight">\\(\1\\)</span>',
        escape(caption, quote=False),
    )
