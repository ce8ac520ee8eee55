"""The invariance matrix against the table written out, and how it is shown."""

import numpy as np
import pytest
from invariance_cases import COORDINATES, one
from truth_table import LINEAR, TABLE, assert_pattern

from flatlib import Objective, invariance_matrix
from flatlib.__main__ import main
from flatlib.invariance import FAMILIES, MEASURES, STAYS, UNDEFINED, Measure, default_scene, render
from flatlib.measures import hessian_trace

IN_COORDINATES = {
    **dict.fromkeys(list(TABLE)[:5], "xxx"),
    "θHθᵀ": "1xx",
    "E‖∇ₓf‖²": "111",
    "E[∇ₓf Σ ∇ₓfᵀ]": "111",
    "Fisher–Rao, model's labels": "1xx",
    "Fisher–Rao, data's labels": "1xx",
    "spectrum of (H, F)": "xxx",
    "adaptive sharpness, worst": "xxx",
    "adaptive sharpness, mean": "xxx",
    "adaptive, η = 0.01": "xxx",
    "adaptive, normalized logits": "xxx",
    "ε-sharpness, box without + 1": "xxx",
}
# what speaks of layers, units, paths or scalings of a network, or goes through its examples
OF_NETWORKS = [
    "adaptive, biases not scaled",
    "adaptive, by filter",
    "filter-normalized curvature",
    "normalized sharpness, sum",
    "normalized sharpness, root",
    "‖θ‖² tr H, all layers",
    "product of Frobenius norms",
    "product of spectral norms",
    "path norm, p = 1",
    "path norm, p = 2",
    "flat minimum search",
    *list(TABLE)[list(TABLE).index("relative flatness, layer 1") :],
]
NO_BIAS = {"quotient metric, largest": "1x1x1xxxx", "Fisher–Rao, model's labels": "11111111x"}


@pytest.fixture(scope="module")
def matrix():
    """One draw for each cell: a tick is met to a part in a million, which no accident does."""
    return invariance_matrix(np.random.default_rng(0), num_draws=1)


@pytest.mark.parametrize("name", TABLE)
def test_every_tick_and_cross(matrix, name):
    assert_pattern(matrix, name, TABLE[name], LINEAR)


@pytest.mark.parametrize("name", IN_COORDINATES)
def test_every_tick_and_cross_in_other_coordinates(matrix, name):
    assert_pattern(matrix, name, IN_COORDINATES[name], COORDINATES)


def test_a_dash_is_where_the_measure_speaks_of_a_network_and_nowhere_else(matrix):
    dashes = {pair for pair, cell in matrix.cells.items() if cell.verdict == "undefined"}
    expected = {(name, family) for name in OF_NETWORKS for family in COORDINATES}
    # its metric is defined for nets without biases
    expected |= {("quotient metric, largest", family) for family in FAMILIES}
    assert dashes == expected
    for name, family in dashes - {("quotient metric, largest", f) for f in FAMILIES}:
        assert matrix[name, family].problem == UNDEFINED.text


def test_the_whole_matrix_agrees_with_the_theory(matrix):
    assert matrix.contradictions == ()
    assert set(matrix.measures) == set(TABLE) | set(NO_BIAS)
    assert matrix.families == tuple(FAMILIES)


@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
def test_the_same_pattern_without_biases_and_for_either_loss(loss):
    objective, params = default_scene(np.random.default_rng(1), bias=False)
    if loss == "squared":
        targets = np.random.default_rng(2).normal(size=(60, 3))
        objective = Objective(objective.network, "squared", objective.inputs, targets)
    options = {"objective": objective, "params": params, "measures": list(NO_BIAS), "num_draws": 2}
    result = invariance_matrix(np.random.default_rng(3), **options)
    assert result.contradictions == ()
    for name, pattern in NO_BIAS.items():
        if loss == "squared":
            assert "cross-entropy" in result[name, "logits"].problem
            assert result[name, "logits"].verdict == "undefined"
            pattern = pattern[:3] + "." + pattern[4:]
        assert_pattern(result, name, pattern, LINEAR)
    deeper = result["Fisher–Rao, model's labels", "deepen"]
    np.testing.assert_allclose(deeper.ratios, (4 / 3) ** 2, rtol=1e-12)  # K = 3


def test_numbers_that_theory_predicts_are_met_to_rounding():
    for name, family in [
        ("trace", "neurons"),
        ("spectral norm", "affine"),
        ("Frobenius norm", "weight norm"),
        ("θHθᵀ", "power"),
        ("Fisher–Rao, data's labels", "radial"),
        ("flat minimum search", "layers"),
    ]:
        cell = one([name], [family])[name, family]
        np.testing.assert_allclose(cell.ratios, cell.predicted, rtol=1e-9)
        assert np.abs(cell.ratios - 1).max() > 1e-2


@pytest.mark.parametrize("family", ["layers", "neurons", "units"])
def test_noise_that_moves_with_the_weights_is_compared_to_rounding(matrix, family):
    cell = matrix["noise in proportion to weights", family]
    np.testing.assert_allclose(cell.ratios, 1.0, rtol=1e-6)


def test_the_table_names_each_row_and_says_what_the_marks_mean(matrix):
    text, html = str(matrix), matrix._repr_html_()
    for name in matrix.measures:
        assert name in text
        assert name.replace("'", "&#x27;") in html
    assert "0 against the theory" in text
    assert html.count("<td") == len(matrix.cells) == html.count("data-verdict=") - 4  # the style


def test_html_is_escaped():
    html = one({"<b>bold</b>": hessian_trace}, ["rotate"])._repr_html_()
    assert "<b>bold" not in html
    assert "&lt;b&gt;bold" in html


def test_a_ratio_near_1_does_not_look_like_1(matrix):
    for cell in matrix.cells.values():
        if cell.verdict == "changes":
            assert render.entry(cell).strip("×") not in ("1", "1.0", "1.00", "1.000", "✓")


def test_the_command_prints_the_matrix(capsys):
    assert main(["invariance", "trace", "θHθᵀ", "--draws", "1"]) == 0
    out = capsys.readouterr().out
    assert "trace" in out
    assert "0 against the theory" in out


def test_the_command_refuses_an_unknown_measure(capsys):
    assert main(["invariance", "flatness"]) == 2
    assert "measures must be" in capsys.readouterr().err


def test_the_command_fails_when_theory_is_contradicted(monkeypatch, capsys):
    row = Measure("planted", hessian_trace, {"neurons": STAYS})
    monkeypatch.setitem(MEASURES, "planted", row)
    assert main(["invariance", "planted", "--draws", "1"]) == 1
    assert "1 against the theory" in capsys.readouterr().out
