"""Adaptive sharpness in powers of the weights."""

import numpy as np
import pytest
from strategies import make_case

from flatlib import Objective, flatten, gradient, unflatten
from flatlib.measures import adaptive_sharpness, adaptive_spectrum, worst_adaptive_sharpness
from flatlib.transforms import Power


def in_powers(case, kappa):
    """Coordinates with each weight the kappa-th power of one of them, signs kept."""
    origin = unflatten(np.zeros(case.theta.size), like=case.params)
    return Power(origin, a=(1 / kappa - 1) / 2, b=0.0)


@pytest.mark.parametrize("kappa", [1.5, 3.0])
def test_powers_of_the_weights_multiply_by_kappa_squared_at_a_critical_point_only(kappa):
    case = make_case((3, 4, 2), "relu", True, "squared")
    fitted = Objective(case.network, "squared", case.objective.inputs,
                       case.network.predict(case.params, case.objective.inputs))  # fmt: skip
    g = in_powers(case, kappa)
    eta = g.inverse(case.params)
    # by hand: weight = sign * |eta| ** kappa
    by_hand = np.sign(flatten(eta)) * np.abs(flatten(eta)) ** kappa
    np.testing.assert_allclose(by_hand, case.theta, rtol=1e-12)
    for measure in (adaptive_spectrum, adaptive_sharpness):
        before, after = measure(fitted, case.params), measure(g.objective(fitted), eta)
        np.testing.assert_allclose(after, kappa**2 * before, rtol=1e-9, atol=1e-9 * np.max(before))
    # elsewhere the slope along each weight comes in: kappa (kappa - 1) theta_i dL/dtheta_i
    slope = case.theta @ gradient(case.objective, case.params)
    before, after = (
        2 * adaptive_sharpness(*pair, kind="gaussian")
        for pair in ((case.objective, case.params), (g.objective(case.objective), eta))
    )
    np.testing.assert_allclose(after, kappa**2 * before + kappa * (kappa - 1) * slope, rtol=1e-9)
    assert abs(slope) > 1e-3


def test_coordinates_have_no_filters_and_no_biases():
    case = make_case((3, 4, 2), "relu", True, "squared")
    g = in_powers(case, 2.0)
    for options in ({"by": "filter"}, {"biases": "free"}):
        with pytest.raises(ValueError, match='by must be "weight" and biases "scaled"'):
            adaptive_sharpness(g.objective(case.objective), g.inverse(case.params), **options)


def test_a_box_in_powers_of_the_weights_is_climbed_in_these():
    case = make_case((2, 3, 1), "relu", True, "squared")
    g, radius = in_powers(case, 2.0), 1e-4
    eta = g.inverse(case.params)
    rng = np.random.default_rng(0)
    found = worst_adaptive_sharpness(g.objective(case.objective), eta, radius, rng, norm="max")
    # to first order: the sum over weights of radius * kappa * |theta_i dL/dtheta_i|
    first = 2.0 * radius * np.abs(case.theta * gradient(case.objective, case.params)).sum()
    np.testing.assert_allclose(found, first, rtol=1e-2)
