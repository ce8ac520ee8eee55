"""Any function of params, in any structure, through every door; derivatives written by hand."""

import autograd.numpy as anp
import numpy as np
import pytest
from oracles import assert_close

import flatlib
from flatlib import Objective, curvature, measures
from flatlib.curvature import _memory
from flatlib.invariance import report
from flatlib.training import descent, polish

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
