"""Spectral densities: their mass, their moments and their width, at every scale."""

import numpy as np
import pytest
from spectrum_cases import FLAT, SCALES, like_a_net, with_eigenvalues

from flatlib.curvature import _density
from flatlib.curvature.spectrum import SpectralDensity, lanczos, spectral_density


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
