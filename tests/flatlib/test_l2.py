"""l2 on an objective: in the value and every derivative, against a penalty written out by hand."""

from itertools import chain

import autograd.numpy as anp
import numpy as np
import pytest
from conv_cases import conv_case
from oracles import assert_close
from strategies import make_case

import flatlib
from flatlib import MLP, Conv, ConvNet, Dense, MaxPool, Objective, WeightedSum, measures
from flatlib.curvature import clarke_gradient, convolution, exact
from flatlib.curvature._kinks import kink_margin
from flatlib.training import descent, polish
from flatlib.transforms import InsertIdentity, Permutation, alpha_scale

CASES = {
    "dense, leaky": make_case((3, 4, 4, 2), "leaky_relu", loss="squared", num_examples=9),
    "dense, tanh": make_case((3, 5, 3), "tanh", loss="cross_entropy", num_examples=9),
    "dense, no biases": make_case((3, 4, 2), "leaky_relu", bias=False, loss="cross_entropy"),
    "conv, leaky": conv_case("lenet, small", "leaky_relu", loss="cross_entropy", examples=4),
    "conv, tanh": conv_case("average", "tanh", loss="squared", examples=4),
}


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture(params=["one number", "one a layer"])
def l2(request, case):
    depth = case.network.depth
    return 0.3 if request.param == "one number" else tuple(0.1 + 0.2 * np.arange(depth) % 0.5)


def with_l2(case, l2):
    bare = case.objective
    return Objective(bare.network, bare.loss, bare.inputs, bare.targets, l2=l2)


def by_hand(case, l2):
    """The number of each parameter, layer by layer; a layer has weights, and biases after them."""
    arrays = list(case.params)
    each = 2 if any(array.ndim == 1 for array in arrays) else 1
    layers = [arrays[i : i + each] for i in range(0, len(arrays), each)]
    numbers = [l2] * len(layers) if np.ndim(l2) == 0 else l2
    sizes = [sum(array.size for array in layer) for layer in layers]
    return np.repeat(numbers, sizes), np.concatenate([a.ravel() for a in chain(*layers)])


def test_the_value_and_every_derivative(case, l2):
    objective, bare, params = with_l2(case, l2), case.objective, case.params
    decay, theta = by_hand(case, l2)
    penalty = float(decay @ theta**2) / 2
    np.testing.assert_allclose(float(objective(params)), float(bare(params)) + penalty, rtol=1e-14)
    np.testing.assert_allclose(float(objective.penalty(params)), penalty, rtol=1e-14)
    assert_close(
        flatlib.gradient(objective, params), flatlib.gradient(bare, params) + decay * theta
    )
    hessian = flatlib.hessian(bare, params) + np.diag(decay)
    assert_close(flatlib.hessian(objective, params), hessian)
    assert_close(flatlib.hessian_diagonal(objective, params), np.diag(hessian))
    operator = flatlib.hessian_operator(objective, params)
    assert_close(operator @ np.eye(len(theta)), hessian)
    assert_close(operator.matrix(), hessian)
    assert_close(flatlib.residual_part(objective, params), flatlib.residual_part(bare, params))
    whole = flatlib.gauss_newton(bare, params) + np.diag(decay)
    assert_close(flatlib.gauss_newton(objective, params), whole)
    assert_close(flatlib.gauss_newton_operator(objective, params) @ np.eye(len(theta)), whole)


def test_closed_forms_agree_with_autograd_through_the_whole(case, l2):
    objective = with_l2(case, l2)
    params, through = case.params, lambda p: objective(p)
    assert_close(flatlib.gradient(objective, params), flatlib.gradient(through, params))
    assert_close(flatlib.hessian(objective, params), flatlib.hessian(through, params))


def test_fisher_information_and_accuracy_are_of_the_loss_alone(case, l2):
    objective, bare, params = with_l2(case, l2), case.objective, case.params
    for matrix in (flatlib.fisher, flatlib.empirical_fisher):
        np.testing.assert_array_equal(matrix(objective, params), matrix(bare, params))
    assert measures.fisher_rao(objective, params) == measures.fisher_rao(bare, params)
    if case.loss == "cross_entropy":
        assert objective.accuracy(params) == bare.accuracy(params)


def test_the_certificate_has_it_and_the_kinks(case, l2):
    objective, params = with_l2(case, l2), case.params
    certificate = flatlib.certify(objective, params)
    values = np.linalg.eigvalsh(flatlib.hessian(objective, params))
    np.testing.assert_allclose(certificate.loss, float(objective(params)), rtol=1e-15)
    np.testing.assert_allclose(certificate.smallest_eigenvalue, values[0], atol=1e-12 * values[-1])
    assert certificate.kink_margin == kink_margin(case.objective, params)


def test_batches_keep_it_and_sums_add_it(case, l2):
    objective, params = with_l2(case, l2), case.params
    parts = [objective.subset([0, 1]), objective.subset([2, 3])]
    for part in parts:
        assert part.l2 == objective.l2
        np.testing.assert_array_equal(part.penalty(params), objective.penalty(params))
    total = WeightedSum(parts, [0.5, 2.0])
    decay, theta = by_hand(case, l2)
    bare = WeightedSum([part.without_l2() for part in parts], [0.5, 2.0])
    np.testing.assert_allclose(
        float(total(params)), float(bare(params)) + 2.5 * (decay @ theta**2) / 2, rtol=1e-14
    )
    hessian = flatlib.hessian(bare, params) + 2.5 * np.diag(decay)
    assert_close(flatlib.hessian(total, params), hessian)
    assert_close(flatlib.hessian_operator(total, params) @ np.eye(len(theta)), hessian)
    assert flatlib.certify(total, params).kink_margin == min(
        kink_margin(part.without_l2(), params) for part in parts
    )


@pytest.mark.parametrize("layers", [(1, 1), (2, 2), (1, 2), (2, 1)])
def test_a_block_has_its_own_layer_s(layers):
    case = CASES["dense, leaky"]
    objective = with_l2(case, (0.1, 0.4, 0.9))
    size = [16, 20]
    starts = [0, 16]
    rows, columns = (slice(starts[k - 1], starts[k - 1] + size[k - 1]) for k in layers)
    whole = flatlib.hessian(objective, case.params)
    assert_close(flatlib.hessian_block(objective, case.params, layers), whole[rows, columns])


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


def test_a_planted_half_is_seen():
    case = CASES["dense, leaky"]
    decay, theta = by_hand(case, 0.3)
    doubled = flatlib.gradient(case.objective, case.params) + 2 * decay * theta
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_close(flatlib.gradient(with_l2(case, 0.3), case.params), doubled)


def test_autograd_traces_the_penalty():
    objective = with_l2(CASES["dense, tanh"], (0.1, 0.7))
    through = flatlib.gradient(lambda p: anp.sum(objective.penalty(p)), CASES["dense, tanh"].params)
    decay, theta = by_hand(CASES["dense, tanh"], (0.1, 0.7))
    assert_close(through, decay * theta)
