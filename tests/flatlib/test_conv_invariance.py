"""The invariance matrix of a convolutional net: the table of dense nets, with channels as units.

Its rotations, units and affine maps are of the two channels of the inputs, at every position alike:
a convolution takes up no other, which is the only difference.
"""

import numpy as np
import pytest
from truth_table import LINEAR, TABLE, assert_pattern

import flatlib
from flatlib import invariance_matrix
from flatlib.invariance import FAMILIES, UNDEFINED, default_scene, report
from flatlib.invariance.measure import Measure
from flatlib.invariance.rows_layers import LAYERS
from flatlib.networks import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool
from flatlib.params import flatten
from flatlib.transforms import AffineMap, InputMap

NET = ConvNet((6, 2), [Conv(3, 2), MaxPool(2, stride=1), Conv(4, 2), Dense(3)])
# the same code as for dense nets, and seconds each
LONG = {
    "ε-sharpness, Keskar's box",
    "ε-sharpness, ball",
    "ε-sharpness, box without + 1",
    "quadratic sharpness",
    "log-product of the top 5",
    "local entropy",
    "spectrum of (H, F)",
    "spectrum of F⁺H",
    "adaptive, normalized logits",
    "noise in proportion to weights",
    "least log-product of the top 5 over units",
}
ROWS = [name for name in TABLE if name not in LONG]


def scene(network=NET, seed=0):
    objective, params = default_scene(np.random.default_rng(seed), network=network)
    return {"objective": objective, "params": params}


@pytest.fixture(scope="module")
def matrix():
    options = {"transforms": LINEAR, "measures": ROWS, "num_draws": 1}
    return invariance_matrix(np.random.default_rng(0), **scene(), **options)


@pytest.mark.parametrize("name", ROWS)
def test_every_tick_and_cross_is_that_of_dense_nets(matrix, name):
    assert_pattern(matrix, name, TABLE[name], LINEAR)


def test_nothing_contradicts_the_theory_and_nothing_refuses(matrix):
    assert matrix.contradictions == ()
    assert all(cell.verdict != "undefined" for cell in matrix.cells.values())


def test_images_whose_maps_are_averaged_have_the_same_table():
    net = ConvNet((5, 4, 2), [AveragePool(2, stride=1), Conv(3, 2), Conv(3, 2), GlobalAverage()])
    rows = ["relative flatness, layer 2", "column form, layer 2", "path norm, p = 2", "trace"]
    options = {"transforms": LINEAR, "measures": rows, "num_draws": 1}
    result = invariance_matrix(np.random.default_rng(1), **scene(net), **options)
    for name in rows:
        assert_pattern(result, name, TABLE[name], LINEAR)


def by_position(objective, params):
    """The column form of layer 2 with each position of the kernel taken for a unit of its own."""
    network, k = objective.network, 2 * (2 - 1)
    start = sum(int(np.prod(shape)) for shape in network.param_shapes[:k])
    kernel = params[k].reshape(-1, params[k].shape[-1])
    own = start + np.arange(kernel.size)
    block = flatlib.hessian(objective, params)[np.ix_(own, own)].reshape(2 * kernel.shape)
    return np.einsum("js,jsjt,jt->", kernel, block, kernel)


def test_a_kernel_read_position_by_position_contradicts_the_law():
    """Where a channel is no unit: a layer put in between joins its positions again."""
    (row,) = (row for row in LAYERS if row.name == "column form, layer 2")
    measure = Measure("by position", by_position, row.laws)
    result = invariance_matrix(
        np.random.default_rng(0), **scene(), measures=[measure, row], transforms=LINEAR, num_draws=1
    )
    assert result.contradictions == (("by position", "deepen"),)


def test_a_map_that_mixes_positions_is_refused():
    params = scene()["params"]
    with pytest.raises(ValueError, match="must have 12 inputs"):
        InputMap(NET, AffineMap(np.eye(12)))(params)


def test_the_report_of_a_measure_of_ones_own():
    def length(objective, params):
        return np.linalg.norm(flatten(params))

    found = report(length, np.random.default_rng(0), num_draws=1, **scene())
    assert found.invariant_under == ("permute", "rotate")
    assert set(found.where("changes")) == set(FAMILIES) - {"permute", "rotate"}
    worst = found.counterexample("neurons")
    assert worst.ratio != 1 and worst.trial.objective.network == NET


def test_in_other_coordinates_filters_have_lengths_and_layers_none():
    options = {"transforms": ["weight norm", "radial"], "num_draws": 1}
    rows = ["θHθᵀ", "Fisher–Rao, model's labels", "κ_max, layer 1"]
    result = invariance_matrix(np.random.default_rng(0), measures=rows, **options, **scene())
    assert result.contradictions == ()
    assert result["κ_max, layer 1", "radial"].problem == UNDEFINED.text
    assert result["θHθᵀ", "weight norm"].verdict == "invariant"


def test_a_scene_has_no_dead_channel():
    narrow = ConvNet((3, 1), [Conv(4, 3), Dense(2)])
    for seed in range(8):
        objective, params = default_scene(np.random.default_rng(seed), network=narrow)
        hidden = narrow.layer_inputs(params, objective.inputs)[1]
        assert (hidden > 0).any(axis=(0, 2)).all()
    with pytest.raises(TypeError, match="network"):
        default_scene(np.random.default_rng(0), network="6-2-3")
