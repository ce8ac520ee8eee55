"""The engine against a complex-step oracle, autograd, closed forms and its own symmetries."""

import tracemalloc

import numpy as np
import oracles
import pytest
from hypothesis import given, settings
from oracles import assert_close
from strategies import NAMES, cases, make_case

import flatlib
from flatlib import MLP
from flatlib.curvature import autodiff
from flatlib.curvature._rooms import rooms


def assert_hessian_is_the_oracles(case):
    oracles.assert_hessian(flatlib.hessian(case.objective, case.params), case)


@settings(max_examples=250)
@given(case=cases())
def test_hessian_is_the_complex_step_of_a_gradient_written_by_hand(case):
    assert_hessian_is_the_oracles(case)


@settings(max_examples=125)
@given(case=cases())
def test_gradient_is_the_complex_step_of_the_loss_and_the_hand_written_one(case):
    actual = flatlib.gradient(case.objective, case.params)
    assert_close(actual, oracles.complex_step_gradient(case.theta, case))
    assert_close(actual, oracles.gradient(case.theta, case))


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_columns_at_the_size_of_the_digits(activation):
    case = make_case((64, 32, 10), activation, loss="cross_entropy", num_examples=200)
    columns = np.random.default_rng(0).choice(len(case.theta), size=40, replace=False)
    actual = flatlib.hessian(case.objective, case.params)[:, columns]
    assert_close(actual, oracles.complex_step_hessian(case.theta, case, columns))


@settings(max_examples=100)
@given(case=cases(max_layers=3))
def test_both_agree_with_autograd_through_the_objective(case):
    gradient = autodiff.gradient(case.objective, case.params)
    assert_close(flatlib.gradient(case.objective, case.params), gradient)
    hessian = autodiff.hessian(case.objective, case.params)
    assert_close(flatlib.hessian(case.objective, case.params), hessian)


@settings(max_examples=100)
@given(case=cases())
def test_hessian_is_symmetric_to_the_last_bit_and_float64(case):
    hessian = flatlib.hessian(case.objective, case.params)
    np.testing.assert_array_equal(hessian, hessian.T)
    assert hessian.dtype == np.float64


@settings(max_examples=100)
@given(case=cases())
def test_the_memory_budget_changes_rounding_only(case):
    at_once = flatlib.hessian(case.objective, case.params)
    one_by_one = flatlib.hessian(case.objective, case.params, budget=1)
    # 8 examples are added in another order: at most 8 roundings
    assert_close(one_by_one, at_once, tolerance=1e-14)


# Another temporary is the largest in each; what is not used of the budget costs time.
DEEP = [
    ((10, 20, 20, 20, 20, 20, 5), 2**20, 0.8),
    ((3, *(12,) * 14, 2), 2**20, 0.8),
    ((200, 5, 5), 2**20, 0.75),
    ((30, 10, 10, 10, 40), 2**20, 0.85),
    ((64, 32, 10), 2**22, 0.75),
    ((4, 50, 50, 4), 2**22, 0.6),
]


@pytest.mark.parametrize(("sizes", "budget", "used"), DEEP)
def test_memory_beyond_the_result_stays_within_the_budget_and_uses_it(sizes, budget, used):
    step = rooms(MLP(sizes), budget).examples
    assert step > 1
    case = make_case(sizes, "tanh", loss="cross_entropy", num_examples=2 * step)
    for part in (flatlib.hessian, flatlib.gauss_newton, flatlib.residual_part):
        part(case.objective, case.params)  # what is imported on the way is no part of it
        least = used if part is flatlib.hessian else 0.4
        assert least <= excess(part, case, budget) <= 1


def excess(part, case, budget):
    objective = case.objective
    tracemalloc.start()
    part(objective, case.params, budget=budget)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return (peak - 8 * case.network.num_params**2) / budget


@settings(max_examples=100)
@given(case=cases(losses=("squared",)))
def test_hessian_of_the_mean_is_the_mean_of_hessians(case):
    n = case.objective.num_examples
    parts = [flatlib.hessian(case.objective.subset([i]), case.params) for i in range(n)]
    assert_close(flatlib.hessian(case.objective, case.params), np.mean(parts, axis=0), 1e-13)


@pytest.mark.parametrize("factor", [0.5, 1.0, 2.5])
def test_linear_map_under_squared_loss_is_the_gram_matrix(factor):
    case = make_case((4, 3), "linear", bias=False, factor=factor, num_examples=9)
    desired = oracles.linear_squared_hessian(case.inputs, 3, factor)
    assert_close(flatlib.hessian(case.objective, case.params), desired, 1e-14)


def test_linear_map_under_cross_entropy_is_the_logistic_hessian():
    case = make_case((4, 3), "relu", bias=False, loss="cross_entropy", num_examples=9)
    desired = oracles.logistic_hessian(case.params[0], case.inputs)
    assert_close(flatlib.hessian(case.objective, case.params), desired, 1e-13)


def test_a_bias_is_a_weight_from_an_input_that_is_always_1():
    case = make_case((3, 4), "linear", bias=True, num_examples=7)
    with_one = np.column_stack([case.inputs, np.ones(7)])
    desired = oracles.linear_squared_hessian(with_one, 4, case.factor)
    assert_close(flatlib.hessian(case.objective, case.params), desired, 1e-14)


def test_the_oracle_agrees_with_central_differences_of_the_loss():
    # truncation about 1e-10, cancellation about 1e-16 / 1e-5
    case = make_case((3, 4, 2), "softplus", loss="cross_entropy")
    differences = oracles.central_difference(lambda t: oracles.loss(t, case), case.theta)
    np.testing.assert_allclose(oracles.gradient(case.theta, case), differences, atol=1e-9)


@settings(max_examples=100)
@given(case=cases())
def test_permuting_hidden_units_permutes_the_hessian(case):
    rng = np.random.default_rng(len(case.theta))
    order = permutation_of_units(case.network, rng)
    permuted = flatlib.unflatten(case.theta[order], like=case.params)
    hessian = flatlib.hessian(case.objective, case.params)
    # the same sums in another order inside the matrix products
    assert_close(flatlib.hessian(case.objective, permuted), hessian[np.ix_(order, order)], 1e-13)


def permutation_of_units(network, rng):
    """Where each entry of theta comes from when the units of each hidden layer are shuffled."""
    places = np.arange(network.num_params)
    layers, start = [], 0
    for shape in network.param_shapes:
        size = int(np.prod(shape))
        layers.append(places[start : start + size].reshape(shape))
        start += size
    step = 1 + network.bias
    for k, size in enumerate(network.hidden_sizes):
        order = rng.permutation(size)
        for position in range(k * step, (k + 1) * step):
            layers[position] = layers[position][..., order]
        layers[(k + 1) * step] = layers[(k + 1) * step][order]
    return np.concatenate([layer.reshape(-1) for layer in layers])


def test_neither_params_nor_data_are_written_to():
    case = make_case((3, 4, 2), "tanh")
    for array in (*case.params, case.inputs, case.targets):
        array.setflags(write=False)
    flatlib.hessian(case.objective, case.params)
    flatlib.gradient(case.objective, case.params)


@pytest.mark.parametrize("activation", NAMES)
def test_every_activation_at_full_depth(activation):
    assert_hessian_is_the_oracles(make_case((5, 5, 5, 5, 5), activation, loss="cross_entropy"))


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_a_gradient_computes_no_second_derivatives(monkeypatch, loss):
    case = make_case((3, 4, 4, 2), "tanh", loss=loss)
    true = flatlib.gradient(case.objective, case.params)

    def never(*arguments):
        raise AssertionError("a second derivative was computed")

    activation = case.objective.network.activation
    monkeypatch.setitem(activation.__dict__, "curvature", never)
    monkeypatch.setattr(type(case.objective.loss), "curvature", never)
    np.testing.assert_array_equal(flatlib.gradient(case.objective, case.params), true)
    with pytest.raises(AssertionError, match="a second derivative"):
        flatlib.hessian(case.objective, case.params)
