"""The certificate: exact minima, saddles, points on kinks, and what a dead unit does."""

import dataclasses

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import KINKED, cases, make_case

from flatlib import MLP, Conv, ConvNet, Dense, MaxPool, Objective, certify
from flatlib.curvature import autodiff
from flatlib.curvature import certificate as certificates
from flatlib.curvature._kinks import kink_margin
from flatlib.curvature._unit_diagonal import UnitDiagonal
from flatlib.data import teacher_student
from flatlib.training import teacher_with_residual
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


def test_the_gradient_tolerance_decides():
    objective, params = teacher((2, 3, 1), "relu")
    off = (params[0] + 1e-7, *params[1:])
    assert certify(objective, off, gradient_tolerance=1e-3).verdict != "not critical"
    assert certify(objective, off, gradient_tolerance=1e-12).verdict == "not critical"


def linear_saddle(kept=(1, 2)):
    """A linear net of two units on whitened inputs, at the point that fits two singular directions
    of three: a minimum for the two largest, else a saddle (Baldi and Hornik 1989)."""
    rng = np.random.default_rng(0)
    inputs = np.linalg.qr(rng.normal(size=(40, 4)))[0] * np.sqrt(40)
    left, _, right = np.linalg.svd(rng.normal(size=(4, 3)), full_matrices=False)
    values, kept = np.array([3.0, 2.0, 1.0]), list(kept)
    mix, roots = rng.normal(size=(2, 2)), np.sqrt(values[kept])
    params = ((left[:, kept] * roots) @ mix, np.linalg.inv(mix) @ (roots[:, None] * right[kept]))
    targets = inputs @ (left * values) @ right
    return Objective(MLP((4, 2, 3), "linear", bias=False), "squared", inputs, targets), params


def dead_teacher():
    """A teacher of which one unit never fires."""
    objective, params = teacher((3, 4, 2), "relu")
    dead = [array.copy() for array in params]
    dead[1][1] = -100.0
    targets = objective.network.predict(dead, objective.inputs)
    return dataclasses.replace(objective, targets=targets), dead


def with_residual():
    net = MLP((4, 6, 2), "leaky_relu")
    data = teacher_with_residual(net, 60, np.random.default_rng(1), residual=1e-3)
    return Objective(net, "squared", data.inputs, data.targets), data.params


def anywhere():
    """A random point, which is not critical."""
    case = make_case((3, 4, 2), "relu")
    return case.objective, case.params


ORBITS = {
    "saddle": (linear_saddle, "saddle or maximum"),
    "minimum of a linear net": (lambda: linear_saddle((0, 1)), "minimum"),
    "minimum": (lambda: teacher((3, 4, 2)), "minimum"),
    "minimum with a dead unit": (dead_teacher, "minimum"),
    "minimum with a residual": (with_residual, "minimum"),
    "no critical point": (anywhere, "not critical"),
}


@pytest.mark.parametrize("name", ORBITS)
def test_the_decisions_are_the_same_all_along_an_orbit(name):
    make, verdict = ORBITS[name]
    objective, params = make()
    here = certify(objective, params)
    # at ordinary weights an eigenvalue of autograd's Hessian is clearly 0 or clearly not
    values = np.linalg.eigvalsh(autodiff.hessian(objective, params))
    clear = np.abs(values) > 1e-8 * np.abs(values).max()
    assert (np.abs(values[~clear]) < 1e-14 * np.abs(values).max()).all()
    assert (here.verdict, here.rank) == (verdict, clear.sum())
    assert here.negative == (values[clear] < 0).sum()
    for alpha in (1e-6, 1e-3, 300.0, 1e6):
        there = certify(objective, alpha_scale(objective.network, alpha)(params))
        for field in ("verdict", "rank", "nullity", "negative"):
            assert getattr(there, field) == getattr(here, field), (alpha, field)
        # both are sums of P squares, and exact up to rounding
        np.testing.assert_allclose(
            (there.relative_gradient, there.scale),
            (here.relative_gradient, here.scale),
            rtol=1e-9,
            atol=1e-13,
        )


def test_the_orbit_sees_a_decision_by_the_largest_eigenvalue(monkeypatch):
    class Plain(UnitDiagonal):
        values = property(lambda self: np.linalg.eigvalsh(self.plain))

        def __init__(self, matrix):
            super().__init__(matrix)
            self.plain = matrix

    monkeypatch.setattr(certificates, "UnitDiagonal", Plain)
    with pytest.raises(AssertionError):
        test_the_decisions_are_the_same_all_along_an_orbit("saddle")


def test_the_orbit_sees_a_gradient_measured_by_its_norm(monkeypatch):
    norm = lambda gradient, *more: (float(np.linalg.norm(gradient)), 1.0)  # noqa: E731
    monkeypatch.setattr(certificates, "relative_gradient", norm)
    with pytest.raises(AssertionError):
        test_the_decisions_are_the_same_all_along_an_orbit("no critical point")


def nearly_collinear(gap):
    """Least squares on x and x + gap z: with unit diagonal the eigenvalues are 2 and gap^2 / 2."""
    x, z = np.linalg.qr(np.random.default_rng(0).normal(size=(50, 2)))[0].T
    inputs = np.column_stack([x, x + gap * z])
    objective = Objective(MLP((2, 1), bias=False), "squared", inputs, inputs.sum(1, keepdims=True))
    return certify(objective, [np.ones((2, 1))])


@pytest.mark.parametrize(("gap", "rank"), [(1e-5, 2), (1e-8, 1)])
def test_the_rank_is_decided_at_1e_12_of_the_largest(gap, rank):
    assert nearly_collinear(gap).rank == rank


def nearly_tied(gap):
    """A linear net of one unit fits the second of two singular directions, by so much the less."""
    objective = Objective(
        MLP((2, 1, 2), "linear", bias=False), "squared", np.eye(2), np.diag([1 + gap, 1.0])
    )
    return certify(objective, (np.array([[0.0], [1.0]]), np.array([[0.0, 1.0]])))


@pytest.mark.parametrize(
    ("gap", "verdict"), [(1e-6, "saddle or maximum"), (1e-10, "minimum"), (-1e-6, "minimum")]
)
def test_curvature_below_minus_1e_8_of_the_largest_makes_a_saddle(gap, verdict):
    # the two directions that turn towards the first have the Hessian [[1, -1 - gap], [., 1]] / 2
    assert nearly_tied(gap).verdict == verdict


@pytest.mark.parametrize(("off", "verdict"), [(1e-6, "not critical"), (1e-9, "minimum")])
@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
def test_a_weight_off_by_more_than_1e_8_of_itself_is_not_critical(unit, off, verdict):
    objective = Objective(MLP((1, 1), bias=False), "squared", [[unit]], [[1.0]])
    assert certify(objective, ([[(1 + off) / unit]],)).verdict == verdict


@pytest.mark.parametrize(("margin", "verdict"), [(1e-7, "minimum"), (1e-11, "on a kink")])
def test_a_kink_within_1e_9_is_hit(margin, verdict):
    objective = Objective(MLP((1, 1, 1)), "squared", [[1.0], [3.0]], [[2 * margin], [2.0]])
    params = ([[1.0]], [-1.0 + 2 * margin], [[1.0]], [0.0])
    objective = dataclasses.replace(objective, targets=objective.outputs(params))
    np.testing.assert_allclose(certify(objective, params).kink_margin, margin, rtol=1e-4)
    assert certify(objective, params).verdict == verdict


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


def test_kinks_off_0_have_a_margin_too():
    """z = w x + b = 2.5 is 0.2 of |w x| + |b| from 3; and in a pool the entry that is chosen."""
    net = MLP((1, 1, 1), "hard_swish")
    objective = Objective(net, "squared", [[1.0]], [[0.0]])
    for stretch, margin in ((1.0, 0.2), (1.2, 0.0)):
        params = ([[2.0 * stretch]], [0.5 * stretch], [[1.0]], [0.0])
        np.testing.assert_allclose(certify(objective, params).kink_margin, margin, atol=1e-15)
    assert certify(objective, params).verdict == "on a kink"
    idle = ([[0.0]], [0.0], [[1.0]], [0.0])
    assert certify(objective, idle).kink_margin == np.inf  # no relative change of 0 reaches 3
    pooled = ConvNet((2, 1), [Conv(1, 1), MaxPool(2), Dense(1)], "hard_swish", bias=False)
    objective = Objective(pooled, "squared", [[[1.0], [-0.5]]], [[0.0]])
    # z = 2.5 is chosen, over -1.25, which from -3 on would still be hidden; so is 0.2 from its kink
    margin = certify(objective, ([[[2.5]]], [[1.0]])).kink_margin
    np.testing.assert_allclose(margin, 0.2)


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
