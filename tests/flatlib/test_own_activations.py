"""Activations of one's own: derived where left out, compared where given, equal where they are."""

import autograd.numpy as anp
import numpy as np
import pytest

import flatlib
from flatlib import ACTIVATIONS, MLP, Activation, Objective, leaky_relu
from flatlib.curvature import autodiff


def softsign(z):
    return z / (1 + anp.abs(z))


def swish(z, beta=1.7):
    return z / (1 + anp.exp(-beta * z))


def objective(activation):
    rng = np.random.default_rng(0)
    inputs, targets = rng.normal(size=(9, 3)), rng.normal(size=(9, 2))
    made = Objective(MLP((3, 4, 2), activation), "squared", inputs, targets)
    return made, made.network.init(rng, bias_std=0.3)


@pytest.mark.parametrize("function", [anp.sin, swish, anp.arctan, lambda z: 0.3 * z**3])
def test_derivatives_that_are_left_out_are_autograds(function):
    made, params = objective(Activation("mine", function))
    found, true = flatlib.hessian(made, params), autodiff.hessian(made, params)
    np.testing.assert_allclose(found, true, rtol=1e-10, atol=1e-12 * np.abs(true).max())


def test_plain_numpy_is_enough_where_the_derivatives_are_given():
    bend = lambda z: -2 * z / (1 + z**2) ** 2  # noqa: E731
    mine = Activation("mine", np.arctan, slope=lambda z: 1 / (1 + z**2), curvature=bend)
    made, params = objective(mine)
    traced, _ = objective(Activation("traced", anp.arctan))
    np.testing.assert_allclose(
        flatlib.hessian(made, params), flatlib.hessian(traced, params), rtol=1e-10, atol=1e-13
    )


def test_leaky_slopes_are_derived_too():
    leaky = leaky_relu(0.3)
    mine = Activation("mine", leaky.function, degree=1, kinks=(0,), max_curvature=0.0)
    z = np.array([-2.0, -0.1, 0.0, 0.4])
    np.testing.assert_array_equal(mine.slope(z), leaky.slope(z))
    np.testing.assert_array_equal(mine.curvature(z), np.zeros(4))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_what_is_given_is_compared_and_a_slip_is_refused(name):
    true = ACTIVATIONS[name]
    given = {"degree": true.degree, "kinks": true.kinks}
    same = Activation("mine", true.function, slope=true.slope, curvature=true.curvature, **given)
    assert MLP((2, 3, 1), same) != MLP((2, 3, 1), true)
    for slip in ({"slope": lambda z: 1.001 * true.slope(z) + 1e-3},
                 {"curvature": lambda z: true.curvature(z) + 1e-3}):  # fmt: skip
        functions = {"slope": true.slope, "curvature": true.curvature} | slip
        with pytest.raises(ValueError, match=f"{next(iter(slip))} must be that of function"):
            MLP((2, 3, 1), Activation("mine", true.function, **functions, **given))


def test_a_slip_of_eight_percent_in_the_hessian_does_not_get_in():
    s = ACTIVATIONS["sigmoid"].function
    with pytest.raises(ValueError, match="curvature must be that of function"):
        objective(
            Activation(
                "silu",
                lambda z: z * s(z),
                slope=lambda z: s(z) * (1 + z * (1 - s(z))),
                curvature=lambda z: s(z) * (1 - s(z)) * (2 + z * (1 - s(z))),  # 2 s(z) was meant
            )
        )


@pytest.mark.parametrize("degree", [0, 1, 2, 3])
def test_a_false_degree_is_refused(degree):
    cube = lambda z: z**3  # noqa: E731
    if degree == 3:
        assert MLP((2, 3, 1), Activation("cube", cube, degree=3)).activation.degree == 3
        return
    with pytest.raises(ValueError, match="degree must be that of phi"):
        MLP((2, 3, 1), Activation("cube", cube, degree=degree))


def test_a_false_kink_and_a_false_supremum_are_refused():
    with pytest.raises(ValueError, match=r"got \(\): it is 0.2 on the left of 0 and 1 on"):
        MLP((2, 3, 1), Activation("mine", lambda z: anp.where(z > 0, z, 0.2 * z)))
    with pytest.raises(ValueError, match=r"Pass kinks=\(\)"):
        MLP((2, 3, 1), Activation("mine", anp.tanh, kinks=(0,)))
    clipped = lambda z: anp.where(anp.abs(z) < 1, z, anp.sign(z))  # noqa: E731
    with pytest.raises(ValueError, match=r"Pass kinks=\(-1.0, 1.0\)"):
        MLP((2, 3, 1), Activation("mine", clipped, kinks=(-1,)))
    assert MLP((2, 3, 1), Activation("mine", clipped, kinks=(-1.0, 1.0))) is not None
    with pytest.raises(ValueError, match="max_curvature must be the supremum"):
        MLP((2, 3, 1), Activation("mine", anp.sin, max_curvature=0.9))
    MLP((2, 3, 1), Activation("mine", anp.sin, max_curvature=1.0))


@pytest.mark.parametrize(
    ("function", "kind", "words"),
    [
        (3, TypeError, "function must be callable, got int"),
        (lambda z: 1.0, ValueError, "got shape \\(\\) for \\(24,\\)"),
        (lambda z: z[:3], ValueError, "got shape \\(3,\\)"),
        (lambda z: np.log(z), ValueError, "function must be finite, got nan at"),
        (lambda z: anp.array([float(x) for x in z]), TypeError, "written with autograd.numpy"),
    ],
)
def test_what_is_no_activation_is_refused(function, kind, words):
    with pytest.raises(kind, match=words):
        MLP((2, 3, 1), Activation("mine", function))


def test_equal_means_the_same_function():
    def net(activation):
        return MLP((2, 3, 1), activation)

    assert net(Activation("mine", anp.sin)) == net(Activation("mine", anp.sin))
    assert net(Activation("mine", anp.sin)) != net(Activation("mine", anp.cos))
    assert net(Activation("relu", anp.tanh)) != net("relu")
    assert net(leaky_relu(0.2)) == net(leaky_relu(0.2)) != net(leaky_relu(0.3))
    assert len({leaky_relu(0.2), leaky_relu(0.2), ACTIVATIONS["relu"], leaky_relu(0.01)}) == 3
