"""The invariance matrix against the table written out, and against planted mistakes."""

import numpy as np
import pytest
from truth_table import LINEAR, TABLE, assert_pattern

import flatlib
from flatlib import Objective, invariance_matrix
from flatlib.__main__ import main
from flatlib.invariance import (
    FAMILIES,
    MEASURES,
    MOVES,
    STAYS,
    UNDEFINED,
    Family,
    Law,
    Measure,
    default_scene,
    render,
    report,
    rows_fisher,
)
from flatlib.invariance import laws as laws_module
from flatlib.measures import adaptive_sharpness, hessian_trace, noise_tolerance
from flatlib.transforms import Scaling, alpha_scale, scale_neurons

COORDINATES = ("weight norm", "radial", "power")
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


def one(measure, families, **options):
    return invariance_matrix(
        np.random.default_rng(0), measures=measure, transforms=families, **options
    )


def test_a_bias_left_unscaled_is_named():
    objective, params = default_scene(np.random.default_rng(0))

    def draw(objective, params, strength, rng):
        right = scale_neurons(objective.network, [rng.uniform(1, 2, size=5), np.ones(6)])
        multipliers = right.multipliers.copy()
        multipliers[20:25] = 1.0  # the first layer's biases, after its 4 * 5 weights
        return Scaling(objective.network, multipliers)

    with pytest.raises(ValueError, match="neuron scaling must leave what the network says alone"):
        one(["trace"], [Family("forgetful", draw)], objective=objective, params=params)


@pytest.mark.parametrize("options", [{"eta": 0.01}, {"biases": "free"}, {"by": "filter"}])
def test_an_adaptive_sharpness_that_is_not_invariant_contradicts_the_law(options):
    planted = Measure(
        "planted",
        lambda objective, params: adaptive_sharpness(objective, params, **options),
        MEASURES["adaptive sharpness, worst"].laws,
    )
    assert one([planted], ["neurons"]).contradictions == (("planted", "neurons"),)
    assert one(["adaptive sharpness, worst"], ["neurons"]).contradictions == ()


@pytest.mark.parametrize("family", ["neurons", "rotate", "permute"])
def test_a_part_in_a_hundred_thousand_of_something_else_is_seen(family):
    def planted(objective, params):
        first = np.abs(params[0][0, 0])  # one weight
        return MEASURES["Fisher–Rao, model's labels"](objective, params) * (1 + 1e-4 * first)

    row = Measure("planted", planted, {family: STAYS})
    assert one([row], [family]).contradictions == (("planted", family),)


def test_a_law_off_by_a_part_in_a_thousand_is_seen():
    spoiled = Law("spoiled", lambda *where: 1.001 * laws_module.SQUARE.ratio(*where))
    row = Measure("planted", MEASURES["Fisher–Rao, model's labels"].function, {"radial": spoiled})
    assert one([row], ["radial"]).contradictions == (("planted", "radial"),)


def test_a_measure_said_to_move_that_does_not_is_seen():
    row = Measure("planted", hessian_trace, {"rotate": MOVES})
    assert one([row], ["rotate"])["planted", "rotate"].verdict == "contradicts"


def test_a_fisher_matrix_that_forgets_the_jacobian_is_seen(monkeypatch):
    def forgetful(curvature, objective, params):
        if not hasattr(objective, "g"):
            return curvature(objective, params)
        theta = flatlib.flatten(objective.g(params))
        return curvature(objective.loss, objective.g(params))[: len(theta), : len(theta)]

    monkeypatch.setattr(rows_fisher, "_matrix", forgetful)
    name = "Fisher–Rao, model's labels"
    assert one([name], ["radial"]).contradictions == ((name, "radial"),)


def test_the_same_generator_gives_the_same_matrix():
    names, families = ["trace", "ε-sharpness, ball"], ["neurons", "split"]
    first, second = one(names, families), one(names, families)
    for pair, cell in first.cells.items():
        np.testing.assert_array_equal(cell.ratios, second.cells[pair].ratios)


def test_a_row_does_not_depend_on_its_neighbours():
    alone = one(["trace"], ["affine"])
    among = one(["spectral norm", "trace"], ["neurons", "affine"])
    pair = ("trace", "affine")
    np.testing.assert_array_equal(alone[pair].ratios, among[pair].ratios)


def test_a_counterexample_is_mild_and_can_be_measured_again():
    found = one(["trace"], ["neurons"]).counterexample("trace", "neurons")
    assert 1e-3 < abs(found.ratio - 1) < 1e-2
    assert found.trial.strength < 0.1
    assert found.again() == (found.before, found.after)
    found.trial.symmetry.check(found.trial.objective, found.trial.params)
    # by hand, without the matrix
    moved = found.trial.symmetry(found.trial.params)
    by_hand = hessian_trace(found.trial.objective, moved)
    np.testing.assert_allclose(by_hand, found.after, rtol=1e-12)
    assert "trace" in str(found)
    assert "neurons" in str(found)


def test_a_counterexample_without_a_strength_is_the_mildest_draw():
    matrix = one(["trace"], ["split"], num_draws=4)
    moves = np.abs(matrix["trace", "split"].ratios - 1)
    found = matrix.counterexample("trace", "split")
    np.testing.assert_allclose(abs(found.ratio - 1), moves[moves > 1e-3].min(), rtol=1e-12)


def test_a_measure_of_ones_own():
    def length(objective, params):
        return np.linalg.norm(flatlib.flatten(params))

    found = report(length, np.random.default_rng(0))
    assert found.invariant_under == ("permute", "rotate")
    assert set(found.moved_by) == set(FAMILIES) - {"permute", "rotate"}
    assert "undefined" not in str(found)
    assert str(found) in found._repr_html_()
    assert str(found).startswith("length: invariant under permute, rotate; moved by layers (×")
    assert found.counterexample().trial.family.name == "layers"
    assert found.counterexample("affine").trial.family.name == "affine"


def _misspelt(objective, params):
    return objective.netwrok


def _wrong_shape(objective, params):
    return (objective.inputs @ params[0].T).sum()


def _nan(objective, params):
    return np.nan


def _array(objective, params):
    return params[0]


@pytest.mark.parametrize(
    ("measure", "error", "words"),
    [
        (_misspelt, AttributeError, "netwrok"),
        (_wrong_shape, ValueError, "matmul"),
        (_nan, ValueError, "the value of _nan must be finite"),
        (_array, ValueError, r"the value of _array must be one number, got shape \(4, 5\)"),
        (lambda objective, params: None, TypeError, "must hold real numbers"),
    ],
)
def test_a_bug_in_a_measure_of_ones_own_is_raised_as_it_is(measure, error, words):
    with pytest.raises(error, match=words):
        report(measure, np.random.default_rng(0), transforms=["layers"])


def test_a_bug_in_a_family_of_ones_own_is_raised_as_it_is():
    def draw(objective, params, strength, rng):
        return scale_neurons(objective.network, [np.ones(5), np.ones(99)])

    with pytest.raises(ValueError, match="99"):
        one(["trace"], [Family("too many", draw)])


def test_what_is_refused_after_a_move_where_theory_has_a_number_contradicts_it():
    row = Measure("planted", lambda objective, params: objective.network.depth, {"radial": STAYS})
    cell = one([row], ["radial"])["planted", "radial"]
    assert (cell.verdict, render.entry(cell)) == ("contradicts", "!–")
    assert "network" in cell.problem


def test_a_number_where_theory_has_none_contradicts_it():
    row = Measure("planted", hessian_trace, {"radial": UNDEFINED, "rotate": UNDEFINED})
    assert len(one([row], ["radial", "rotate"]).contradictions) == 2


def _scattered(law):
    """64 positive estimates of one number, which the move of the layers multiplies by a factor."""

    def function(objective, params):
        size = np.linalg.norm(params[0])
        rng = np.random.default_rng(int(1e6 * size) % 2**32)
        return law(size) * np.exp(0.5 * rng.normal(size=64))

    return function


def test_a_sampled_measure_is_compared_in_law_with_its_standard_error():
    rows = [
        Measure("same", _scattered(lambda size: 1.0), {"layers": STAYS}, sampled=True),
        Measure("other", _scattered(lambda size: size), {"layers": STAYS}, sampled=True),
    ]
    matrix = one(rows, ["layers"], num_draws=40)
    same, other = matrix["same", "layers"], matrix["other", "layers"]
    # 64 independent pairs of deviation 1/2 each: sqrt(2)/2/8, a tenth of it by chance
    np.testing.assert_allclose(same.errors, np.sqrt(0.5) / 8, rtol=0.4)
    deviations = np.log(same.ratios) / same.errors
    assert 0.7 < deviations.std() < 1.3
    assert (same.verdict, other.verdict) == ("invariant", "contradicts")
    assert "±" in render.entry(same)
    assert "in law" in str(matrix)
    found = matrix.counterexample("other", "layers")
    assert abs(found.ratio - 1) > same.errors.min()


def test_ten_draws_would_have_moved_a_permuted_net():
    """What the row was: one estimate with ten draws, compared to a part in a million."""

    def few(objective, params):
        return noise_tolerance(
            objective, params, np.random.default_rng(0), magnitude_aware=True, num_samples=10
        )

    planted = Measure("planted", few, {"permute": STAYS})
    assert one([planted], ["permute"]).contradictions == (("planted", "permute"),)
    name = "noise in proportion to weights"
    cell = one([name], ["permute"])[name, "permute"]
    assert cell.verdict == "invariant"
    assert cell.errors.min() > 0


@pytest.mark.parametrize("family", ["layers", "neurons", "units"])
def test_noise_that_moves_with_the_weights_is_compared_to_rounding(matrix, family):
    cell = matrix["noise in proportion to weights", family]
    np.testing.assert_allclose(cell.ratios, 1.0, rtol=1e-6)


@pytest.mark.parametrize("options", [{"eta": 0.02}, {"kind": "gaussian"}])
def test_the_law_of_another_adaptive_sharpness_in_coordinates_is_seen(options):
    planted = Measure(
        "planted",
        lambda objective, params: adaptive_sharpness(objective, params, **options),
        MEASURES["adaptive sharpness, worst"].laws,
    )
    matrix = one([planted], COORDINATES)
    assert len(matrix.contradictions) == 3


def test_a_measure_that_refuses_is_undefined_and_says_why():
    def picky(objective, params):
        if len(params) > 6:
            raise ValueError("params must be six arrays, got more. Take a layer away.")
        return 1.0

    found = report(picky, np.random.default_rng(0), transforms=["deepen", "permute"])
    assert found.where("undefined") == ("deepen",)
    assert "six arrays" in found.matrix["picky", "deepen"].problem
    assert "undefined under deepen (params must be six arrays, got more." in str(found)


def test_a_single_symmetry_can_be_a_column():
    objective, params = default_scene(np.random.default_rng(0))
    scaling = alpha_scale(objective.network, 2.0)
    result = one(["trace"], [scaling], objective=objective, params=params, num_draws=1)
    before, after = hessian_trace(objective, params), hessian_trace(objective, scaling(params))
    np.testing.assert_allclose(result["trace", "layer scaling"].ratios, after / before, rtol=1e-12)


def test_a_logarithm_is_compared_by_what_it_is_the_logarithm_of():
    def log_trace(objective, params):
        return np.log(hessian_trace(objective, params))

    rows = [Measure("log", log_trace, logarithmic=True), Measure("plain", hessian_trace)]
    result = one(rows, ["neurons"])
    plain, log = result["plain", "neurons"].ratios, result["log", "neurons"].ratios
    np.testing.assert_allclose(log, plain, rtol=1e-12)


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
