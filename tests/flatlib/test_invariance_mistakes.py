"""Mistakes planted in measures, laws and symmetries, which the invariance matrix sees."""

import numpy as np
import pytest
from invariance_cases import COORDINATES, one

import flatlib
from flatlib.invariance import (
    MEASURES,
    MOVES,
    STAYS,
    UNDEFINED,
    Family,
    Law,
    Measure,
    default_scene,
    render,
    rows_fisher,
)
from flatlib.invariance import laws as laws_module
from flatlib.measures import adaptive_sharpness, hessian_trace, noise_tolerance
from flatlib.transforms import Scaling, scale_neurons


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


@pytest.mark.parametrize("options", [{"eta": 0.02}, {"kind": "gaussian"}])
def test_the_law_of_another_adaptive_sharpness_in_coordinates_is_seen(options):
    planted = Measure(
        "planted",
        lambda objective, params: adaptive_sharpness(objective, params, **options),
        MEASURES["adaptive sharpness, worst"].laws,
    )
    matrix = one([planted], COORDINATES)
    assert len(matrix.contradictions) == 3
