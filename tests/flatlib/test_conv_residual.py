"""Networks that say where their units are: residual streams, and what they may claim."""

import numpy as np
import pytest
from conv_symmetry_cases import drawn_factors
from own_nets import Residual, Silent, SkipForgotten

import flatlib
from flatlib import MLP
from flatlib.activations import ACTIVATIONS
from flatlib.measures import balanced, imbalance
from flatlib.networks import HiddenLayer, hidden_units
from flatlib.transforms import Permutation, alpha_scale, scale_layers, scale_neurons


@pytest.mark.parametrize("name", ["relu", "leaky_relu"])
def test_a_residual_net_that_says_where_its_units_are_has_its_symmetries(name):
    rng = np.random.default_rng(0)
    net, inputs = Residual(ACTIVATIONS[name]), rng.normal(size=(20, 3))
    params = net.init(rng, bias_std=0.5)
    assert net.hidden_sizes == (4, 5)
    before = net.predict(params, inputs)
    scaling = scale_neurons(net, drawn_factors(net, 6))
    for symmetry in (
        scaling,
        Permutation(net, 1, rng.permutation(4)),
        Permutation(net, 2, [1, 0, 2, 4, 3]),
    ):
        after = net.predict(symmetry(params), inputs)
        np.testing.assert_allclose(after, before, rtol=0, atol=1e-12 * np.abs(before).max())

    def loss(values):
        return np.mean(net.predict(values, inputs) ** 2)

    d, old = scaling.diagonal, flatlib.hessian(loss, params)
    back = flatlib.hessian(loss, scaling(params)) / np.outer(d, d)
    np.testing.assert_allclose(back, old, rtol=0, atol=1e-10 * np.abs(old).max())


def test_the_shortest_residual_net_is_balanced_in_stream_and_block():
    net = Residual(ACTIVATIONS["relu"])
    params = net.init(np.random.default_rng(1), bias_std=0.5)
    best = balanced(net, params)
    first, bias, up, inner, down, outer, last = (array**2 for array in best.params)
    into = first.sum(0) + bias + down.sum(0) + outer
    np.testing.assert_allclose(into, up.sum(1) + last.sum(1), rtol=1e-7)
    np.testing.assert_allclose(up.sum(0) + inner, down.sum(1), rtol=1e-7)
    assert max(np.abs(delta).max() for delta in imbalance(net, best.params)) < 1e-6


def test_a_forgotten_skip_is_another_function():
    rng = np.random.default_rng(0)
    net, inputs = SkipForgotten(ACTIVATIONS["relu"]), rng.normal(size=(20, 3))
    params = net.init(rng, bias_std=0.5)
    inside = scale_neurons(net, [np.ones(4), np.full(5, 3.0)])(params)
    np.testing.assert_allclose(net.predict(inside, inputs), net.predict(params, inputs), rtol=1e-12)
    stream = scale_neurons(net, [np.full(4, 3.0), np.ones(5)])(params)
    assert np.abs(net.predict(stream, inputs) - net.predict(params, inputs)).max() > 0.1


def test_of_sums_whole_layers_are_refused_and_the_advice_works():
    net = Residual(ACTIVATIONS["relu"])
    with pytest.raises(TypeError, match="scale_neurons"):
        scale_layers(net, np.ones(3))
    with pytest.raises(TypeError, match="hidden_layers"):
        scale_neurons(Silent(ACTIVATIONS["relu"]), [np.ones(4), np.ones(5)])
    with pytest.raises(TypeError, match="hidden_layers"):
        Silent(ACTIVATIONS["relu"]).hidden_sizes  # noqa: B018
    with pytest.raises(ValueError, match="degree 1 where two paths"):
        scale_neurons(Residual(ACTIVATIONS["square"]), [np.ones(4), np.ones(5)])
    scale_neurons(net, [np.ones(4), np.ones(5)])


def test_a_subclass_that_computes_something_else_has_to_say_it_again():
    class Doubled(MLP):
        def predict(self, params, inputs):
            return 2 * super().predict(params, inputs)

    with pytest.raises(TypeError, match="Doubled"):
        alpha_scale(Doubled((2, 3, 1)), 2.0)


@pytest.mark.parametrize(
    ("layer", "words"),
    [(HiddenLayer((0, 2), (4,)), "into must name"), (HiddenLayer((0, 1), (4,)), "out must name")],
)
def test_units_that_do_not_fit_the_shapes_are_refused(layer, words):
    class Wrong(Silent):
        hidden_layers = (layer,)

    with pytest.raises(ValueError, match=words):
        hidden_units(Wrong(ACTIVATIONS["relu"]))
