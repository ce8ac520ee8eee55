"""How long a page takes: its words, formulae and lines of code at a reader's pace.

A proof takes two and a half times as long, word for word. Solutions of exercises are not counted,
for how long an exercise takes nobody can say.
"""

import re

FENCED = re.compile(r"^(:{3,})\{(\w+)\}([^\n]*)\n(.*?)^\1\s*$", re.MULTILINE | re.DOTALL)
DISPLAYED = re.compile(r"\$\$.*?\$\$", re.DOTALL)
INLINE = re.compile(r"\$[^$]+\$")
ROLE = re.compile(r"\{[a-z:]+\}`[^`]*`")
WORD = re.compile(r"[A-Za-z'’-]+")
# minutes
PER_WORD, PER_DISPLAYED, PER_INLINE, PER_LINE = 1 / 155, 0.25, 0.05, 0.04
PROOF = 2.5
ANSWERS = ("What came out", "What we found")


def _minutes(text):
    displayed = len(DISPLAYED.findall(text))
    text = DISPLAYED.sub(" ", text)
    inline = len(INLINE.findall(text))
    words = len(WORD.findall(ROLE.sub(" word ", INLINE.sub(" ", text))))
    return words * PER_WORD + displayed * PER_DISPLAYED + inline * PER_INLINE


def _folded(text):
    """What is folded in a text, by kind and title."""
    return [(kind, title.strip(), body) for _, kind, title, body in FENCED.findall(text)]


def reading_time(notebook):
    """Minutes without the folded proofs and with them, to the next multiple of five."""
    plain = proofs = 0.0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            plain += PER_LINE * len(cell.source.splitlines())
            continue
        plain += _minutes(cell.source)
        for kind, title, body in _folded(cell.source):
            if kind == "solution" or (kind == "dropdown" and not title.startswith(ANSWERS)):
                plain -= _minutes(body)
            if kind == "dropdown" and not title.startswith(ANSWERS):
                proofs += PROOF * _minutes(body)
    return tuple(5 * max(1, round(minutes / 5)) for minutes in (plain, plain + proofs))
