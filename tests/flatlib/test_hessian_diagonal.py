"""The diagonal of the Hessian against the complex step of a gradient written by hand."""

import tracemalloc

import autograd.numpy as anp
import conv_oracle
import numpy as np
import oracles
import pytest
from conv_cases import NETS, conv_case, conv_cases
from hypothesis import given, settings
from oracles import TOLERANCE
from strategies import HOMOGENEOUS, NAMES, cases, make_case

import flatlib
from flatlib import CrossEntropyLoss, SquaredLoss, hessian_diagonal
from flatlib.curvature import _conv_diagonal, _conv_tape, _dense_diagonal


def assert_diagonal(case, desired, **options):
    """Entry by entry, as a part of the largest of each array of params."""
    actual = hessian_diagonal(case.objective, case.params, **options)
    assert actual.shape == desired.shape
    edges, floor = np.cumsum([0, *(a.size for a in case.params)]), 1e-15 * np.abs(desired).max()
    for block in map(slice, edges, edges[1:]):
        atol = TOLERANCE * np.abs(desired[block]).max() + floor
        np.testing.assert_allclose(actual[block], desired[block], rtol=0, atol=atol)


def dense(case):
    return np.diag(oracles.complex_step_hessian(case.theta, case))


def convolutional(case):
    return np.diag(conv_oracle.hessian(case))


@given(case=cases())
def test_of_any_dense_net_it_is_the_complex_step(case):
    assert_diagonal(case, dense(case))


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_every_activation_at_full_depth(activation, loss):
    case = make_case((5, 5, 4, 3, 3), activation, loss=loss, factor=0.7)
    assert_diagonal(case, dense(case))


@pytest.mark.parametrize("activation", NAMES)
@pytest.mark.parametrize("net", NETS)
def test_of_every_kind_of_layer_it_is_the_complex_step(net, activation):
    for loss, bias in (("squared", True), ("cross_entropy", False)):
        case = conv_case(net, activation, bias, loss, seed=1)
        assert_diagonal(case, convolutional(case))


@settings(max_examples=100)
@given(case=conv_cases())
def test_of_random_convolutional_nets_it_is_the_complex_step(case):
    assert_diagonal(case, convolutional(case))


@pytest.mark.parametrize("budget", [1, 3000, 30_000])
@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_slices_of_the_examples_add_up(budget, activation):
    case = make_case((3, 4, 4, 2), activation, loss="cross_entropy", num_examples=40)
    assert_diagonal(case, dense(case), budget=budget)
    case = conv_case("lenet, small", activation, loss="cross_entropy", examples=7)
    assert_diagonal(case, convolutional(case), budget=budget)


@pytest.mark.parametrize("activation", HOMOGENEOUS)
@pytest.mark.parametrize("size", [1.0, 30.0, 1e3])
def test_of_a_net_that_is_sure_no_entry_is_negative(activation, size):
    case = make_case((4, 8, 6, 5), activation, loss="cross_entropy", num_examples=30)
    params = tuple(size * array for array in case.params)
    assert hessian_diagonal(case.objective, params).min() >= 0
    case = conv_case("mlenet, small", activation, loss="cross_entropy", examples=5)
    assert hessian_diagonal(case.objective, tuple(size * a for a in case.params)).min() >= 0


def test_of_a_callable_it_is_what_one_gets_by_hand():
    def function(p):
        return p[0][0] ** 3 * p[1] + anp.sin(p[0][1]) + 4.0 * p[1]

    params = (np.array([2.0, 0.5]), np.array(3.0))
    expected = [6 * 2.0 * 3.0, -np.sin(0.5), 0.0]
    np.testing.assert_allclose(hessian_diagonal(function, params), expected, rtol=1e-14)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_it_takes_a_fraction_of_the_memory_of_the_matrix(activation):
    case = make_case((40, 40, 10), activation, loss="cross_entropy", num_examples=50)
    hessian_diagonal(case.objective, case.params)  # what is imported late is imported now
    tracemalloc.start()
    hessian_diagonal(case.objective, case.params, budget=2**20)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # 2050 parameters: 32 MiB as a matrix
    assert peak < 1.5 * 2**20


def spoil_inputs(patch):
    """Inputs in place of their squares."""
    record = _dense_diagonal.record

    def spoiled(*args):
        tape = record(*args)
        tape.layer_inputs[:] = [np.sqrt(np.abs(a)) for a in tape.layer_inputs]
        return tape

    patch.setattr(_dense_diagonal, "record", spoiled)


def spoil_root(patch):
    for loss in (SquaredLoss, CrossEntropyLoss):
        true = loss.root
        patch.setattr(loss, "root", lambda *args, true=true: (1.001 * true(*args)[0], None))


def spoil_bends(patch):
    bents, bent = _dense_diagonal.bent_deltas, _conv_tape.Step.bent
    patch.setattr(_dense_diagonal, "bent_deltas", lambda tape: [1.001 * b for b in bents(tape)])
    patch.setattr(_conv_tape.Step, "bent", lambda step, flowing: 1.001 * bent(step, flowing))


def spoil_last_example(patch):
    for module in (_dense_diagonal, _conv_diagonal):
        true = module.record
        patch.setattr(
            module,
            "record",
            lambda o, p, examples, true=true: true(o, p, slice(0, o.num_examples - 1)),
        )


@pytest.mark.parametrize("spoil", [spoil_root, spoil_bends, spoil_last_example])
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_the_comparison_sees_a_planted_error(monkeypatch, spoil, loss):
    dense_case = make_case((3, 4, 4, 2), "tanh", loss=loss)
    conv = conv_case("lenet, small", "tanh", loss=loss)
    for case, oracle in ((dense_case, dense), (conv, convolutional)):
        desired = oracle(case)
        assert_diagonal(case, desired)
        with monkeypatch.context() as patch:
            spoil(patch)
            with pytest.raises(AssertionError, match="Not equal to tolerance"):
                assert_diagonal(case, desired)


def test_the_comparison_sees_inputs_that_are_not_squared(monkeypatch):
    case = make_case((3, 4, 2), "relu")
    desired = dense(case)
    spoil_inputs(monkeypatch)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_diagonal(case, desired)


def test_of_what_overflows_it_is_refused():
    net = flatlib.MLP((1, 1, 1), bias=False)
    objective = flatlib.Objective(net, "squared", [[1e200]], [[0.0]])
    with pytest.raises(ValueError, match=r"diagonal must be finite, got 2 NaN or infinite entries"):
        hessian_diagonal(objective, ([[1e5]], [[1e5]]))
