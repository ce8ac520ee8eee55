"""Which measure stays under which symmetry: the one table that tests are written against.

Written from the literature's definitions and proofs, not from the rows of the library.
"""

import numpy as np

# 1 stays, x moves, . is open.
MARKS = {"1": "invariant", "x": "changes"}
LINEAR = ("layers", "neurons", "permute", "logits", "rotate", "units", "affine", "split", "deepen")
TABLE = {
    "spectral norm": "xx111xxxx",
    "trace": "xx111xxxx",
    "Frobenius norm": "xx111xxxx",
    "log-product of the top 5": "xx111xxxx",
    "quadratic sharpness": "xx111xxxx",
    "ε-sharpness, ball": "xx111xxxx",
    "ε-sharpness, Keskar's box": "xx1xxxxxx",
    "ε-sharpness, box without + 1": "111xx1x1x",
    "local entropy": "xx111xxxx",
    "θHθᵀ": "11111111x",
    "E‖∇ₓf‖²": "111x1xx11",
    "E[∇ₓf Σ ∇ₓfᵀ]": "111x11111",
    "Fisher–Rao, model's labels": "11111111x",
    "Fisher–Rao, data's labels": "11111111x",
    "spectrum of (H, F)": "11111111x",
    "spectrum of F⁺H": "xx111xxxx",
    "spectrum of (F + 10⁻³)⁻¹H": "xx111xxxx",
    "adaptive sharpness, worst": "111xx1xxx",
    "adaptive sharpness, mean": "111xx1xxx",
    "adaptive, η = 0.01": "xx1xxxxxx",
    "adaptive, biases not scaled": "xx1xx1xxx",
    "adaptive, normalized logits": "111xx1xxx",
    "adaptive, by filter": "1x1x1xxxx",
    "filter-normalized curvature": "1x1x1xxxx",
    "normalized sharpness, sum": "111xx1x1x",
    "normalized sharpness, root": "111xx1xxx",
    "‖θ‖² tr H, all layers": "xx1x1xxxx",
    "noise in proportion to weights": "111..1...",
    "product of Frobenius norms": "1x1x1xxxx",
    "product of spectral norms": "1x1x1xxx1",
    "path norm, p = 1": "111xxxx11",
    "path norm, p = 2": "111x1xxx1",
    "flat minimum search": "xx1xxxxxx",
    "relative flatness, layer 1": "11111xx11",
    "relative flatness, layer 2": "1x11111xx",
    "relative flatness, last": "1x1111111",
    "normalized features, layer 1": "1111x1x11",
    "normalized features, layer 2": "1111111xx",
    "normalized features, last": "111111111",
    "column form, layer 1": "1111x1x11",
    "column form, layer 2": "1111111x1",
    "column form, last": "111111111",
    "‖W‖² tr H, layer 1": "1x111xxx1",
    "‖W‖² tr H, last": "1x1x11111",
    "κ_max, layer 1": "11111xxx1",
    "κ_max, last": "1x1x11111",
    "least trace over layers": "1x111xx.x",
    "least trace over units": "11111xx1x",
    "least Frobenius norm over units": "11111xx.x",
    "least log-product of the top 5 over units": "11111xx.x",
}
# Rows that the library's own table of measures leaves out.
MORE = {
    "‖W‖² tr H, layer 2": "1x.1111..",
    "κ_max, layer 2": "1x.1111..",
}


def stays(name: str, family: str) -> bool:
    """Whether a measure stays under a family."""
    mark = (TABLE | MORE)[name][LINEAR.index(family)]
    assert mark in "1x", "the table leaves it open"
    return mark == "1"


def assert_pattern(matrix, name, pattern, families):
    """Verdicts of a row of a measured matrix are those of the pattern; ticks to rounding."""
    for family, mark in zip(families, pattern, strict=True):
        if mark == ".":
            continue
        cell = matrix[name, family]
        assert cell.verdict == MARKS[mark], (name, family, cell.ratios, cell.problem)
        if mark == "1" and not cell.measure.sampled:
            np.testing.assert_allclose(cell.ratios, 1.0, rtol=1e-6)
