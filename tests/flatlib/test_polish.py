"""Polishing ends where theory says it must, and says so when it cannot."""

import numpy as np
import pytest
from strategies import make_case

import flatlib
from flatlib import MLP, Objective
from flatlib.training import Polished, descent, polish, teacher_with_residual


def near_a_teacher(activation, distance=1e-2):
    """An objective whose minimum is known, and params a small step away from it."""
    rng = np.random.default_rng(0)
    net = MLP((3, 5, 2), activation)
    teacher = flatlib.data.teacher_student(net, 60, rng)
    start = tuple(array + distance * rng.normal(size=array.shape) for array in teacher.params)
    return Objective(net, "squared", teacher.inputs, teacher.targets), start


# plain Newton steps have to start where the quadratic model already is the loss
@pytest.mark.parametrize(("method", "distance"), [("trust_region", 1e-2), ("newton", 1e-5)])
@pytest.mark.parametrize("activation", ["tanh", "softplus", "gelu"])
def test_a_teacher_is_found_again(method, distance, activation):
    objective, start = near_a_teacher(activation, distance)
    reached = polish(objective, start, method=method)
    assert reached.certificate.verdict == "minimum"
    assert reached.certificate.loss < 1e-18
    assert reached.steps < 50


def test_lbfgs_comes_close_and_newton_does_the_rest():
    objective, start = near_a_teacher("tanh", distance=1e-3)
    reached = polish(objective, start, method="lbfgs", max_steps=2000)
    assert reached.certificate.verdict == "minimum"


def test_one_newton_step_solves_least_squares():
    case = make_case((3, 2), "linear", num_examples=20)
    design = np.column_stack([case.inputs, np.ones(20)])
    reached = polish(case.objective, case.params, method="newton")
    desired = np.linalg.lstsq(design, case.targets)[0]
    np.testing.assert_allclose(np.vstack(reached.params), desired, rtol=1e-12, atol=1e-13)
    assert reached.steps == 1


def test_newton_goes_to_saddles_and_the_certificate_says_so():
    net = MLP((1, 1, 1), "linear", bias=False)
    objective = Objective(net, "squared", [[1.0]], [[1.0]])
    reached = polish(objective, ([[0.1]], [[-0.1]]), method="newton")
    assert reached.certificate.verdict == "saddle or maximum"
    assert polish(objective, ([[0.1]], [[-0.1]])).certificate.verdict == "minimum"


def test_a_relu_net_with_a_residual_ends_on_a_kink():
    rng = np.random.default_rng(0)
    net = MLP((4, 6, 1))
    teacher = flatlib.data.teacher_student(net, 60, rng)
    noisy = teacher.targets + 0.3 * rng.normal(size=teacher.targets.shape)
    objective = Objective(net, "squared", teacher.inputs, noisy)
    run = descent(
        objective,
        net.init(rng, bias_std=1.0),
        rng,
        epochs=2000,
        learning_rate=0.05,
        batch_size=None,
    )
    reached = polish(objective, run.params)
    assert reached.certificate.verdict != "minimum"
    assert reached.certificate.kink_margin < 1e-6


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "tanh"])
@pytest.mark.parametrize("bias", [True, False])
def test_a_residual_off_the_range_of_the_jacobian_leaves_a_minimum(activation, bias):
    net = MLP((4, 6, 2), activation, bias=bias)
    data = teacher_with_residual(net, 60, np.random.default_rng(1), residual=1e-3)
    objective = Objective(net, "squared", data.inputs, data.targets)
    certificate = flatlib.certify(objective, data.params)
    assert certificate.verdict == "minimum"
    assert certificate.gradient_norm < 1e-14
    # two outputs of mean square 1e-6 each, times 1/2; the targets are of order 1
    np.testing.assert_allclose(certificate.loss, 1e-6, rtol=1e-9)


def test_the_start_is_not_written_to():
    objective, start = near_a_teacher("tanh")
    for array in start:
        array.setflags(write=False)
    assert isinstance(polish(objective, start, max_steps=1), Polished)


def separable():
    """A classifier that has all of 30 examples right."""
    rng, net = np.random.default_rng(0), MLP((2, 4, 3))
    params, inputs = net.init(rng, bias_std=0.5), rng.normal(size=(30, 2))
    labels = net.predict(params, inputs).argmax(axis=1)
    return Objective(net, "cross_entropy", inputs, labels), params


@pytest.mark.parametrize("method", ["trust_region", "lbfgs"])
def test_where_there_is_no_minimum_polishing_says_so_and_how_far_it_went(method):
    objective, start = separable()
    reached = polish(objective, start, method=method, max_steps=15)
    assert reached.certificate.verdict == "no minimum"
    ends = (start, reached.params)
    np.testing.assert_allclose(reached.losses, [objective(end) for end in ends], rtol=1e-12)
    norms = [np.linalg.norm(flatlib.flatten(end)) for end in ends]
    np.testing.assert_allclose(reached.norms, norms, rtol=1e-12)
    assert reached.losses[1] < 0.1 * reached.losses[0]
    assert reached.norms[1] > 1.1 * reached.norms[0]
    words = f"loss {reached.losses[0]:.3g} to {reached.losses[1]:.3g}, norm of the weights"
    assert words in repr(reached)
    assert ": no minimum: all examples are right" in repr(reached)


@pytest.mark.parametrize("alpha", [1e-4, 1e4])
def test_newton_steps_are_the_same_wherever_on_the_orbit_they_start(alpha):
    net, rng = MLP((3, 4, 2), "leaky_relu"), np.random.default_rng(0)
    teacher = flatlib.data.teacher_student(net, 60, rng)
    objective = Objective(net, "squared", teacher.inputs, teacher.targets)
    start = tuple(array * (1 + 1e-6 * rng.normal(size=array.shape)) for array in teacher.params)
    scaled = flatlib.transforms.alpha_scale(net, alpha)(start)
    here, there = (polish(objective, point, method="newton") for point in (start, scaled))
    assert here.certificate.verdict == there.certificate.verdict == "minimum"
    assert here.steps == there.steps
    outputs = [objective.outputs(reached.params) for reached in (here, there)]
    np.testing.assert_allclose(*outputs, rtol=1e-11, atol=1e-13)
