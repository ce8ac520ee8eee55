"""A measure, a family or a symmetry of one's own in the matrix, and counterexamples."""

import numpy as np
import pytest
from invariance_cases import one

import flatlib
from flatlib.invariance import FAMILIES, Family, Measure, default_scene, report
from flatlib.measures import hessian_trace
from flatlib.transforms import alpha_scale, scale_neurons


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
