"""The certificate: exact minima, saddles, losses that fall for ever, and what it prints."""

import dataclasses

import numpy as np
import pytest
from certificate_cases import linear_saddle, teacher
from strategies import KINKED, make_case

from flatlib import MLP, Objective, certify
from flatlib.transforms import alpha_scale


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


def test_the_gradient_tolerance_decides():
    objective, params = teacher((2, 3, 1), "relu")
    off = (params[0] + 1e-7, *params[1:])
    assert certify(objective, off, gradient_tolerance=1e-3).verdict != "not critical"
    assert certify(objective, off, gradient_tolerance=1e-12).verdict == "not critical"


def separable(wrong=0):
    """A classifier that has all of 30 examples right, but for so many."""
    rng, net = np.random.default_rng(0), MLP((2, 4, 3), "relu")
    params, inputs = net.init(rng, bias_std=0.5), rng.normal(size=(30, 2))
    labels = net.predict(params, inputs).argmax(axis=1)
    labels[:wrong] = (labels[:wrong] + 1) % 3
    return Objective(net, "cross_entropy", inputs, labels), params


@pytest.mark.parametrize(("wrong", "falls"), [(0, True), (1, False), (30, False)])
def test_where_all_examples_are_right_the_loss_falls_for_ever(wrong, falls):
    objective, params = separable(wrong)
    assert (certify(objective, params).verdict == "no minimum") == falls
    # the same, by going along the ray
    grown = [(*params[:2], 2.0**k * params[2], 2.0**k * params[3]) for k in range(8)]
    losses = np.array([objective(point) for point in grown])
    assert (np.diff(losses) < 0).all() == falls


def test_ties_and_squared_losses_do_not_fall_for_ever():
    objective, params = separable()
    silent = (*params[:2], 0 * params[2], 0 * params[3])
    assert certify(objective, silent).verdict != "no minimum"
    squared = dataclasses.replace(objective, loss="squared")
    assert certify(squared, params).verdict == "not critical"


def test_a_certificate_prints_its_verdict_first():
    text = str(certify(*teacher((3, 4, 2))))
    assert text.startswith("minimum\n  loss 0, gradient of norm 0\n  eigenvalues from 0 to ")


def off_by(off):
    """One weight so far from the best one: loss off^2 / 2, gradient off, relative off."""
    objective = Objective(MLP((1, 1), bias=False), "squared", [[1.0]], [[1.0]])
    return str(certify(objective, ([[1 + off]],)))


@pytest.mark.parametrize(
    ("off", "words"),
    [
        (1e-5, "loss 5e-11, gradient of norm 1e-05 (relative 1e-05)"),
        (1e-11, "loss 5e-23, gradient of norm 1e-11 (relative 1e-11)"),
        (2.0**-44, "loss 0 up to rounding, gradient of norm 0 up to rounding"),
        (0.0, "loss 0, gradient of norm 0\n"),
    ],
)
def test_small_numbers_are_printed_as_they_are_and_rounding_is_called_rounding(off, words):
    assert words in off_by(off)


def test_an_eigenvalue_whose_size_is_lost_is_printed_by_its_sign():
    objective, params = linear_saddle()
    assert "eigenvalues from -1" in str(certify(objective, params))
    far = alpha_scale(objective.network, 1e6)(params)
    assert "eigenvalues from below 0 to " in str(certify(objective, far))
    # two independent weights: 1 and 1e-16
    inputs = np.diag([1.0, 1e-8])
    alone = Objective(MLP((2, 1), bias=False), "squared", inputs, [[1.0], [1e-8]])
    assert "eigenvalues from above 0 to 0.5: rank 2" in str(certify(alone, [np.ones((2, 1))]))


def test_no_minimum_is_said_with_its_reason():
    assert str(certify(*separable())).startswith("no minimum: all examples are right, and the loss")


@pytest.mark.parametrize("size", [1e160, 1e308])
def test_numbers_that_overflow_are_refused(size):
    objective, params = teacher((3, 4, 2))
    with pytest.raises(ValueError, match="must be finite, got"):
        certify(dataclasses.replace(objective, inputs=size * np.ones((60, 3))), params)
    with pytest.raises(ValueError, match="the loss and its slope must be finite"):
        certify(dataclasses.replace(objective, targets=np.full((60, 2), size)), params)
