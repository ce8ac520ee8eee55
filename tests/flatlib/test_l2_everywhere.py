"""What l2 changes elsewhere: descents, symmetries, reports, and what refuses it."""

import autograd.numpy as anp
import numpy as np
import pytest
from l2_cases import CASES, by_hand, with_l2
from oracles import assert_close
from strategies import make_case

import flatlib
from flatlib import MLP, Conv, ConvNet, Dense, MaxPool, Objective, measures
from flatlib.curvature import clarke_gradient, convolution, exact
from flatlib.training import descent, polish
from flatlib.transforms import InsertIdentity, Permutation, alpha_scale


def test_descent_and_polish_find_ridge_regression():
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(30, 4)), rng.normal(size=(30, 1))
    net = MLP((4, 1), bias=False)
    objective = Objective(net, "squared", inputs, targets, l2=0.2)
    ridge = np.linalg.solve(inputs.T @ inputs / 30 + 0.2 * np.eye(4), inputs.T @ targets / 30)
    start = net.init(rng)
    found = polish(objective, start)
    assert found.certificate.verdict == "minimum"
    np.testing.assert_allclose(found.params[0], ridge, rtol=1e-9)
    run = descent(objective, start, rng, epochs=500, learning_rate=0.1, batch_size=None)
    np.testing.assert_allclose(run.params[0], ridge, rtol=1e-6)
    run = descent(objective, start, rng, epochs=40, learning_rate=0.02, batch_size=5)
    assert np.linalg.norm(run.params[0] - ridge) < 0.1  # batches leave their noise


def test_a_loss_that_falls_for_ever_does_not_with_the_last_layer_s():
    net = MLP((1, 2), bias=False)
    right = [[1.0], [-1.0]], [0, 1]
    params = ([[3.0, -3.0]],)
    assert flatlib.certify(Objective(net, "cross_entropy", *right), params).verdict == "no minimum"
    penalized = Objective(net, "cross_entropy", *right, l2=0.1)
    assert flatlib.certify(penalized, params).verdict == "not critical"
    assert polish(penalized, params).certificate.verdict == "minimum"
    deep, weights = MLP((1, 2, 2), bias=False), ([[1.0, -1.0]], [[3.0, -3.0], [-3.0, 3.0]])
    only_first = Objective(deep, "cross_entropy", *right, l2=(0.1, 0.0))
    assert flatlib.certify(only_first, weights).verdict == "no minimum"


def test_clarke_gradients_have_it():
    rng = np.random.default_rng(1)
    net = MLP((2, 3, 1), "leaky_relu")
    objective = Objective(net, "squared", rng.normal(size=(9, 2)), rng.normal(size=(9, 1)), l2=0.3)
    params = net.init(rng, bias_std=0.5)
    found = clarke_gradient(objective, params)
    slope = np.linalg.norm(flatlib.gradient(objective, params))
    np.testing.assert_allclose([found.norm, found.one_sided_norm], slope, rtol=1e-12)


def test_what_rests_on_symmetries_refuses_it_and_its_advice_works():
    case = make_case((3, 4, 1), "leaky_relu", num_examples=6)
    objective = with_l2(case, 0.1)
    for measure in (
        flatlib.flattest,
        measures.curvature_floor,
        measures.shift_curvature,
        measures.bias_hessian,
        measures.first_layer_trace,
        measures.normalized_sharpness,
        lambda o, p: measures.certified_box(o, p, 0.1),
    ):
        with pytest.raises(ValueError, match=r"no l2 here .*without_l2\(\)"):
            measure(objective, case.params)
        measure(objective.without_l2(), case.params)
    for engine, at in ((exact, CASES["dense, leaky"]), (convolution, CASES["conv, leaky"])):
        with pytest.raises(ValueError, match="no l2 here"):
            engine.gradient(with_l2(at, 0.1), at.params)


def test_symmetries_carry_it_and_scalings_move_the_value():
    case = make_case((3, 4, 4, 2), "leaky_relu", num_examples=6)
    objective = with_l2(case, (0.1, 0.2, 0.3))
    permuted = Permutation(case.network, 1, [1, 2, 3, 0]).apply(objective, case.params)
    assert permuted[0].l2 == objective.l2
    np.testing.assert_allclose(float(permuted[0](permuted[1])), float(objective(case.params)))
    scaled, moved = alpha_scale(case.network, 3.0).apply(objective, case.params)
    gap = float(scaled(moved)) - float(scaled.penalty(moved))
    np.testing.assert_allclose(gap, float(case.objective(case.params)), rtol=1e-12)
    assert float(scaled(moved)) > 1.1 * float(objective(case.params))
    relu = make_case((3, 4, 2), "relu", num_examples=6)
    with pytest.raises(ValueError, match=r"no l2 here .*layers afterwards"):
        InsertIdentity(relu.network, layer=1).apply(with_l2(relu, 0.1), relu.params)


def test_without_it_nothing_is_another_object():
    objective = CASES["dense, tanh"].objective
    assert objective.without_l2() is objective
    assert objective.l2 == (0.0, 0.0)
    pictures = ConvNet((4, 4, 1), [Conv(2, 3), MaxPool(2), Dense(3)])
    assert Objective(pictures, "squared", np.ones((1, 4, 4, 1)), np.ones((1, 3)), l2=1).l2 == (1, 1)


@pytest.mark.parametrize("l2", [-0.1, (0.1,), (0.1, 0.2, 0.3), (0.1, -1.0), np.nan, "much"])
def test_it_is_one_number_for_all_or_one_a_layer(l2):
    with pytest.raises((ValueError, TypeError), match="l2 must"):
        with_l2(CASES["dense, tanh"], l2)


def test_the_report_says_what_moves_the_penalized_trace():
    case = make_case((3, 4, 3), "leaky_relu", loss="cross_entropy", num_examples=12)

    def value(objective, params):
        return float(objective(params))

    said = flatlib.invariance.report(
        value,
        np.random.default_rng(0),
        objective=with_l2(case, 0.1),
        params=case.params,
        transforms=["neurons", "permute", "radial"],
    )
    assert (said.invariant_under, said.moved_by) == (("permute", "radial"), ("neurons",))
    # of rows of the library, too, theory says nothing here that could be contradicted
    trace = flatlib.invariance.report(
        "trace",
        np.random.default_rng(0),
        objective=with_l2(case, 0.1),
        params=case.params,
        transforms=["neurons"],
    )
    assert trace.matrix["trace", "neurons"].verdict == "changes"


def test_autograd_traces_the_penalty():
    objective = with_l2(CASES["dense, tanh"], (0.1, 0.7))
    through = flatlib.gradient(lambda p: anp.sum(objective.penalty(p)), CASES["dense, tanh"].params)
    decay, theta = by_hand(CASES["dense, tanh"], (0.1, 0.7))
    assert_close(through, decay * theta)
