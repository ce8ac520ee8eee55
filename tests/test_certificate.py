"""The certificate: exact minima, saddles, points on kinks, and what a dead unit does."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import KINKED, cases, make_case

from flatlib import MLP, Objective, certify
from flatlib.curvature.certificate import kink_margin
from flatlib.data import teacher_student
from flatlib.transforms import alpha_scale, scale_layers, scale_neurons


def teacher(sizes, activation="relu", bias=True, num_examples=60, seed=0):
    network = MLP(sizes, activation=activation, bias=bias)
    data = teacher_student(network, num_examples, np.random.default_rng(seed))
    return Objective(network, "squared", data.inputs, data.targets), data.params


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh", "softplus", "gelu"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_teacher_is_a_minimum(activation, bias):
    certificate = certify(*teacher((3, 4, 2), activation, bias))
    assert certificate.verdict == "minimum"
    assert (certificate.loss, certificate.gradient_norm) == (0.0, 0.0)
    assert certificate.rank + certificate.nullity == MLP((3, 4, 2), bias=bias).num_params


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("activation", KINKED)
def test_each_live_hidden_unit_of_a_minimum_has_a_flat_direction(activation, seed):
    objective, params = teacher((3, 4, 3, 2), activation, seed=seed)
    zs = objective.network.pre_activations(params, objective.inputs)[:-1]
    live = sum(int((z > 0).any(axis=0).sum()) for z in zs)
    certificate = certify(objective, params)
    assert certificate.verdict == "minimum"
    assert certificate.nullity >= live > 0


def test_a_quadratic_model_has_the_gram_matrix_eigenvalues():
    rng = np.random.default_rng(0)
    inputs, weights = rng.normal(size=(9, 3)), rng.normal(size=(3, 2))
    objective = Objective(MLP((3, 2), bias=False), "squared", inputs, inputs @ weights)
    certificate = certify(objective, [weights])
    eigenvalues = np.linalg.eigvalsh(inputs.T @ inputs / 9)
    np.testing.assert_allclose(certificate.smallest_eigenvalue, eigenvalues[0], rtol=1e-12)
    np.testing.assert_allclose(certificate.largest_eigenvalue, eigenvalues[-1], rtol=1e-12)
    assert (certificate.rank, certificate.nullity) == (6, 0)


def test_a_rank_deficient_model_counts_its_flat_directions():
    inputs = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 0.0]])
    objective = Objective(MLP((3, 2), bias=False), "squared", inputs, np.zeros((2, 2)))
    certificate = certify(objective, [np.zeros((3, 2))])
    assert (certificate.rank, certificate.nullity) == (2, 4)


def test_two_zero_layers_are_a_saddle_with_eigenvalues_plus_and_minus_one():
    # L(a, b) = (1/2)(ab - 1)^2 at 0: gradient 0, Hessian [[0, -1], [-1, 0]]
    objective = Objective(MLP((1, 1, 1), "linear", bias=False), "squared", [[1.0]], [[1.0]])
    certificate = certify(objective, ([[0.0]], [[0.0]]))
    assert certificate.verdict == "saddle or maximum"
    eigenvalues = (certificate.smallest_eigenvalue, certificate.largest_eigenvalue)
    np.testing.assert_allclose(eigenvalues, (-1.0, 1.0), rtol=1e-15)


def test_a_random_point_is_not_critical():
    case = make_case((3, 4, 2), "tanh")
    assert certify(case.objective, case.params).verdict == "not critical"


def test_the_gradient_tolerance_decides_and_is_not_invariant():
    objective, params = teacher((2, 3, 1), "relu")
    off = (params[0] + 1e-7, *params[1:])
    assert certify(objective, off, gradient_tolerance=1e-3).verdict != "not critical"
    assert certify(objective, off, gradient_tolerance=1e-12).verdict == "not critical"
    scaled = alpha_scale(objective.network, 1e-6)(off)
    assert certify(objective, scaled).gradient_norm > 1e4 * certify(objective, off).gradient_norm


@pytest.mark.parametrize("activation", KINKED)
def test_an_example_moved_onto_a_kink_is_seen(activation):
    objective, params = teacher((3, 4, 2), activation)
    assert certify(objective, params).verdict == "minimum"
    bias = params[1].copy()
    bias[2] = -(objective.inputs[5] @ params[0])[2]
    certificate = certify(objective, (params[0], bias, *params[2:]))
    assert certificate.verdict == "on a kink"
    # z = x w + b cancels to within a rounding of its terms
    assert certificate.kink_margin < 1e-15


def test_a_unit_without_weights_is_on_a_kink():
    objective, params = teacher((3, 4, 2), "relu")
    dead = [array.copy() for array in params]
    dead[0][:, 1] = dead[1][1] = 0.0
    assert certify(objective, dead).verdict == "on a kink"
    assert kink_margin(objective, dead) == 0.0


def test_a_unit_that_never_fires_is_off_the_kinks_and_flat_in_all_its_weights():
    objective, params = teacher((3, 4, 2), "relu")
    dead = [array.copy() for array in params]
    dead[1][1] = -100.0
    targets = objective.network.predict(dead, objective.inputs)
    objective = dataclasses.replace(objective, targets=targets)
    certificate = certify(objective, dead)
    assert certificate.verdict == "minimum"
    # 3 incoming weights, a bias, 2 outgoing weights; one direction for each of the 3 others
    assert certificate.nullity >= 3 + 1 + 2 + 3


def test_an_example_without_input_cannot_reach_a_kink_without_biases():
    network = MLP((2, 3, 1), bias=False)
    params = network.init(np.random.default_rng(0))
    alone = Objective(network, "squared", [[0.0, 0.0]], [[0.0]])
    assert kink_margin(alone, params) == np.inf
    both = Objective(network, "squared", [[0.0, 0.0], [1.0, 2.0]], [[0.0], [0.0]])
    assert 0 < kink_margin(both, params) <= 1


def test_smooth_activations_and_linear_maps_have_no_kink():
    for activation in ("tanh", "linear", "square"):
        assert kink_margin(*teacher((3, 4, 2), activation)) == np.inf
    assert kink_margin(*teacher((3, 2), "relu")) == np.inf


@given(case=cases(activations=KINKED, bias=True, max_layers=2))
def test_the_kink_margin_by_hand(case):
    assume(case.network.depth == 2)
    weights, bias = case.params[:2]
    desired = min(
        abs(w @ x + b) / (sum(abs(w * x)) + abs(b))
        for w, b in zip(weights.T, bias, strict=True)
        for x in case.inputs
    )
    np.testing.assert_allclose(kink_margin(case.objective, case.params), desired, rtol=1e-9)


def test_a_relative_change_by_the_kink_margin_reaches_the_kink_and_less_does_not():
    objective, params = teacher((3, 1, 1), "relu", num_examples=1)
    margin = kink_margin(objective, params)
    x, (weights, bias) = objective.inputs[0], params[:2]
    side = np.sign(x @ weights + bias)
    for share, reached in [(1.0, True), (0.999, False)]:
        terms = (x[:, None] * weights, bias)
        moved = sum((t - share * margin * side * np.abs(t)).sum() for t in terms)
        assert (abs(moved) < 1e-15) == reached


@given(case=cases(activations=KINKED), seed=st.integers(0, 1000))
def test_the_kink_margin_is_constant_along_the_orbit_of_scalings(case, seed):
    rng = np.random.default_rng(seed)
    logs = rng.uniform(-2, 2, size=case.network.depth)
    layers = scale_layers(case.network, 10.0 ** (logs - logs.mean()))
    neurons = scale_neurons(
        case.network, [10.0 ** rng.uniform(-2, 2, size=m) for m in case.network.hidden_sizes]
    )
    before = kink_margin(case.objective, case.params)
    assert 0 <= before <= 1 + 1e-15 or before == np.inf
    for scaling in (layers, neurons):
        after = kink_margin(case.objective, scaling(case.params))
        # z may cancel: an error of 1e-15 relative to its terms, and the margin is that ratio
        np.testing.assert_allclose(after, before, rtol=1e-12, atol=1e-14)


def test_a_certificate_prints_its_verdict_first_and_rounding_as_zero():
    text = str(certify(*teacher((3, 4, 2))))
    assert text.startswith("minimum\n  loss 0, gradient of norm 0\n  eigenvalues from 0 to ")
