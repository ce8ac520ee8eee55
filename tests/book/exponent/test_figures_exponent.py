"""The figures say what they show; splitting and the samplers against what is known exactly."""

import re

import numpy as np
import pytest
from scipy.special import ndtr

import flatbook
from flatbook.exponent import (
    Tempered,
    digits_net,
    exact,
    exponent_of,
    halved_levels,
    langevin,
    parallel,
    two_linear_layers,
    two_orbits,
)
from flatlib import MLP, Objective, SquaredLoss, hessian, unflatten
from flatlib.measures import learning_coefficient
from flatlib.transforms import alpha_scale


@pytest.fixture(scope="module")
def good():
    return digits_net(np.random.default_rng(0), wrong=0)


def test_the_first_figure_names_the_larger_estimate(good):
    picture = two_orbits(good, good, (0.1, 10.0))
    sharp, flat = (
        0.5 * (spectrum / (spectrum + 100 * np.log(150) / 150)).sum()
        for spectrum in (good.spectrum(0.1), good.spectrum(3.0))
    )
    assert f"its estimate is {sharp:.1f}; that of the bad" in picture.alts[0]
    assert f"is {flat:.1f}. The good one" in picture.alts[0]


def test_the_spectrum_along_the_orbit_is_that_of_the_moved_network(good):
    """A smaller network, and the whole Hessian of the library."""
    net, inputs = MLP((64, 40, 1)), good.inputs[:6]
    objective = Objective(net, SquaredLoss(1.0), inputs, net.predict(good.params, inputs))
    few = type(good)(inputs, good.params, 0.0)
    (rows, hidden), moved = few.jacobian, alpha_scale(net, 3.0)(good.params)
    outer = rows @ rows.T / 9 + 9 * hidden @ hidden.T + 1.0
    np.testing.assert_allclose(few.spectrum(3.0), np.linalg.eigvalsh(outer / 3), rtol=1e-8)
    np.testing.assert_allclose(
        few.spectrum(3.0).sum(), np.trace(hessian(objective, moved)), rtol=1e-10
    )


def test_the_lines_have_the_slopes_that_the_words_say():
    picture = parallel(flatbook.table("volumes_of_nets"))
    slopes = np.array([re.findall(r"\d\.\d\d", alt)[-2:] for alt in picture.alts], dtype=float)
    np.testing.assert_allclose(slopes, np.full((5, 2), 2.0), atol=0.1)


def test_splitting_finds_the_quantiles_of_a_normal_number():
    """Below |x| = r lies 2 Phi(r) - 1; 2,000 particles, each halving errs by about 1/sqrt(2000)."""
    levels = halved_levels(
        lambda points: np.abs(points[:, 0]), [np.arange(1)], np.random.default_rng(0),
        num_particles=2000, num_halvings=8,
    )  # fmt: skip
    masses = 2 * ndtr(np.exp(levels)) - 1
    np.testing.assert_allclose(masses, 0.5 ** np.arange(1, 9), rtol=4 * np.sqrt(8 / 2000))


def test_an_exponent_is_read_off_exact_levels():
    """Masses of levels e: e^0.7, and e^0.5 ln(1/e) by its inverse on a grid."""
    masses = np.arange(1, 41) * np.log(2)
    np.testing.assert_allclose(exponent_of(-masses / 0.7), 0.7, rtol=1e-12)
    grid = np.linspace(2.5, 90, 200_001)
    levels = -np.interp(masses, 0.5 * grid - np.log(grid), grid)
    np.testing.assert_allclose(exponent_of(levels, 2), 0.5, rtol=1e-4)
    assert exponent_of(levels) < 0.48  # the logarithm left out


def test_linear_layers_are_the_cases_that_polar_coordinates_settle():
    """One hidden unit on labels 0: |a| |b| small, and the shorter side has the exponent."""
    assert two_linear_layers(1, 1, 1, 0) == (0.5, 2)
    assert two_linear_layers(2, 1, 1, 0) == two_linear_layers(1, 1, 2, 0) == (0.5, 1)
    assert two_linear_layers(2, 1, 2, 0) == (1.0, 2)
    found = [two_linear_layers(n, 3, 1, 0) for n in (1, 2, 3, 4, 10)]
    assert found == [(0.5, 1), (1.0, 1), (1.5, 2), (1.5, 1), (1.5, 1)]


@pytest.fixture(scope="module")
def law():
    """A unit with one weight that is squared: L = (w^2 - 1)^2 is no bowl under a weak pull."""
    return Tempered(MLP((1, 1, 1), bias=False), np.array([1.0, 1.0]), np.array([[1.0]]), 3.0, 2.0)


def integral(law):
    """The estimate by quadrature over both weights."""
    grid = np.linspace(-6, 6, 601)
    first, second = np.meshgrid(grid, grid, indexing="ij")
    losses = (np.maximum(1 + first, 0) * (1 + second) - 1) ** 2
    mass = np.exp(-law.nbeta * losses - law.gamma / 2 * (first**2 + second**2))
    return law.nbeta * (losses * mass).sum() / mass.sum()


def test_exact_samples_are_exact_where_the_loss_is_no_bowl(law):
    found = exact(law, np.random.default_rng(0), num_chains=200, num_steps=200)
    assert abs(found.value - integral(law)) < 4 * found.standard_error
    bowl = learning_coefficient(law.spectrum(), nbeta=law.nbeta, gamma=law.gamma)
    assert abs(bowl - integral(law)) > 4 * found.standard_error


def test_langevin_steps_come_near_it(law):
    """A step of 0.01 over a stiffness of 14 errs by 4 %."""
    found = langevin(law, np.random.default_rng(1), step_size=0.01, num_chains=300, num_steps=600)
    assert abs(found.value - integral(law)) < 4 * found.standard_error + 0.04 * integral(law)


def test_gradients_of_the_law_are_those_of_the_loss(law):
    """Central differences, of a network with several units."""
    net, rng = MLP((3, 4, 1), bias=False), np.random.default_rng(3)
    theta = np.concatenate([part.ravel() for part in net.init(rng)])
    many = Tempered(net, theta, rng.normal(size=(5, 3)), 1.0, 1.0)
    delta = 0.1 * rng.normal(size=(1, len(theta)))
    found = many.gradients(delta, 2 / 5 * many.residuals(delta))[0]
    steps = 1e-6 * np.eye(len(theta))
    slopes = (many.losses(delta + steps) - many.losses(delta - steps)) / 2e-6
    np.testing.assert_allclose(found, slopes, atol=1e-8)
    shapes = [np.empty(shape) for shape in net.param_shapes]
    objective = Objective(net, SquaredLoss(1.0), many.inputs,
                          net.predict(unflatten(theta, shapes), many.inputs))  # fmt: skip
    whole = np.linalg.eigvalsh(hessian(objective, unflatten(theta, shapes)))[-5:]
    np.testing.assert_allclose(many.spectrum(), whole, rtol=1e-8, atol=1e-12)
