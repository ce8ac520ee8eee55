"""Finite eigenvalues of a singular pencil: planted ones, QZ, and the cases that are vacuous."""

import numpy as np
import pytest
import scipy.linalg
from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import cases
from symmetry_cases import move, random_net

from flatlib import MLP, Objective, fisher, hessian
from flatlib.measures import fisher_spectrum, pencil, pencil_eigenvalues


def planted(rng, finite, infinite, chains, common):
    """A pencil of known eigenvalues, in coordinates that hide them.

    Blocks (mu, 1), (nu, 0), a chain at infinity ([[a, 1], [1, 0]], [[1, 0], [0, 0]]), and (0, 0).
    """
    mu = rng.normal(size=finite) * 10.0 ** rng.integers(-2, 3, size=finite)
    h = [np.array([[value]]) for value in mu]
    f = [np.eye(1)] * finite
    h += [np.array([[rng.choice((-1.0, 1.0)) * rng.uniform(0.5, 2)]]) for _ in range(infinite)]
    f += [np.zeros((1, 1))] * infinite
    h += [np.array([[rng.normal(), 1.0], [1.0, 0.0]]) for _ in range(chains)]
    f += [np.diag([1.0, 0.0])] * chains
    h += [np.zeros((1, 1))] * common
    f += [np.zeros((1, 1))] * common
    size = finite + infinite + 2 * chains + common
    mix = np.linalg.qr(rng.normal(size=(size, size)))[0] @ np.diag(rng.uniform(0.5, 2, size=size))
    mix = mix @ np.linalg.qr(rng.normal(size=(size, size)))[0]
    pair = [mix.T @ scipy.linalg.block_diag(*blocks) @ mix for blocks in (h, f)]
    return np.sort(mu)[::-1], *((m + m.T) / 2 for m in pair)


@settings(max_examples=60)
@given(st.integers(1, 6), *[st.integers(0, 3)] * 3, st.integers(0, 2**32 - 1))
def test_planted_eigenvalues_are_found_beside_others(finite, infinite, chains, common, seed):
    assert_found(finite, infinite, chains, common, seed)


def assert_found(finite, infinite, chains, common, seed):
    mu, h, f = planted(np.random.default_rng(seed), finite, infinite, chains, common)
    found = pencil_eigenvalues(h, f)
    assert len(found) == finite
    # mixing has condition 4, and the eigenvalues spread over five decades
    np.testing.assert_allclose(found, mu, rtol=0, atol=1e-10 * max(1.0, np.abs(mu).max()))


def without_common_kernel(h, f):
    """Both on a complement of what neither sees, which QZ needs; a route of its own."""
    values, vectors = np.linalg.eigh(h @ h / np.linalg.norm(h) ** 2 + f / np.linalg.norm(f))
    basis = vectors[:, values > 1e-9 * values[-1]]
    return basis.T @ h @ basis, basis.T @ f @ basis


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("bias", [False, True])
def test_qz_finds_the_same_on_a_net(seed, bias):
    objective, params = random_net(seed, bias=bias, sizes=(3, 4, 2))
    h, f = without_common_kernel(hessian(objective, params), fisher(objective, params))
    alpha, beta = scipy.linalg.eig(h, f, right=False, homogeneous_eigvals=True)
    finite = np.abs(beta) > 1e-6 * np.abs(beta).max()
    values = np.sort((alpha[finite] / beta[finite]).real)[::-1]
    found = fisher_spectrum(objective, params)
    # QZ blurs a double eigenvalue at infinity over 1e-8, and takes digits from the rest
    np.testing.assert_allclose(found, values, rtol=1e-5, atol=1e-7 * np.abs(values).max())


@settings(max_examples=30)
@given(cases(losses=("squared",)))
def test_where_every_example_is_fitted_all_are_one(case):
    targets = case.network.predict(case.params, case.inputs)
    objective = Objective(case.network, "squared", case.inputs, targets)
    found = fisher_spectrum(objective, case.params)
    # the two matrices are equal to the last bit
    np.testing.assert_allclose(found, np.ones(len(found)), rtol=1e-6)


def test_a_pseudo_inverse_or_damping_is_no_substitute():
    """Off critical points they move under a scaling of units, and the finite eigenvalues do not."""
    case = random_net(0)
    moved = move("units", *case, np.random.default_rng(1))

    def top(objective, params, inverse):
        product = inverse(fisher(objective, params)) @ hessian(objective, params)
        return np.linalg.eigvals(product).real.max()

    for inverse in (
        lambda f: np.linalg.pinv(f, rcond=1e-10, hermitian=True),
        lambda f: np.linalg.inv(f + 1e-3 * np.eye(len(f))),
    ):
        assert abs(top(*moved, inverse) / top(*case, inverse) - 1) > 0.01
    np.testing.assert_allclose(fisher_spectrum(*moved)[0], fisher_spectrum(*case)[0], rtol=1e-9)


def test_splitting_a_unit_adds_no_finite_eigenvalue():
    objective, (w, b, v, c) = random_net(5, sizes=(3, 4, 2))
    split = (np.c_[w, w[:, :1]], np.r_[b, b[:1]], np.r_[0.3 * v[:1], v[1:], 0.7 * v[:1]], c)
    wider = Objective(MLP((3, 5, 2)), "cross_entropy", objective.inputs, objective.targets)
    before, after = fisher_spectrum(objective, (w, b, v, c)), fisher_spectrum(wider, split)
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-8 * np.abs(before).max())


def test_a_silent_net_has_none():
    net = MLP((1, 1, 1), bias=False)
    objective = Objective(net, "squared", [[1.0]], [[1.0]])
    assert fisher_spectrum(objective, ([[-1.0]], [[1.0]])).size == 0


def test_the_oracle_sees_planted_errors(monkeypatch):
    true = pencil._range_first
    monkeypatch.setattr(pencil, "_range_first", lambda *a: (1.001 * true(*a)[0], true(*a)[1]))
    with pytest.raises(AssertionError):
        assert_found(4, 2, 2, 1, 0)
    monkeypatch.setattr(pencil, "_range_first", true)
    monkeypatch.setattr(pencil, "_orthogonal_to", lambda columns, cut: np.eye(len(columns)))
    with pytest.raises(AssertionError):
        assert_found(4, 2, 2, 1, 0)
