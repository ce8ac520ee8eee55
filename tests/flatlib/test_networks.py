"""Predictions against a loop over units, scikit-learn's forward pass, and autograd."""

import autograd
import autograd.numpy as anp
import numpy as np
import oracles
import pytest
import scipy.special
from hypothesis import given, settings
from sklearn.neural_network import MLPClassifier, MLPRegressor
from strategies import cases, make_case

import flatlib


def predict_unit_by_unit(case, x):
    """One example, one unit, one weight at a time."""
    phi, _ = oracles.ACTIVATIONS[case.activation]
    arrays, values = list(case.params), list(x)
    for layer, (n, m) in enumerate(zip(case.sizes, case.sizes[1:], strict=False)):
        weights = arrays.pop(0)
        biases = arrays.pop(0) if case.bias else np.zeros(m)
        zs = [sum(values[i] * weights[i, j] for i in range(n)) + biases[j] for j in range(m)]
        is_output = layer == len(case.sizes) - 2
        values = zs if is_output else [phi(np.float64(z)) for z in zs]
    return values


@given(case=cases())
def test_predict_is_the_loop_over_units(case):
    desired = [predict_unit_by_unit(case, x) for x in case.inputs]
    actual = case.network.predict(case.params, case.inputs)
    np.testing.assert_allclose(actual, desired, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("relu", "relu"), ("tanh", "tanh"), ("logistic", "sigmoid"), ("identity", "linear")],
)
def test_predict_is_scikit_learns_regressor(theirs, ours):
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(20, 3)), rng.normal(size=(20, 2))
    model = MLPRegressor(hidden_layer_sizes=(5, 4), activation=theirs, random_state=0)
    model.partial_fit(inputs, targets)
    network = flatlib.MLP((3, 5, 4, 2), activation=ours)
    params = interleave(model.coefs_, model.intercepts_)
    np.testing.assert_allclose(network.predict(params, inputs), model.predict(inputs), rtol=1e-12)


def test_predict_is_scikit_learns_classifier_before_softmax():
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(20, 3)), np.arange(20) % 4
    model = MLPClassifier((5,), random_state=0).partial_fit(inputs, labels, classes=range(4))
    outputs = flatlib.MLP((3, 5, 4)).predict(interleave(model.coefs_, model.intercepts_), inputs)
    desired = model.predict_proba(inputs)
    np.testing.assert_allclose(scipy.special.softmax(outputs, axis=1), desired, rtol=1e-12)


def interleave(weights, biases):
    return [array for pair in zip(weights, biases, strict=True) for array in pair]


@given(case=cases())
def test_the_last_pre_activation_is_the_prediction_and_one_follows_from_the_other(case):
    zs = case.network.pre_activations(case.params, case.inputs)
    assert [z.shape[1] for z in zs] == list(case.sizes[1:])
    np.testing.assert_array_equal(zs[-1], case.network.predict(case.params, case.inputs))


@given(case=cases())
def test_predict_writes_to_nothing(case):
    for array in (*case.params, case.inputs):
        array.setflags(write=False)
    case.network.predict(case.params, case.inputs)


def test_lists_integers_and_float32_are_converted():
    network = flatlib.MLP((2, 1), bias=False)
    for params in ([[[1], [2]]], ([[1.0], [2.0]],), [np.array([[1], [2]], dtype=np.float32)]):
        outputs = network.predict(params, np.array([[3, 4]], dtype=np.int8))
        np.testing.assert_array_equal(outputs, [[11.0]])
        assert outputs.dtype == np.float64


@settings(max_examples=50)
@given(case=cases())
def test_traceable_in_params_and_in_inputs(case):
    def total(params, inputs):
        return anp.sum(case.network.predict(params, inputs))

    by_params = autograd.grad(total, 0)(case.params, case.inputs)
    assert [array.shape for array in by_params] == [array.shape for array in case.params]
    by_inputs = autograd.grad(total, 1)(case.params, case.inputs)
    desired = [
        oracles.central_difference(
            lambda x: case.network.predict(case.params, x[None, :]).sum(), x, step=1e-6
        )
        for x in case.inputs
    ]
    # truncation 1e-12 times the third derivative, cancellation 1e-16 / 1e-6
    scale = max(1.0, np.abs(by_inputs).max())
    if case.activation not in ("relu", "leaky_relu"):
        np.testing.assert_allclose(by_inputs, desired, rtol=0, atol=1e-7 * scale)


def test_init_is_he_normal_with_zero_biases_and_repeats():
    network = flatlib.MLP((200, 100, 10))
    first, again = (network.init(np.random.default_rng(3)) for _ in range(2))
    for one, two in zip(first, again, strict=True):
        np.testing.assert_array_equal(one, two)
    assert tuple(array.shape for array in first) == network.param_shapes
    np.testing.assert_array_equal(first[1], np.zeros(100))
    # variance of 20000 normal draws: four standard errors are 4 sqrt(2 / 20000) = 4 %
    np.testing.assert_allclose(first[0].var(), 2 / 200, rtol=0.04)


def test_init_draws_biases_of_the_deviation_asked_for():
    bias = flatlib.MLP((1, 20000)).init(np.random.default_rng(0), bias_std=3.0)[1]
    # four standard errors of a deviation are 4 / sqrt(40000) = 2 %
    np.testing.assert_allclose(bias.std(), 3.0, rtol=0.02)


@given(case=cases())
def test_sizes_add_up(case):
    network = case.network
    assert network.depth == len(case.sizes) - 1
    assert network.hidden_sizes == case.sizes[1:-1]
    assert network.num_params == sum(array.size for array in case.params)
    rebuilt = [array for pair in network.layers(case.params) for array in pair if array is not None]
    for one, two in zip(rebuilt, case.params, strict=True):
        assert one is two


def test_networks_are_values():
    assert flatlib.MLP([2, 3, 1]) == flatlib.MLP((2, 3, 1))
    assert flatlib.MLP((2, 3, 1)) != flatlib.MLP((2, 3, 1), bias=False)
    assert hash(flatlib.MLP((2, 3, 1))) == hash(flatlib.MLP((2, 3, 1)))
    with pytest.raises(AttributeError):
        flatlib.MLP((2, 3, 1)).bias = False


def test_the_loop_sees_a_missing_bias():
    case = make_case((2, 3, 2), "tanh")
    params = (case.params[0], 1.001 * case.params[1], *case.params[2:])
    desired = [predict_unit_by_unit(case, x) for x in case.inputs]
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(case.network.predict(params, case.inputs), desired, rtol=1e-12)


def test_a_unit_or_a_layer_more_is_where_it_was_asked_for():
    network = flatlib.MLP((3, 5, 7, 2))
    assert network.widened(2).layer_sizes == (3, 5, 8, 2)
    assert network.deepened(1).layer_sizes == (3, 5, 5, 7, 2)
