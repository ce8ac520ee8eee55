"""Symmetries have names, and mistakes are told with them."""

import numpy as np
import pytest
from every_symmetry import every_symmetry, net_and_data

import flatlib
from flatlib.transforms import (
    AffineMap,
    Coordinates,
    InputMap,
    Scaling,
    Substitution,
    WeightNormalization,
    alpha_scale,
    scale_neurons,
)
from flatlib.transforms.symmetry import refuse_change


def test_coordinates_that_lead_elsewhere_are_named():
    _, objective, params, _ = net_and_data()
    twice = Substitution(
        lambda eta: tuple(2 * array for array in eta),
        backward=lambda theta: theta,  # not the way back
    )
    with pytest.raises(ValueError, match="doubled coordinates must leave"):
        Coordinates(twice, group="doubled coordinates").check(objective, params)


def test_a_bias_left_unscaled_is_named():
    net, objective, params, _ = net_and_data()
    right = scale_neurons(net, [[2.0, 1.0, 1.0, 1.0], np.ones(5)])
    multipliers = right.multipliers.copy()
    multipliers[12] = 1.0  # the bias of the first unit, after 3 * 4 weights
    right.check(objective, params)
    with pytest.raises(ValueError, match="neuron scaling must leave what the network says alone"):
        Scaling(net, multipliers).check(objective, params)


@pytest.mark.parametrize("spoiled", ["fold", "__call__"])
def test_an_input_map_without_compensation_is_named(monkeypatch, spoiled):
    net, objective, params, _ = net_and_data()
    affine = AffineMap(np.diag([1.0, 1.0, 1.001]))
    if spoiled == "fold":
        monkeypatch.setattr(AffineMap, "fold", lambda self, network, params: params)
    else:
        monkeypatch.setattr(AffineMap, "__call__", lambda self, inputs: inputs)
    with pytest.raises(ValueError, match="units of the inputs must leave"):
        InputMap(net, affine).check(objective, params)


def test_groups_have_names():
    net, _, _, rng = net_and_data()
    assert [symmetry.group for symmetry in every_symmetry(net, rng)] == [
        "layer scaling",
        "neuron scaling",
        "permutation",
        "logit shift",
        "rotation of the inputs",
        "units of the inputs",
        "affine map of the inputs",
        "neuron split",
        "neuron split",
        "identity layer",
        "identity layer",
    ]


def test_a_scaling_still_composes_and_is_called_as_before():
    net, _, params, _ = net_and_data()
    twice = alpha_scale(net, 2.0) @ alpha_scale(net, 3.0)
    np.testing.assert_array_equal(twice(params)[0], alpha_scale(net, 6.0)(params)[0])
    assert isinstance(twice, flatlib.transforms.Symmetry)


def test_a_symmetry_equals_itself_alone_and_can_be_a_key():
    """By its arrays it would be neither: they compare entry by entry, and have no hash."""
    net, *_ = net_and_data()
    ones, others = (every_symmetry(net, np.random.default_rng(0)) for _ in range(2))
    g, xi = WeightNormalization(net, layer=1), AffineMap(np.eye(3))
    shared = [[Coordinates(g), InputMap(net, xi)] for _ in range(2)]
    ones, others = [*ones, *shared[0]], [*others, *shared[1]]
    for one, other in zip(ones, others, strict=True):
        assert one == one and one != other
        assert len({one, other}) == 2


@pytest.mark.parametrize("lost", [np.nan, np.inf])
def test_outputs_that_are_lost_are_a_change_and_name_the_symmetry(lost):
    with pytest.raises(ValueError, match="doubling must leave what the network says alone"):
        refuse_change("doubling", [1.0, 2.0], [1.0, lost], 1e-9)
