"""Eigenvalues and densities against matrices whose spectra are known, at every scale."""

import numpy as np
import pytest
import scipy.linalg
from oracles import assert_close
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, aslinearoperator
from strategies import make_case

import flatlib
from flatlib.curvature import _arpack, _density
from flatlib.curvature.products import gauss_newton_operator, hessian_operator
from flatlib.curvature.spectrum import (
    SpectralDensity,
    lanczos,
    spectral_density,
    top_eigenvalues,
)

SCALES = [2.0**exponent for exponent in range(-30, 41, 5)]
# what PyHessian and Google's library get wrong is worst where a minimum is flattest
FLAT = [2.0**-133, 1e-30, 4e-7, 1e-3]


def with_eigenvalues(eigenvalues, seed=0):
    """A symmetric matrix with a random orthogonal basis of eigenvectors."""
    rng = np.random.default_rng(seed)
    basis = scipy.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))[0]
    matrix = (basis * eigenvalues) @ basis.T
    return (matrix + matrix.T) / 2


def like_a_net(size):
    """Most eigenvalues near 0, some negative, a few large."""
    rng = np.random.default_rng(size)
    bulk = 1e-2 * rng.normal(size=size)
    bulk[:5] = [3.0, -2.5, 2.0, 1.0, 0.5]
    return bulk


def chosen(eigenvalues, k, which):
    """The definition: sort by the order that is asked for."""
    if which == "LM":
        return np.array(sorted(eigenvalues, key=abs, reverse=True)[:k])
    ascending = np.sort(eigenvalues)
    return (ascending[-k:] if which == "LA" else ascending[:k])[::-1]


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
@pytest.mark.parametrize("k", [1, 3, 40, 119, 120])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_top_eigenvalues_are_the_known_ones(which, k, wrap):
    eigenvalues = like_a_net(120)
    values = top_eigenvalues(wrap(with_eigenvalues(eigenvalues)), k, which=which)
    assert values.shape == (k,)
    np.testing.assert_allclose(values, chosen(eigenvalues, k, which), rtol=0, atol=1e-13)


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_top_eigenvalues_are_homogeneous_to_the_last_bit(which, wrap):
    matrix = with_eigenvalues(like_a_net(150))
    desired = top_eigenvalues(wrap(matrix), 6, which=which)
    for scale in [*SCALES, FLAT[0]]:
        actual = top_eigenvalues(wrap(scale * matrix), 6, which=which)
        np.testing.assert_array_equal(actual, scale * desired)


@pytest.mark.parametrize("scale", FLAT)
def test_a_flat_minimum_has_its_own_eigenvalues(scale):
    # a norm with 1e-6 added to it returns 0.56 of the eigenvalue at 4e-6, and nothing at 4e-7
    eigenvalues = like_a_net(150)
    values = top_eigenvalues(aslinearoperator(scale * with_eigenvalues(eigenvalues)), 3)
    np.testing.assert_allclose(values, scale * chosen(eigenvalues, 3, "LA"), rtol=1e-12)


def test_algebraic_and_modulus_are_two_questions():
    matrix = np.diag([1.0, -5.0, 3.0, 0.0])
    np.testing.assert_array_equal(top_eigenvalues(matrix, 2), [3.0, 1.0])
    np.testing.assert_array_equal(top_eigenvalues(matrix, 2, which="SA"), [0.0, -5.0])
    np.testing.assert_array_equal(top_eigenvalues(matrix, 2, which="LM"), [-5.0, 3.0])


@pytest.mark.parametrize("k", [1, 50, 140])
def test_more_eigenvalues_than_the_rank_are_zeros_and_repeatable(k):
    eigenvalues = np.zeros(160)
    eigenvalues[:4] = [4.0, 3.0, 3.0, 1.0]
    operator = aslinearoperator(with_eigenvalues(eigenvalues))
    values = top_eigenvalues(operator, k)
    np.testing.assert_allclose(values, chosen(eigenvalues, k, "LA"), rtol=0, atol=1e-13)
    np.testing.assert_array_equal(values, top_eigenvalues(operator, k))


@pytest.mark.parametrize("size", [3, 160])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_a_zero_and_an_identity_matrix(size, wrap):
    for value in (0.0, 2.0):
        values = top_eigenvalues(wrap(value * np.eye(size)), 2)
        np.testing.assert_allclose(values, [value, value], rtol=1e-14)


def never(*args, **kwargs):
    raise ArpackNoConvergence("", np.ones(1), np.ones((1, 1)))


def test_no_convergence_is_said_in_one_line(monkeypatch):
    monkeypatch.setattr(_arpack, "eigsh", never)
    monkeypatch.setattr(_arpack, "BUDGET", 0)
    with pytest.raises(ArithmeticError, match=r"got 1 of 2 eigenvalues\. Pass a matrix"):
        top_eigenvalues(aslinearoperator(with_eigenvalues(like_a_net(150))), 2)


def test_the_spectrum_of_a_net_from_products_is_the_dense_one():
    case = make_case((8, 16, 4), "relu", loss="cross_entropy", num_examples=100)
    for build, dense in [
        (hessian_operator, flatlib.hessian),
        (gauss_newton_operator, flatlib.gauss_newton),
    ]:
        matrix = dense(case.objective, case.params)
        values = top_eigenvalues(build(case.objective, case.params), 50)
        desired = np.linalg.eigvalsh(matrix)[::-1][:50]
        np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13 * desired[0])


def test_lanczos_makes_a_tridiagonal_matrix_in_an_orthonormal_basis():
    matrix = with_eigenvalues(like_a_net(60))
    start = np.random.default_rng(1).normal(size=60)
    diagonal, offdiagonal, basis = lanczos(matrix, start, 25)
    assert basis.shape == (60, 25)
    assert (offdiagonal > 0).all()
    np.testing.assert_allclose(basis[:, 0], start / np.linalg.norm(start), rtol=1e-15)
    np.testing.assert_allclose(basis.T @ basis, np.eye(25), rtol=0, atol=1e-14)
    tridiagonal = np.diag(diagonal) + np.diag(offdiagonal, 1) + np.diag(offdiagonal, -1)
    assert_close(basis.T @ matrix @ basis, tridiagonal, 1e-14)


def test_all_steps_find_each_eigenvalue_once_without_ghosts():
    # without reorthogonalization the largest comes several times, and others are missing
    eigenvalues = np.geomspace(1.0, 1e-6, 80)
    diagonal, offdiagonal, _ = lanczos(with_eigenvalues(eigenvalues), np.ones(80), 500)
    values = scipy.linalg.eigvalsh_tridiagonal(diagonal, offdiagonal)
    np.testing.assert_allclose(values[::-1], eigenvalues[: len(values)], rtol=0, atol=1e-14)
    assert len(values) == 80


@pytest.mark.parametrize("dimension", [1, 2, 5])
def test_lanczos_ends_where_the_space_is_exhausted(dimension):
    # of a diagonal matrix, where rounding does not lead out of the space
    eigenvalues = like_a_net(40)
    start = np.where(np.arange(40) < dimension, 1.0, 0.0)
    diagonal, offdiagonal, basis = lanczos(np.diag(eigenvalues), start, 30)
    assert len(diagonal) == dimension == len(offdiagonal) + 1 == basis.shape[1]
    values = scipy.linalg.eigvalsh_tridiagonal(diagonal, offdiagonal)
    desired = np.sort(eigenvalues[:dimension])
    np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13)


@pytest.mark.parametrize("value", [0.0, 1.0, 1e-200])
def test_lanczos_on_a_multiple_of_the_identity_takes_one_step(value):
    diagonal, offdiagonal, _ = lanczos(value * np.eye(20), np.arange(1.0, 21.0), 10)
    np.testing.assert_allclose(diagonal, [value], rtol=1e-14)
    assert len(offdiagonal) == 0


def exact_moments(matrix, probe, highest):
    """v^T H^p v by products, v of length 1."""
    vector = probe / np.linalg.norm(probe)
    power, moments = vector.copy(), []
    for _ in range(highest + 1):
        moments.append(vector @ power)
        power = matrix @ power
    return np.array(moments)


@pytest.mark.parametrize("num_steps", [1, 2, 3, 5])
def test_moments_are_exact_up_to_2m_minus_1_and_not_at_2m(num_steps):
    matrix = with_eigenvalues(np.linspace(-1.0, 1.5, 30))
    density = spectral_density(matrix, np.random.default_rng(4), num_steps=num_steps, num_probes=3)
    moments, rng = density.moments(2 * num_steps), np.random.default_rng(4)
    for row in moments:
        exact = exact_moments(matrix, rng.standard_normal(30), 2 * num_steps)
        np.testing.assert_allclose(row[:-1], exact[:-1], rtol=0, atol=1e-12)
        assert abs(row[-1] - exact[-1]) > 1e-6


def test_the_moments_see_wrong_weights_and_a_lost_step(monkeypatch):
    matrix = with_eigenvalues(np.linspace(-1.0, 1.5, 30))

    def moments_hold():
        density = spectral_density(matrix, np.random.default_rng(4), num_steps=4, num_probes=1)
        exact = exact_moments(matrix, np.random.default_rng(4).standard_normal(30), 7)
        return np.abs(density.moments(7)[0] - exact).max() <= 1e-12

    assert moments_hold()
    with monkeypatch.context() as patch:
        solve = _density.eigh_tridiagonal
        patch.setattr(
            _density, "eigh_tridiagonal", lambda *a, **k: (solve(*a, **k)[0], solve(*a, **k)[1].T)
        )
        assert not moments_hold()
    monkeypatch.setattr(_density, "lanczos", lambda o, v, m: lanczos(o, v, m - 1))
    assert not moments_hold()


def test_the_basis_test_sees_missing_reorthogonalization():
    # the textbook's three-term recurrence, planted here: ghosts appear
    matrix, size = with_eigenvalues(np.geomspace(1.0, 1e-6, 80)), 80
    basis, beta = [np.ones(size) / np.sqrt(size)], 0.0
    for step in range(79):
        vector = matrix @ basis[-1] - (beta * basis[-2] if step else 0.0)
        vector -= (vector @ basis[-1]) * basis[-1]
        beta = np.linalg.norm(vector)
        basis.append(vector / beta)
    assert np.abs(np.array(basis) @ np.array(basis).T - np.eye(size)).max() > 0.1
    _, _, ours = lanczos(matrix, np.ones(size), 80)
    assert np.abs(ours.T @ ours - np.eye(ours.shape[1])).max() < 1e-14


def test_with_all_steps_the_nodes_are_the_eigenvalues():
    eigenvalues = np.linspace(-1.0, 1.0, 12) ** 3
    density = spectral_density(with_eigenvalues(eigenvalues), np.random.default_rng(0))
    assert density.nodes.shape == (8, 12)
    np.testing.assert_allclose(density.nodes, np.tile(eigenvalues, (8, 1)), rtol=0, atol=1e-14)
    assert density.num_products == 96
    assert str(density) == "eigenvalues from -1 to 1 (8 probes, 96 products)"


def test_probes_that_end_early_are_padded_with_no_mass():
    # 3 distinct eigenvalues, and a scale at which rounding decides nothing
    density = spectral_density(
        with_eigenvalues(np.repeat([0.0, 1.0, 3.0], 10)), np.random.default_rng(0), num_steps=9
    )
    assert density.nodes.shape == (8, 3)
    ragged = SpectralDensity(np.array([[1.0, 2.0, 2.0]]), np.array([[0.5, 0.5, 0.0]]), 2, 2)
    np.testing.assert_allclose(ragged.moments(2), [[1.0, 1.5, 2.5]], rtol=1e-15)


@pytest.mark.parametrize("num_probes", [1, 7])
def test_mass_is_1_and_the_density_integrates_to_1(num_probes):
    density = spectral_density(
        with_eigenvalues(like_a_net(100)), np.random.default_rng(0), num_probes=num_probes
    )
    np.testing.assert_allclose(density.weights.sum(axis=1), 1.0, rtol=1e-13)
    assert (density.weights >= 0).all()
    grid = density.grid(4000)
    # four widths of margin leave out 6e-5 of the outermost kernel
    assert abs(np.trapezoid(density.density(grid), grid) - 1.0) < 1e-4


def test_the_density_is_the_kernel_estimate_of_the_eigenvalues():
    eigenvalues = np.sort(like_a_net(400))
    density = spectral_density(
        with_eigenvalues(eigenvalues), np.random.default_rng(0), num_steps=60, num_probes=50
    )
    grid, width = density.grid(50, relative_width=0.1), 0.1 * np.ptp(eigenvalues)
    kernels = np.exp(-(((grid[:, None] - eigenvalues) / width) ** 2) / 2)
    desired = kernels.mean(axis=1) / (width * np.sqrt(2 * np.pi))
    # v^T f(H) v has variance at most 2 mean(f^2) / P, and f is at most the kernel's peak
    variance = 2 / 400 * desired.max() / (width * np.sqrt(2 * np.pi))
    error = 4 * np.sqrt(variance / 50)
    np.testing.assert_allclose(
        density.density(grid, relative_width=0.1), desired, rtol=0, atol=error
    )


def test_densities_are_homogeneous_to_the_last_bit():
    matrix = with_eigenvalues(like_a_net(60))
    plain = spectral_density(matrix, np.random.default_rng(3), num_steps=20)
    grid = plain.grid(100)
    for scale in [*SCALES, FLAT[0]]:
        scaled = spectral_density(scale * matrix, np.random.default_rng(3), num_steps=20)
        np.testing.assert_array_equal(scaled.nodes, scale * plain.nodes)
        np.testing.assert_array_equal(scaled.weights, plain.weights)
        np.testing.assert_array_equal(scaled.grid(100), scale * grid)
        np.testing.assert_array_equal(scaled.density(scale * grid), plain.density(grid) / scale)


@pytest.mark.parametrize("scale", FLAT)
def test_the_width_of_the_kernel_is_the_same_part_of_the_range_however_flat(scale):
    # a variance of 1e-5 max(1, range) is 0.8 of the range at 1e-3: one bump
    density = spectral_density(
        scale * with_eigenvalues(like_a_net(60)), np.random.default_rng(3), num_steps=20
    )
    np.testing.assert_allclose(density.width() / np.ptp(density.nodes), 0.01, rtol=1e-14)


def test_a_multiple_of_the_identity_has_a_density_too():
    density = spectral_density(4.0 * np.eye(5), np.random.default_rng(0))
    grid = density.grid(1001)
    assert grid[np.argmax(density.density(grid))] == pytest.approx(4.0, abs=1e-12)


def test_mean_moments_estimate_traces_within_four_standard_errors():
    matrix = with_eigenvalues(like_a_net(80))
    density = spectral_density(matrix, np.random.default_rng(0), num_steps=4, num_probes=500)
    moments, power = density.moments(4), np.eye(80)
    for column in moments.T[1:]:
        power = power @ matrix
        error = column.std(ddof=1) / np.sqrt(len(column))
        assert abs(column.mean() - np.trace(power) / 80) <= 4 * error


def test_a_float32_operator_is_understood():
    matrix = np.diag([1.0, 2.0, 4.0]).astype(np.float32)
    operator = LinearOperator((3, 3), matvec=lambda v: matrix @ v, dtype=np.float32)
    assert top_eigenvalues(operator, 3).dtype == np.float64
    np.testing.assert_allclose(top_eigenvalues(operator, 3), [4.0, 2.0, 1.0], rtol=1e-6)


def test_nothing_that_comes_in_is_written_to():
    matrix, start = with_eigenvalues(like_a_net(20)), np.ones(20)
    for array in (matrix, start):
        array.setflags(write=False)
    lanczos(matrix, start, 5)
    top_eigenvalues(matrix, 3)
    # an operator may return the very array that it was given
    kept = LinearOperator((20, 20), matvec=lambda v: v, matmat=lambda v: v, dtype=float)
    np.testing.assert_allclose(lanczos(kept, start, 3).diagonal, [1.0], rtol=1e-15)


def test_what_does_not_converge_is_written_out_if_it_fits(monkeypatch):
    monkeypatch.setattr(_arpack, "eigsh", never)
    matrix = with_eigenvalues(like_a_net(150))
    values = top_eigenvalues(aslinearoperator(matrix), 2, which="SA")
    np.testing.assert_array_equal(values, top_eigenvalues(matrix, 2, which="SA"))


def crowded():
    """A net far out on its orbit: the lower end of its spectrum is crowded for ARPACK."""
    case = make_case((8, 16, 4), "relu", loss="cross_entropy", num_examples=100)
    params = flatlib.transforms.alpha_scale(case.network, 100.0)(case.params)
    return case.objective, params


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
def test_a_crowded_end_takes_few_products_and_is_right(which):
    objective, params = crowded()
    operator, counts = hessian_operator(objective, params), []
    products = operator._products

    def counted(vectors):
        counts.append(vectors.shape[1])
        return products(vectors)

    operator._products = counted
    dense = flatlib.hessian(objective, params)
    values = top_eigenvalues(operator, 1, which=which)
    desired = top_eigenvalues(dense, 1, which=which)
    np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13 * np.abs(dense).max())
    # a quarter of P for ARPACK, and what a restart begins with
    assert sum(counts) <= 0.25 * len(dense) + 25


def test_the_matrix_of_an_operator_is_the_closed_form_or_its_products():
    objective, params = crowded()
    for build, dense in [
        (hessian_operator, flatlib.hessian),
        (gauss_newton_operator, flatlib.gauss_newton),
    ]:
        operator, matrix = build(objective, params), dense(objective, params)
        np.testing.assert_array_equal(operator.matrix(), matrix)
        bare = type(operator)(operator._products, len(matrix))
        atol = 1e-13 * np.abs(matrix).max()
        np.testing.assert_allclose(bare.matrix(), matrix, rtol=0, atol=atol)


HUGE = np.array([1e308, 1e307, 1.0])


@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_the_largest_floats_have_eigenvalues_too(wrap):
    values = top_eigenvalues(wrap(np.diag(HUGE)), 3)
    np.testing.assert_allclose(values, HUGE, rtol=1e-14, atol=1e295)
    many = np.diag(np.concatenate([HUGE, np.linspace(1e305, 1e306, 150)]))
    np.testing.assert_allclose(top_eigenvalues(wrap(many), 2), HUGE[:2], rtol=1e-12)
    density = spectral_density(wrap(np.diag(HUGE)), np.random.default_rng(0))
    np.testing.assert_allclose(density.nodes[:, -1], 1e308, rtol=1e-12)


@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_an_eigenvalue_or_a_product_that_overflows_is_refused(wrap):
    with pytest.raises(ValueError, match="must be finite, got"):
        top_eigenvalues(wrap(np.full((2, 2), 1e308)), 1)
    with pytest.raises(ValueError, match="must be finite, got"):
        lanczos(wrap(np.full((9, 9), 1e308)), np.ones(9), 2)


@pytest.mark.parametrize(("gap", "steps"), [(2e-11, 2), (2e-15, 1)])
def test_lanczos_stops_at_rounding_and_not_before(gap, steps):
    assert len(lanczos(np.diag([1.0, 1.0 + gap]), np.ones(2), 2).diagonal) == steps


def test_asymmetry_of_rounding_is_forgiven_and_more_is_not():
    top_eigenvalues(np.array([[1.0, 1.0], [1.0 + 1e-12, 1.0]]), 1)
    with pytest.raises(ValueError, match="must be symmetric"):
        top_eigenvalues(np.array([[1.0, 1.0], [1.0 + 1e-8, 1.0]]), 1)


@pytest.mark.parametrize("which", ["LA", "SA", "LM"])
@pytest.mark.parametrize("k", [1, 3, 120])
@pytest.mark.parametrize("wrap", [np.asarray, aslinearoperator], ids=["matrix", "operator"])
def test_eigenpairs_stand_in_the_order_of_the_eigenvalues(which, k, wrap):
    matrix = with_eigenvalues(like_a_net(120))
    values, vectors = flatlib.top_eigenpairs(wrap(matrix), k, which=which)
    # with vectors LAPACK takes another road, as right as the one without
    desired = top_eigenvalues(wrap(matrix), k, which=which)
    np.testing.assert_allclose(values, desired, rtol=0, atol=1e-13)
    assert vectors.shape == (120, k)
    # of norm 3, in float64 and by a stopping rule at its precision
    np.testing.assert_allclose(matrix @ vectors, vectors * values, rtol=0, atol=1e-12)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(k), rtol=0, atol=1e-12)
    assert (vectors[np.abs(vectors).argmax(axis=0), np.arange(k)] > 0).all()


def test_eigenpairs_of_a_zero_matrix_and_of_one_that_is_written_out(monkeypatch):
    values, vectors = flatlib.top_eigenpairs(aslinearoperator(np.zeros((150, 150))), 2)
    np.testing.assert_array_equal(values, 0.0)
    np.testing.assert_array_equal(vectors.T @ vectors, np.eye(2))
    matrix = with_eigenvalues(like_a_net(120))
    monkeypatch.setattr(_arpack, "PATIENCE", 0.0)
    values, vectors = flatlib.top_eigenpairs(aslinearoperator(matrix), 3)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, rtol=0, atol=1e-12)


def test_the_error_of_a_density_is_the_spread_of_its_probes():
    density = spectral_density(
        with_eigenvalues(like_a_net(120)), np.random.default_rng(0), num_steps=10, num_probes=5
    )
    grid = density.grid(50)
    width = density.width()
    rows = []
    for nodes, weights in zip(density.nodes, density.weights, strict=True):
        bumps = np.exp(-(((grid[:, None] - nodes) / width) ** 2) / 2) / np.sqrt(2 * np.pi) / width
        rows.append(bumps @ weights)
    np.testing.assert_allclose(density.density(grid), np.mean(rows, axis=0), rtol=1e-12)
    found = density.standard_error(grid)
    np.testing.assert_allclose(found, np.std(rows, axis=0, ddof=1) / np.sqrt(5), rtol=1e-10)
    one = spectral_density(np.diag([1.0, 2.0]), np.random.default_rng(0), num_probes=1)
    with pytest.raises(ValueError, match="num_probes must be at least 2"):
        one.standard_error([1.0])
