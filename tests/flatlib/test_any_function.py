"""Any function of params, in any structure, through every door; derivatives written by hand."""

import autograd.numpy as anp
import numpy as np
import pytest
from oracles import assert_close

import flatlib
from flatlib import Objective, WeightedSum, curvature, measures
from flatlib.curvature import _memory, _tracing
from flatlib.invariance import report
from flatlib.training import descent, polish
from flatlib.transforms import RadialPower

RNG = np.random.default_rng(0)
A = RNG.normal(size=(6, 6))
A = A @ A.T + np.diag([3.0, 2.0, 1.0, 4.0, 5.0, 6.0])
B = RNG.normal(size=6)
THETA = RNG.normal(size=6)
# one vector of six in four structures
STRUCTURES = {
    "array": THETA.reshape(2, 3),
    "list": [THETA[:2], THETA[2:].reshape(2, 2)],
    "tuple": (THETA[0], (THETA[1:3], [THETA[3:]])),
    "dict": {"out": {"w": THETA[:4].reshape(2, 2)}, "b": [THETA[4], THETA[5:]]},
}


def leaves(params):
    """Flat, by code of its own: keys as inserted, arrays row by row."""
    if hasattr(params, "keys"):
        return [leaf for key in params.keys() for leaf in leaves(params[key])]
    if isinstance(params, anp.numpy_boxes.ArrayBox | np.ndarray | float):
        return [anp.reshape(params, (-1,))]
    return [leaf for item in params for leaf in leaves(item)]


def quartic(params):
    x = anp.concatenate(leaves(params))
    return anp.dot(x, anp.dot(A, x)) / 2 + anp.dot(B, x) + anp.sum(x**4)


SLOPE = A @ THETA + B + 4 * THETA**3
HESSIAN = A + np.diag(12 * THETA**2)


@pytest.fixture(params=STRUCTURES)
def params(request):
    return STRUCTURES[request.param]


def test_derivatives_in_any_structure(params):
    assert_close(flatlib.gradient(quartic, params), SLOPE)
    assert_close(flatlib.hessian(quartic, params), HESSIAN)
    assert_close(flatlib.hessian_diagonal(quartic, params), np.diag(HESSIAN))
    vectors = np.random.default_rng(1).normal(size=(6, 4))
    operator = flatlib.hessian_operator(quartic, params)
    assert_close(operator @ vectors, HESSIAN @ vectors)
    assert_close(operator @ vectors[:, 0], HESSIAN @ vectors[:, 0])
    assert_close(operator.matrix(), HESSIAN)


def test_a_planted_error_in_one_entry_is_seen(params):
    wrong = HESSIAN.copy()
    wrong[4, 1] *= 1 + 1e-6
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_close(flatlib.hessian(quartic, params), wrong)


def test_eigenpairs_lanczos_and_estimators(params):
    operator = flatlib.hessian_operator(quartic, params)
    desired = np.linalg.eigvalsh(HESSIAN)[::-1]
    values, vectors = flatlib.top_eigenpairs(operator, 3)
    assert_close(values, desired[:3])
    assert_close(HESSIAN @ vectors, vectors * values)
    found = curvature.lanczos(operator, np.ones(6), 6)
    ritz = np.linalg.eigvalsh(found.basis.T @ HESSIAN @ found.basis)
    np.testing.assert_allclose(ritz[::-1], desired, rtol=1e-9)  # of a basis of six steps
    rng = np.random.default_rng(2)
    # where Q holds the whole range nothing is left to chance
    trace = curvature.hutch_plus_plus(operator, rng, num_products=18)
    np.testing.assert_allclose(trace.value, np.trace(HESSIAN), rtol=1e-10)
    for estimate, truth in (
        (curvature.hutchinson_trace(operator, rng), np.trace(HESSIAN)),
        (curvature.squared_frobenius(operator, rng), np.sum(HESSIAN**2)),
    ):
        assert abs(estimate.value - truth) < 4 * estimate.standard_error
    density = curvature.spectral_density(operator, rng)
    np.testing.assert_allclose(density.nodes.max(), desired[0], rtol=1e-6)


def test_minimizing_it(params):
    polished = polish(quartic, params)
    theta = flatlib.flatten(polished.params)
    # polishing stops at a relative gradient of 1e-10; the curvature is of order 10
    np.testing.assert_allclose(A @ theta + B + 4 * theta**3, 0, atol=1e-9)
    assert polished.certificate.verdict == "minimum"
    assert np.isnan(polished.certificate.kink_margin)
    assert "no kinks are known" in str(polished.certificate)
    assert type(polished.params) is type(params)
    run = descent(
        quartic, params, np.random.default_rng(0), epochs=400, learning_rate=0.01, batch_size=None
    )
    np.testing.assert_allclose(flatlib.flatten(run.params), theta, atol=1e-3)


def test_sharpness_and_measures_of_curvature(params):
    values = np.linalg.eigvalsh(HESSIAN)
    np.testing.assert_allclose(measures.spectral_norm(quartic, params), values[-1], rtol=1e-12)
    np.testing.assert_allclose(measures.hessian_trace(quartic, params), values.sum(), rtol=1e-12)
    np.testing.assert_allclose(
        measures.radial_curvature(quartic, params), THETA @ HESSIAN @ THETA, rtol=1e-12
    )
    adaptive = np.linalg.eigvalsh(np.outer(np.abs(THETA), np.abs(THETA)) * HESSIAN)[::-1]
    assert_close(measures.adaptive_spectrum(quartic, params), adaptive)

    def bowl(p):
        x = anp.concatenate(leaves(p)) - THETA
        return anp.dot(x, anp.dot(A, x)) / 2

    sharp = measures.epsilon_sharpness(bowl, params, 0.1, np.random.default_rng(0))
    np.testing.assert_allclose(sharp, 0.005 * np.linalg.eigvalsh(A)[-1], rtol=1e-9)


def test_a_report_of_a_measure_on_it(params):
    def trace(objective, point):
        return flatlib.hessian_diagonal(objective, point).sum()

    said = report(trace, np.random.default_rng(0), objective=quartic, params=params)
    assert said.moved_by == ("radial", "power")
    assert "must have a network" in str(said)


def test_a_function_that_does_not_bend_is_not_critical():
    certificate = flatlib.certify(lambda p: p["x"] ** 2 - 3.0 * p["y"], {"x": 1.0, "y": 2.0})
    assert certificate.verdict == "not critical"
    assert certificate.relative_gradient == np.inf


@pytest.mark.parametrize(
    ("signs", "verdict"), [((1, 1), "minimum"), ((1, -1), "saddle or maximum")]
)
def test_a_negative_function_is_certified(signs, verdict):
    def shifted(p):
        return signs[0] * (p[0] - 1.0) ** 2 + signs[1] * (p[1] + 2.0) ** 2 - 7.0

    assert flatlib.certify(shifted, np.array([1.0, -2.0])).verdict == verdict


class TestOtherObjectives:
    """A weighted sum, normalized logits and other coordinates go through the same doors."""

    net = flatlib.MLP((3, 3, 3), "tanh")
    inputs = RNG.normal(size=(8, 3))
    objective = Objective(net, "cross_entropy", inputs, RNG.integers(3, size=8), l2=0.1)
    start = net.init(np.random.default_rng(3), bias_std=0.3)
    functions = (
        ("sum", WeightedSum([objective, objective.subset([0, 1])], [1.0, 0.5]), start),
        ("logits", flatlib.NormalizedLogits(objective), start),
        (
            "coordinates",
            RadialPower(1.5).objective(objective),
            RadialPower(1.5).inverse(start),
        ),
    )

    @pytest.mark.parametrize(("name", "function", "at"), functions)
    def test_they_are_certified_and_polished(self, name, function, at):
        hessian = _by_columns(function, at)
        assert_close(flatlib.hessian_operator(function, at) @ np.eye(len(hessian)), hessian)
        values, _ = flatlib.top_eigenpairs(flatlib.hessian_operator(function, at), 2)
        assert_close(values, np.linalg.eigvalsh(hessian)[::-1][:2])
        certificate = flatlib.certify(function, at)
        np.testing.assert_allclose(certificate.loss, float(function(at)), rtol=1e-15)
        assert certificate.kink_margin == np.inf, name
        polished = polish(function, at, max_steps=10)
        assert polished.losses[1] < polished.losses[0]

    def test_a_kink_is_known_in_other_coordinates_and_for_normalized_logits(self):
        net = flatlib.MLP((1, 1, 3), "leaky_relu", bias=False)
        params = (np.array([[0.0]]), np.array([[1.0, 2.0, 4.0]]))
        objective = Objective(net, "squared", [[1.0]], [[0.0, 0.0, 0.0]])
        assert flatlib.certify(objective, params).verdict == "on a kink"
        g = RadialPower(1.5)
        assert flatlib.certify(g.objective(objective), g.inverse(params)).verdict == "on a kink"
        labels = Objective(net, "cross_entropy", [[1.0]], [2])
        away = (np.array([[1e-3]]), params[1])
        margins = [
            flatlib.certify(f, away).kink_margin for f in (labels, flatlib.NormalizedLogits(labels))
        ]
        assert margins[0] == margins[1]
        assert flatlib.certify(g.objective(labels), g.inverse(away)).verdict == "no minimum"

    def test_batches_of_normalized_logits_keep_them_and_l2(self):
        whole = flatlib.NormalizedLogits(self.objective)
        halves = [whole.subset(range(4)), whole.subset(range(4, 8))]
        mean = np.mean([float(half(self.start)) for half in halves])
        np.testing.assert_allclose(mean, float(whole(self.start)), rtol=1e-14)


def _by_columns(function, params):
    """The Hessian from autograd's own operator on the flat vector, without flatlib's tracing."""
    from autograd import elementwise_grad, jacobian

    flat = lambda t: function(flatlib.unflatten(t, like=params))  # noqa: E731
    matrix = jacobian(elementwise_grad(flat))(flatlib.flatten(params))
    return matrix / 2 + matrix.T / 2


def test_products_are_one_backward_pass_each_and_never_p_columns(monkeypatch):
    passes = []
    make = _tracing.make_vjp

    def counted(function, x):
        backwards, value = make(function, x)
        return lambda g: passes.append(1) or backwards(g), value

    monkeypatch.setattr(_tracing, "make_vjp", counted)
    monkeypatch.setattr(flatlib.curvature.autodiff, "rows", None)
    operator = flatlib.hessian_operator(lambda p: anp.sum(p**4), np.ones(2000))
    assert_close(operator @ np.ones((2000, 3)), 12 * np.ones((2000, 3)))
    assert len(passes) == 3
    flatlib.top_eigenvalues(
        flatlib.hessian_operator(lambda p: p[0] ** 2 + anp.sum(p) ** 2, np.ones(2000)), 1
    )
    assert len(passes) < 60


@pytest.mark.parametrize("door", [flatlib.hessian, flatlib.certify, polish])
def test_nothing_above_a_gibibyte_is_formed_unasked(door, monkeypatch):
    params = np.ones(11_586)  # 8 P^2 bytes are just above
    monkeypatch.setattr(_memory.np, "empty", lambda *a, **k: pytest.fail("allocated all the same"))
    monkeypatch.setattr("scipy.optimize.minimize", lambda loss, x, hess=None, **k: hess(x))
    with pytest.raises(MemoryError, match=r"P = 11586, .*hessian_operator"):
        door(lambda p: anp.sum(p**2), params)


def test_a_budget_asks_for_more(monkeypatch):
    monkeypatch.setattr(_memory, "LARGE", 8 * 4**2 - 1)
    for function, params in ((quartic, THETA), _small_net()):
        size = 8 * flatlib.flatten(params).size ** 2
        with pytest.raises(MemoryError, match=f"budget of {size} bytes"):
            flatlib.hessian(function, params, budget=1)
        assert flatlib.hessian(function, params, budget=size).nbytes == size


def _small_net():
    net = flatlib.MLP((2, 2, 1))
    return Objective(net, "squared", [[1.0, 2.0]], [[1.0]]), net.init(np.random.default_rng(0))
