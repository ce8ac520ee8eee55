"""What is not needed is not computed: no second derivative in a gradient, no matrix for a trace."""

import numpy as np
import pytest
from conv_cases import conv_case
from strategies import make_case

import flatlib
from flatlib import measures as m
from flatlib.curvature import _outermost, convolution, exact
from flatlib.training import attack, descent

NETS = {
    "dense": lambda loss: make_case((3, 4, 4, 2), "tanh", loss=loss),
    "convolutional": lambda loss: conv_case("lenet, small", "tanh", loss=loss, examples=6),
}


def never(*arguments, **options):
    raise AssertionError("a second derivative was computed")


@pytest.fixture(params=NETS)
def case(request):
    return NETS[request.param]("cross_entropy")


def without_second_derivatives(monkeypatch, objective):
    monkeypatch.setitem(objective.network.activation.__dict__, "curvature", never)
    monkeypatch.setattr(type(objective.loss), "curvature", never)


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
@pytest.mark.parametrize("name", NETS)
def test_a_gradient_computes_no_second_derivatives(monkeypatch, name, loss):
    case = NETS[name](loss)
    objective, true = case.objective, flatlib.gradient(case.objective, case.params)
    without_second_derivatives(monkeypatch, objective)
    np.testing.assert_array_equal(flatlib.gradient(objective, case.params), true)
    with pytest.raises(AssertionError, match="a second derivative"):
        flatlib.hessian(objective, case.params)


@pytest.mark.parametrize("batch_size", [None, 2])
def test_nor_does_a_descent_or_an_attack(monkeypatch, case, batch_size):
    objective, params = case.objective, case.params
    options = {"epochs": 2, "learning_rate": 0.1, "batch_size": batch_size}
    fooled = np.concatenate([objective.inputs, -objective.inputs])
    wrong = np.concatenate([objective.targets, objective.targets])

    def trained():
        rng = np.random.default_rng(0)
        clean = descent(objective, params, rng, **options).params
        return clean, attack(objective, params, fooled, wrong, rng, **options).params

    true = [flatlib.flatten(reached) for reached in trained()]
    without_second_derivatives(monkeypatch, objective)
    for reached, expected in zip(trained(), true, strict=True):
        np.testing.assert_array_equal(flatlib.flatten(reached), expected)


@pytest.mark.parametrize(("batch_size", "passes"), [(None, 5), (7, 5), (3, 13)])
def test_a_descent_goes_once_through_the_net_where_each_step_takes_all(
    monkeypatch, batch_size, passes
):
    """Loss and slope at the start; then the end of each of three epochs, where the next begins."""
    case = make_case((3, 4, 2), "tanh", num_examples=7)
    forward, seen = flatlib.MLP.forward, []
    monkeypatch.setattr(
        flatlib.MLP, "forward", lambda *given: seen.append(len(given[2])) or forward(*given)
    )
    options = {"epochs": 3, "learning_rate": 0.1, "batch_size": batch_size}
    descent(case.objective, case.params, np.random.default_rng(0), **options)
    assert len(seen) == passes


def test_a_diagonal_asks_for_no_curvature_of_a_rectifier(monkeypatch):
    case = make_case((3, 4, 4, 2), "relu", loss="cross_entropy")
    monkeypatch.setattr(type(case.objective.loss), "curvature", never)
    assert flatlib.hessian_diagonal(case.objective, case.params).min() >= 0


OF_THE_DIAGONAL = {
    "trace": m.hessian_trace,
    "adaptive, gaussian": lambda *a: m.adaptive_sharpness(*a, kind="gaussian"),
    "adaptive, uniform": lambda *a: m.adaptive_sharpness(*a, kind="uniform", by="filter"),
    "filters": m.filter_normalized_curvature,
    "normalized": m.normalized_sharpness,
    "relative, of all": m.global_relative_flatness,
    "relative, published": lambda *a: m.relative_flatness(*a, layer=1, form="published"),
    "flattest": lambda *a: m.flattest(*a, measure="trace").value,
    "flattest, layers": lambda *a: m.flattest(*a, measure="trace", group="layers").value,
}


@pytest.mark.parametrize("name", OF_THE_DIAGONAL)
def test_what_asks_for_the_diagonal_forms_no_matrix(monkeypatch, name):
    case = make_case((3, 5, 4, 2), "relu", loss="cross_entropy", num_examples=20)
    monkeypatch.setattr(exact, "_fill", never)
    monkeypatch.setattr(convolution, "allocate", never)
    assert OF_THE_DIAGONAL[name](case.objective, case.params) > 0
    with pytest.raises(AssertionError, match="a second derivative"):
        m.frobenius_norm(case.objective, case.params)


WIDE = make_case((20, 40, 6), "relu", loss="cross_entropy", num_examples=60)
OF_ONE_END = {
    "spectral": (m.spectral_norm, lambda h, s: np.abs(np.linalg.eigvalsh(h)).max()),
    "quadratic": (
        lambda o, p: m.quadratic_sharpness(o, p, 0.1) * 2 * (1 + o(p)) / 0.1**2,
        lambda h, s: np.linalg.eigvalsh(h)[-1],
    ),
    "adaptive": (
        lambda o, p: 2 * m.adaptive_sharpness(o, p),
        lambda h, s: np.linalg.eigvalsh(s[:, None] * h * s)[-1],
    ),
}


@pytest.fixture(params=OF_ONE_END)
def one_end(request):
    """A measure of a net of 1086 parameters, and what it is by the matrix."""
    measure, of_matrix = OF_ONE_END[request.param]
    matrix = flatlib.hessian(WIDE.objective, WIDE.params)
    return lambda: measure(WIDE.objective, WIDE.params), of_matrix(matrix, np.abs(WIDE.theta))


def test_one_end_of_the_spectrum_of_a_large_net_comes_from_products(monkeypatch, one_end):
    measured, desired = one_end
    monkeypatch.setattr(_outermost, "hessian", never)
    np.testing.assert_allclose(measured(), desired, rtol=1e-12)


def test_that_of_a_small_one_from_the_matrix(monkeypatch):
    case = make_case((3, 5, 4, 2), "tanh", loss="cross_entropy", num_examples=20)
    monkeypatch.setattr(_outermost, "arpack", never)
    desired = np.abs(np.linalg.eigvalsh(flatlib.hessian(case.objective, case.params))).max()
    assert m.spectral_norm(case.objective, case.params) == desired


@pytest.mark.parametrize("fault", ["no convergence", "no eigenvector", "wrong value"])
def test_what_products_do_not_settle_the_matrix_does(monkeypatch, one_end, fault):
    measured, desired = one_end
    true = _outermost.arpack

    def faulty(*args, **options):
        if fault == "no convergence":
            raise _outermost.ArpackNoConvergence("%s", np.zeros(0), np.zeros((0, 0)))
        values, vectors = true(*args, **options)
        if fault == "wrong value":
            return values * (1 + 1e-9), vectors
        return values, vectors + 1e-9 * np.eye(*vectors.shape)

    monkeypatch.setattr(_outermost, "arpack", faulty)
    np.testing.assert_allclose(measured(), desired, rtol=1e-13)


def test_of_a_large_linear_map_it_is_the_largest_singular_value_of_the_inputs():
    rng = np.random.default_rng(0)
    net = flatlib.MLP((40, 30), "linear", bias=False)
    inputs, targets = rng.normal(size=(50, 40)), rng.normal(size=(50, 30))
    objective = flatlib.Objective(net, "squared", inputs, targets)
    desired = np.linalg.norm(inputs, 2) ** 2 / 50
    params = net.init(rng)
    assert m.spectral_norm(objective, params) == pytest.approx(desired, rel=1e-12)
    total = flatlib.WeightedSum([objective, objective], [1.0, 0.5])
    assert m.spectral_norm(total, params) == pytest.approx(1.5 * desired, rel=1e-12)


def test_a_negative_eigenvalue_may_be_the_largest_by_modulus():
    # f = u.(Vx) with a large residual: the Hessian is near [[0, r], [r, 0]], both ends alike
    rng = np.random.default_rng(0)
    net = flatlib.MLP((30, 36, 1), "linear", bias=False)
    objective = flatlib.Objective(net, "squared", rng.normal(size=(9, 30)), np.full((9, 1), 1e3))
    params = net.init(rng)
    values = np.linalg.eigvalsh(flatlib.hessian(objective, params))
    found = m.spectral_norm(objective, params)
    assert found == pytest.approx(np.abs(values).max(), rel=1e-12)
    largest = m.quadratic_sharpness(objective, params, 1.0) * 2 * (1 + objective(params))
    assert largest == pytest.approx(values[-1], rel=1e-12)
