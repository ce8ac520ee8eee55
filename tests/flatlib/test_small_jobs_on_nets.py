"""Small jobs as a newcomer would write them from the reference, on networks; ten lines at most."""

import autograd.numpy as anp
import numpy as np
import pytest
from small_job_data import LABELS, RNG, X, Y, close

import flatlib
from flatlib import data, plots, training, transforms
from flatlib.networks import Network


def test_the_trace_of_a_net_with_an_error_bar():
    net = flatlib.MLP((64, 60, 10))
    digits = data.digits()
    train = flatlib.Objective(net, "cross_entropy", digits.train_inputs, digits.train_labels)
    params = net.init(RNG(0))
    operator = flatlib.hessian_operator(train, params)
    found = flatlib.curvature.hutchinson_trace(operator, RNG(1), num_samples=60)
    exact = flatlib.hessian_diagonal(train, params).sum()
    assert abs(found.value - exact) < 4 * found.standard_error


def test_an_activation_of_my_own():
    bump = flatlib.Activation("bump", lambda z: anp.exp(-(z**2)))
    net = flatlib.MLP((3, 4, 1), bump)
    objective, params = flatlib.Objective(net, "squared", X, Y), net.init(RNG(0))
    close(flatlib.hessian(objective, params), flatlib.curvature.autodiff.hessian(objective, params))


class Residual(Network):
    """x A, one block, then C."""

    param_shapes = ((3, 4), (4, 4), (4, 1))

    def predict(self, params, inputs):
        first, inner, last = self.require_params(params)
        hidden = anp.dot(inputs, first)
        return anp.dot(hidden + anp.tanh(anp.dot(hidden, inner)), last)


def test_the_sharpest_directions_of_a_network_of_my_own():
    net = Residual()
    objective, params = flatlib.Objective(net, "squared", X, Y), net.init(RNG(0))
    values, vectors = flatlib.top_eigenpairs(flatlib.hessian_operator(objective, params), 3)
    matrix = flatlib.hessian(objective, params)
    close(values, np.linalg.eigvalsh(matrix)[::-1][:3])
    close(matrix @ vectors, vectors * values, 1e-8)


def test_sharper_at_will_and_the_same_function():
    net = flatlib.ConvNet((8, 8, 1), (flatlib.Conv(4, (3, 3)), flatlib.Dense(2)))
    images, params = RNG(2).normal(size=(20, 8, 8, 1)), net.init(RNG(0))
    objective = flatlib.Objective(net, "cross_entropy", images, LABELS[:20])
    sharp = transforms.alpha_scale(net, 0.01)(params)
    close(net.predict(sharp, images), net.predict(params, images), 1e-12)
    traces = [flatlib.hessian_diagonal(objective, p).sum() for p in (params, sharp)]
    assert traces[1] > 10 * traces[0]
    least = [flatlib.flattest(objective, p, measure="trace").value for p in (params, sharp)]
    assert least[0] == pytest.approx(least[1], rel=1e-6)


def test_the_curvature_of_one_layer():
    net = flatlib.MLP((3, 5, 1), bias=False)
    objective, params = flatlib.Objective(net, "squared", X, Y), net.init(RNG(0))
    block = flatlib.hessian_block(objective, params, (2, 2))
    close(block, flatlib.hessian(objective, params)[15:, 15:])


def test_a_picture_of_my_spectrum(tmp_path, closed_figures):
    net = flatlib.MLP((3, 8, 2))
    objective = flatlib.Objective(net, "cross_entropy", X, LABELS)
    ax = plots.spectrum(np.linalg.eigvalsh(flatlib.hessian(objective, net.init(RNG(0)))))
    ax.figure.savefig(tmp_path / "spectrum.png")
    assert (tmp_path / "spectrum.png").stat().st_size > 1000


def test_the_loss_along_the_sharpest_direction(closed_figures):
    net = flatlib.MLP((3, 8, 2), "tanh")
    objective, params = flatlib.Objective(net, "cross_entropy", X, LABELS), net.init(RNG(0))
    _, vectors = flatlib.top_eigenpairs(flatlib.hessian_operator(objective, params), 1)
    ax = plots.slice(objective, params, vectors[:, 0])
    assert ax.lines


def test_does_my_own_measure_survive_a_rescaling():
    net = flatlib.MLP((3, 6, 2), bias=False)
    objective, params = flatlib.Objective(net, "cross_entropy", X, LABELS), net.init(RNG(0))

    def product(objective, params):
        return float(np.prod([np.linalg.norm(layer) for layer in params]))

    report = flatlib.invariance.report(product, RNG(4), objective=objective, params=params)
    assert "layers" in str(report)
    moved = transforms.alpha_scale(net, 7.0)(params)
    assert product(objective, moved) == pytest.approx(product(objective, params), rel=1e-12)


def test_stop_when_it_is_good_enough():
    net = flatlib.MLP((3, 8, 2))
    objective = flatlib.Objective(net, "cross_entropy", X, LABELS)
    options = {"epochs": 500, "learning_rate": 0.3, "batch_size": None}
    run = training.descent(
        objective, net.init(RNG(0)), RNG(0), stop=lambda p: objective.accuracy(p) == 1.0, **options
    )
    assert run.ended == "stop"
    assert objective.accuracy(run.params) == 1.0


def test_a_newcomers_slips_are_put_into_words():
    net = flatlib.MLP((3, 5, 1))
    objective, params = flatlib.Objective(net, "squared", X, Y), net.init(RNG(0))
    run = training.descent(objective, params, RNG(0), epochs=1, learning_rate=0.01)
    operator = flatlib.hessian_operator(objective, params)
    apart = flatlib.Loss("apart", lambda f, y: anp.sum((f - y) ** 2, axis=1))

    def vector(p):
        return anp.sum((np.eye(3) @ p["w"] + p["b"] - 1) ** 2)

    slips = [
        (lambda: flatlib.hessian(objective, run), r"got a Run. Pass its \.params"),
        (lambda: plots.spectrum(flatlib.hessian(objective, params)), r"a matrix .*eigvalsh"),
        (lambda: plots.spectrum(operator), r"an operator. Pass .*spectral_density\(operator"),
        (lambda: transforms.scale_neurons(net, [2.0] * 5), "one vector for each hidden layer"),
        (lambda: flatlib.Objective(net, apart, X, Y[:, 0]), r"Pass targets\.reshape\(-1, 1\)"),
        (lambda: transforms.scale_neurons(Residual(), [[2.0]]), "hidden_layers"),
        (lambda: flatlib.gradient(vector, {"w": [0.0] * 3, "b": 0.0}), "Pass np.array of it"),
        (lambda: operator_of(vector) @ np.ones(4), "Pass np.array of it"),
    ]
    for slip, advice in slips:
        with pytest.raises((TypeError, ValueError), match=advice):
            slip()
    found = flatlib.gradient(vector, {"w": np.zeros(3), "b": 0.0})
    np.testing.assert_allclose(found, [-2.0, -2.0, -2.0, -6.0], rtol=1e-12)


def operator_of(function):
    return flatlib.hessian_operator(function, {"w": [0.0] * 3, "b": 0.0})
