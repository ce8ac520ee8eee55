"""What each stop of the afternoon tells a reader who has read nothing but the stops before it."""

import re
from collections import namedtuple

import nbformat
from pages import ROOT

STOPS = (
    "three_notions",
    "hessian_transform",
    "low_complexity",
    "volume_and_accuracy",
    "reconciliation",
)
ENDS = "{admonition} Enough for an afternoon"
Stop = namedtuple("Stop", "name head body box")

# Where a word is explained, in these words.
WORDS = {
    "observationally equivalent": "are *observationally equivalent* if",
    "spectral norm": "its spectral norm the largest size of an eigenvalue",
    "Hessian": "is the matrix of the second derivatives of the loss",
    "trace": "its trace the sum of the eigenvalues",
    "ReLU": r"Its one hidden unit is a ReLU, $\mathop{\mathrm{relu}}(z)=\max(0,z)$",
    "orbit": "that is, of all that scalings make of it",
    "complexity": "It measures how much a function swings, by its mean squared slope.",
    "interpolate": "the network *interpolates* the five points: its loss on them is 0",
    "ridge regression": "That is a fit by a polynomial whose coefficients are kept small",
    "attack set": "more points that are wrong on purpose, an {term}`attack set`",
    "rank correlation": "the correlation of the ranks",
    "bootstrap": "the nets are drawn again and again from themselves",
    "Frobenius norm": "the root of the sum of all squared entries of the Hessian",
    "ellipsoid": "an ellipsoid, a stretched ball",
    "one-hot": "1 for the right class $y$ and 0 for the others",
    "residuals": "of what the outputs still miss",
}
# Where a letter or a sign of formulae is explained; its meaning stays.
LETTERS = {
    r"\theta": r"A network with parameters $\theta \in \Theta$",
    r"\Theta": r"A network with parameters $\theta \in \Theta$",
    "f": r"computes a function $f_\theta$",
    "x": "for every input $x$",
    "L": r"The loss $L$ depends on $\theta$",
    r"\epsilon": r"Here $\epsilon$ is a height, a difference of losses",
    "C": r"let $C(L, \theta, \epsilon)$ be the largest connected set",
    r"\nabla": r"The Hessian $\nabla^2L$ is the matrix",
    r"\tr": "its trace the sum of the eigenvalues",
    r"\lVert": "its spectral norm the largest size of an eigenvalue",
    "P": "with $P$ weights the trace lies between",
    "B": r"be the Euclidean ball of radius $\epsilon$",
    r"\relu": r"$\mathop{\mathrm{relu}}(z)=\max(0,z)$",
    "z": r"$\mathop{\mathrm{relu}}(z)=\max(0,z)$",
    r"\alpha": r"The first layer was multiplied by $\alpha$",
    "n": "$n_1$ and $n_2$ of them",
    "T": r"Let $T_\alpha$ be the",
    "D": r"$D_\alpha$ is a diagonal matrix",
    r"\diag": r"$D_\alpha$ is a diagonal matrix",
    "I": "$I_n$ the unit matrix of size $n$",
    "H": r"with $H = \nabla^2 L(\theta)$",
    "y": "The data are $y = x^3",
    "N": "The noise is normal; the paper writes $N(0, 0.1)$",
    r"\lambda": r"$\lambda$ says how firmly",
    "V": "A large $V$ means a narrow valley.",
    "k": "product of the $k$ largest eigenvalues",
    "i": "product of the $k$ largest eigenvalues",
    r"\delta": r"Move the weights by $\delta$",
    "c": r"is at most some $c$",
    "p": "Where the net says $p$",
    "e": "proportional to $e^{-V(k)/2}$",
}
# Signs that a reader brings along.
KNOWN = set(
    (
        r"\frac \bigl \bigr \ge \le \in \max \sqrt \mapsto \log \sum \top \qquad \dots \ne \rVert"
    ).split()
)


def read(name):
    """The stretch of a page that is a stop: its head, its prose without proofs, its last box."""
    cells = nbformat.read(ROOT / f"book/{name}.ipynb", 4).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    (last,) = [k for k, text in enumerate(prose) if ENDS in text]
    body = re.sub(r":::\{dropdown\} Proof.*?\n:::(\n|$)", "", "\n\n".join(prose[:last]), flags=re.S)
    (head,) = re.findall(r":::\{div\} afternoon\n(.*?)\n:::", body, re.S)
    return Stop(name, head, body.replace(head, ""), prose[last])


def formulae(text):
    """All that stands between dollar signs, without words."""
    found = re.findall(r"\$\$(.*?)\$\$|\$([^$]+?)\$", text, re.S)
    inside = " ".join(map("".join, found)).replace(r"^{\mathsf{T}}", " ")
    inside = re.sub(r"\\mathop\{\\mathrm\{(\w+)\}\}", r"\\\1 ", inside)  # a name of its own
    return re.sub(r"\\(begin|end|text|mathrm)\{[^}]*\}", " ", inside)


def signs(text):
    """The letters and the commands of the formulae of a text."""
    letters = re.findall(r"\\[a-zA-Z]+|[a-zA-Z]", formulae(text))
    return {sign for sign in letters} - KNOWN


def plain(text):
    """Prose without titles of pages, addresses, labels of claims, and sources."""
    text = re.sub(r"\[[A-Z][^]]*\]\(\w+\.ipynb\)", "", text)
    return re.sub(r"\]\([^)]*\)|\{cite:\w\}`[^`]*`|<span.*?</span>|^:\w+:.*$", "", text, flags=re.M)
