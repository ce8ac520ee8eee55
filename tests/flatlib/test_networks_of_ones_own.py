"""A network of one's own: shapes and a prediction are enough; the example is the API page's."""

import re
from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from oracles import assert_close

import flatlib
from flatlib import MLP, Objective, measures
from flatlib.invariance import report
from flatlib.networks import Network
from flatlib.training import descent, polish

PAGE = Path(__file__).parents[2] / "book/api.md"
RNG = np.random.default_rng(0)
INPUTS, LABELS = RNG.normal(size=(20, 4)), RNG.integers(3, size=20)


def blocks_of_the_page():
    """What a reader can run: each block of Python on the page, in order."""
    text = PAGE.read_text(encoding="utf-8")
    section = text[text.index("## A function, or a network, of your own") :]
    return re.findall(r"```python\n(.*?)```", section[: section.index("## Curvature")], re.DOTALL)


@pytest.fixture(scope="module")
def page():
    names = {}
    for block in blocks_of_the_page():
        exec(block, names)
    return names


@pytest.fixture(scope="module")
def net(page):
    return page["ResidualNet"](4, 3, 3, 1)


@pytest.fixture(scope="module")
def objective(net):
    return Objective(net, "cross_entropy", INPUTS, LABELS, l2=0.05)


class Copy(Network):
    """An MLP written again, of which the closed forms know nothing."""

    def __init__(self, network):
        self.param_shapes, self.depth = network.param_shapes, network.depth
        self.phi = network.activation

    def predict(self, params, inputs):
        hidden = inputs
        for k in range(0, len(params), 2):
            hidden = anp.dot(hidden if k == 0 else self.phi(hidden), params[k]) + params[k + 1]
        return hidden


def test_the_function_of_the_page_is_minimized(page):
    np.testing.assert_allclose([page["found"].params[k] for k in "xy"], 1.0, rtol=1e-6)
    hessian = np.array([[802.0, -400.0], [-400.0, 200.0]])
    np.testing.assert_allclose(page["values"], np.linalg.eigvalsh(hessian)[::-1], rtol=1e-6)


def test_the_net_of_the_page_has_about_twelve_lines():
    block = blocks_of_the_page()[1]
    lines = [line for line in block.splitlines() if line.strip() and "import" not in line]
    assert "ResidualNet" in block
    assert len(lines) <= 13


def test_every_door_of_derivatives_opens(net, objective):
    params = net.init(np.random.default_rng(1))
    assert [array.shape for array in params] == list(net.param_shapes)
    P = net.num_params

    def written_out(p):
        f = net.predict(p, INPUTS)
        f = f - anp.max(f, axis=1, keepdims=True)
        of_loss = anp.log(anp.sum(anp.exp(f), axis=1)) - f[np.arange(20), LABELS]
        return anp.mean(of_loss) + 0.025 * sum(anp.sum(array**2) for array in p)

    hessian = flatlib.hessian(written_out, params)
    assert_close(flatlib.gradient(objective, params), flatlib.gradient(written_out, params))
    assert_close(flatlib.hessian(objective, params), hessian)
    assert_close(flatlib.hessian_diagonal(objective, params), np.diag(hessian))
    operator = flatlib.hessian_operator(objective, params)
    assert_close(operator @ np.eye(P)[:, :3], hessian[:, :3])
    values, _ = flatlib.top_eigenpairs(operator, 4)
    assert_close(values, np.linalg.eigvalsh(hessian)[::-1][:4])
    assert np.isnan(flatlib.certify(objective, params).kink_margin)


def test_it_is_trained_on_batches_and_polished(net, objective):
    start = net.init(np.random.default_rng(1))
    run = descent(
        objective, start, np.random.default_rng(2), epochs=60, learning_rate=0.1, batch_size=8
    )
    polished = polish(objective, run.params)
    assert polished.certificate.verdict == "minimum"
    assert polished.certificate.loss < run.losses[0]


@pytest.mark.parametrize("activation", ["leaky_relu", "tanh"])
def test_an_mlp_written_again_has_the_derivatives_of_the_closed_form(activation):
    network = MLP((4, 5, 3), activation)
    params = network.init(np.random.default_rng(3), bias_std=0.5)
    closed, own = (
        Objective(n, "cross_entropy", INPUTS, LABELS, l2=(0.1, 0.3))
        for n in (network, Copy(network))
    )
    assert_close(flatlib.gradient(own, params), flatlib.gradient(closed, params))
    assert_close(flatlib.hessian(own, params), flatlib.hessian(closed, params))
    vectors = np.random.default_rng(4).normal(size=(network.num_params, 2))
    assert_close(
        flatlib.hessian_operator(own, params) @ vectors,
        flatlib.hessian_operator(closed, params) @ vectors,
    )


def test_the_same_net_with_one_weight_changed_is_seen():
    network = MLP((4, 5, 3), "tanh")
    params = network.init(np.random.default_rng(3), bias_std=0.5)
    closed, own = (
        Objective(n, "squared", INPUTS, np.eye(3)[LABELS]) for n in (network, Copy(network))
    )
    other = (params[0] * (1 + 1e-9 * np.eye(4, 5)), *params[1:])
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_close(flatlib.hessian(own, other), flatlib.hessian(closed, params))


CLOSED = {
    "gauss_newton": flatlib.gauss_newton,
    "gauss_newton_operator": flatlib.gauss_newton_operator,
    "residual_part": flatlib.residual_part,
    "fisher": flatlib.fisher,
    "empirical_fisher": flatlib.empirical_fisher,
    "quotient": measures.quotient_metric_spectrum,
}


@pytest.mark.parametrize("door", CLOSED)
def test_what_needs_the_closed_form_says_so_and_names_the_doors_that_do_not(door, net, objective):
    with pytest.raises(TypeError, match=r"ResidualNet.*flatlib\.gradient, hessian, hessian_op"):
        CLOSED[door](objective.without_l2(), net.init(np.random.default_rng(1)))


def test_what_needs_a_dense_net_says_so(net, objective):
    params = net.init(np.random.default_rng(1))
    for measure in (
        lambda: flatlib.hessian_block(objective, params, (1, 1)),
        lambda: flatlib.flattest(objective.without_l2(), params),
        lambda: measures.path_norm(net, params, p=2.0),
        lambda: flatlib.data.teacher_student(net, 5, np.random.default_rng(0)),
        lambda: measures.input_complexity(net, params, INPUTS),
    ):
        with pytest.raises(TypeError, match="ResidualNet") as error:
            measure()
        assert "attribute" not in str(error.value)


def test_what_a_measure_asks_a_network_to_say_is_enough(net):
    params = net.init(np.random.default_rng(1))
    with pytest.raises(TypeError, match="Give it num_outputs = C"):
        measures.input_complexity(net, params, INPUTS)
    with pytest.raises(TypeError, match=r"Give it input_shape = \(d,\)"):
        flatlib.data.teacher_student(net, 5, np.random.default_rng(0))
    told = type(net)(4, 3, 3, 1)
    told.input_shape, told.num_outputs = (4,), 3
    # the mean over the inputs of the squared norm of the Jacobian, by differences
    steps = 1e-6 * np.eye(4)
    slopes = [
        (net.predict(params, INPUTS + s) - net.predict(params, INPUTS - s)) / 2e-6 for s in steps
    ]
    desired = np.sum(np.square(slopes)) / len(INPUTS)
    found = measures.input_complexity(told, params, INPUTS)
    np.testing.assert_allclose(found, desired, rtol=1e-7)
    assert flatlib.data.teacher_student(told, 5, np.random.default_rng(0)).inputs.shape == (5, 4)
    with pytest.raises(ValueError, match=r"inputs must have shape \(N, 4\)"):
        Objective(told, "squared", np.ones((2, 5)), np.ones((2, 3)))


def test_a_report_on_it(net, objective):
    said = report(
        "trace",
        np.random.default_rng(0),
        objective=objective,
        params=net.init(np.random.default_rng(1)),
    )
    assert said.moved_by == ("radial", "power")
    assert set(said.where("undefined")) == set(flatlib.invariance.FAMILIES) - {"radial", "power"}
