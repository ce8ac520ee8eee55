"""Nets and activations worked out by hand, for the two-layer bounds and their condition."""

import numpy as np
import oracles
import pytest
import scipy.special
from strategies import KINKS

from flatbook.fisher_bound import counterexamples
from flatbook.fisher_bound.scenes import EIGHT, ERF, SILU, SINE
from flatlib import ACTIVATIONS, MLP, Activation, Objective, SquaredLoss
from flatlib.measures import corollary_bound

EXPECTED = {
    "square, 2 units, 4 points": (16, 12, 20),
    "square, 2 units, 2 points": (32, 20, 36),
    "sine, 2 units, 2 points": (1.6449, 1.3973, 2.4939),
    "gelu, 2 units, 2 points": (1.1215, 0.8051, 1.517),
    "silu, 2 units, 2 points": (20.507, 14.946, 29.22),
    "softplus, 6 units, 7 points": (256.022, 241.910, 1012.6),
    "tanh, 20 units, 61 points": (3770.96, 3716.88, 58229),
    "sigmoid, 20 units, 61 points": (235.685, 232.305, 3639.3),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_counterexamples_have_the_numbers_worked_out_for_them(name):
    """Computed once by automatic differentiation and in 40 digits; 5 figures were kept."""
    bound = corollary_bound(*counterexamples.ALL[name]())
    found = bound.left, bound.printed, bound.corrected
    np.testing.assert_allclose(found, EXPECTED[name], rtol=2e-4)


def test_the_erf_net_by_the_complex_step():
    """Its own forward pass and gradient in c, and Hessian and slopes by complex steps."""
    objective, (incoming, biases, outgoing, _) = counterexamples.erf()

    def outputs(x, c):
        return scipy.special.erf(x @ incoming + c) @ outgoing

    def gradient_in_c(c):
        z = objective.inputs @ incoming + c
        slopes = 2 / np.sqrt(np.pi) * np.exp(-z * z) * outgoing[:, 0]
        return 2 * ((outputs(objective.inputs, c) - objective.targets) * slopes).mean(axis=0)

    step = 1j * oracles.STEP
    hessian_in_c = [gradient_in_c(biases + step * e).imag / oracles.STEP for e in np.eye(10)]
    slopes = [outputs(objective.inputs + step * e, biases).imag / oracles.STEP for e in np.eye(11)]
    left = 2 * (np.array(slopes) ** 2).sum() / len(objective.inputs)
    norms = (incoming**2).sum() ** 2
    squares = (incoming**2).sum(axis=0)
    # erf'' is largest at 1/sqrt(2): sqrt(8 / (pi e))
    root = np.sqrt(((outputs(objective.inputs, biases) - objective.targets) ** 2).mean())
    bend = 2 * np.sqrt(8 / (np.pi * np.e)) * 20 * root * squares
    printed = norms + (np.array(hessian_in_c) ** 2).sum() + bend.max()
    bound = corollary_bound(*counterexamples.erf())
    np.testing.assert_allclose([bound.left, bound.printed], [left, printed], rtol=1e-10)
    assert left > 1.08 * printed


GRID = np.linspace(-6, 6, 120_001)


@pytest.mark.parametrize("activation", [*ACTIVATIONS.values(), *EIGHT], ids=lambda a: a.name)
def test_max_curvature_is_the_largest_on_a_grid(activation):
    largest = np.abs(activation.curvature(GRID)).max()
    assert largest <= activation.max_curvature * (1 + 1e-14)
    # the grid misses the maximum by at most 5e-5, where the curvature is flat
    np.testing.assert_allclose(largest, activation.max_curvature, rtol=1e-7)
    assert activation.kinks == KINKS.get(activation.name, ())


@pytest.mark.parametrize("activation", [SINE, SILU, ERF], ids=lambda a: a.name)
def test_slope_and_curvature_of_the_three_by_central_differences(activation):
    z, step = np.linspace(-4, 4, 81), 1e-5
    for low, high in [("function", "slope"), ("slope", "curvature")]:
        f, derivative = getattr(activation, low), getattr(activation, high)
        quotient = (f(z + step) - f(z - step)) / (2 * step)
        # rounding of f over the step dominates
        np.testing.assert_allclose(derivative(z), quotient, rtol=0, atol=1e-9)


def test_an_activation_of_ones_own_gives_its_supremum():
    mine = Activation(
        "mine", np.sin, slope=np.cos, curvature=lambda z: -np.sin(z), max_curvature=1.0
    )
    objective, params = counterexamples.sine()
    own = Objective(MLP((1, 2, 1), mine), SquaredLoss(1.0), objective.inputs, objective.targets)
    assert corollary_bound(own, params) == corollary_bound(objective, params)
