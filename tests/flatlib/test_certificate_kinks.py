"""Points on kinks, what a dead unit does, and the margin to the next kink."""

import numpy as np
import pytest
from certificate_cases import dead_teacher, teacher
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import KINKED, cases

from flatlib import MLP, Conv, ConvNet, Dense, MaxPool, Objective, certify
from flatlib.curvature._kinks import kink_margin
from flatlib.transforms import scale_layers, scale_neurons


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
    certificate = certify(*dead_teacher())
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
