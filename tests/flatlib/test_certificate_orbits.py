"""The decisions of the certificate are the same along an orbit, and where each of them turns."""

import dataclasses

import numpy as np
import pytest
from certificate_cases import dead_teacher, linear_saddle, teacher
from strategies import make_case

from flatlib import MLP, Objective, certify
from flatlib.curvature import autodiff
from flatlib.curvature import certificate as certificates
from flatlib.curvature._unit_diagonal import UnitDiagonal
from flatlib.training import teacher_with_residual
from flatlib.transforms import alpha_scale


def with_residual():
    net = MLP((4, 6, 2), "leaky_relu")
    data = teacher_with_residual(net, 60, np.random.default_rng(1), residual=1e-3)
    return Objective(net, "squared", data.inputs, data.targets), data.params


def anywhere():
    """A random point, which is not critical."""
    case = make_case((3, 4, 2), "relu")
    return case.objective, case.params


ORBITS = {
    "saddle": (linear_saddle, "saddle or maximum"),
    "minimum of a linear net": (lambda: linear_saddle((0, 1)), "minimum"),
    "minimum": (lambda: teacher((3, 4, 2)), "minimum"),
    "minimum with a dead unit": (dead_teacher, "minimum"),
    "minimum with a residual": (with_residual, "minimum"),
    "no critical point": (anywhere, "not critical"),
}


@pytest.mark.parametrize("name", ORBITS)
def test_the_decisions_are_the_same_all_along_an_orbit(name):
    make, verdict = ORBITS[name]
    objective, params = make()
    here = certify(objective, params)
    # at ordinary weights an eigenvalue of autograd's Hessian is clearly 0 or clearly not
    values = np.linalg.eigvalsh(autodiff.hessian(objective, params))
    clear = np.abs(values) > 1e-8 * np.abs(values).max()
    assert (np.abs(values[~clear]) < 1e-14 * np.abs(values).max()).all()
    assert (here.verdict, here.rank) == (verdict, clear.sum())
    assert here.negative == (values[clear] < 0).sum()
    for alpha in (1e-6, 1e-3, 300.0, 1e6):
        there = certify(objective, alpha_scale(objective.network, alpha)(params))
        for field in ("verdict", "rank", "nullity", "negative"):
            assert getattr(there, field) == getattr(here, field), (alpha, field)
        # both are sums of P squares, and exact up to rounding
        np.testing.assert_allclose(
            (there.relative_gradient, there.scale),
            (here.relative_gradient, here.scale),
            rtol=1e-9,
            atol=1e-13,
        )


def test_the_orbit_sees_a_decision_by_the_largest_eigenvalue(monkeypatch):
    class Plain(UnitDiagonal):
        values = property(lambda self: np.linalg.eigvalsh(self.plain))

        def __init__(self, matrix):
            super().__init__(matrix)
            self.plain = matrix

    monkeypatch.setattr(certificates, "UnitDiagonal", Plain)
    with pytest.raises(AssertionError):
        test_the_decisions_are_the_same_all_along_an_orbit("saddle")


def test_the_orbit_sees_a_gradient_measured_by_its_norm(monkeypatch):
    norm = lambda gradient, *more: (float(np.linalg.norm(gradient)), 1.0)  # noqa: E731
    monkeypatch.setattr(certificates, "relative_gradient", norm)
    with pytest.raises(AssertionError):
        test_the_decisions_are_the_same_all_along_an_orbit("no critical point")


def nearly_collinear(gap):
    """Least squares on x and x + gap z: with unit diagonal the eigenvalues are 2 and gap^2 / 2."""
    x, z = np.linalg.qr(np.random.default_rng(0).normal(size=(50, 2)))[0].T
    inputs = np.column_stack([x, x + gap * z])
    objective = Objective(MLP((2, 1), bias=False), "squared", inputs, inputs.sum(1, keepdims=True))
    return certify(objective, [np.ones((2, 1))])


@pytest.mark.parametrize(("gap", "rank"), [(1e-5, 2), (1e-8, 1)])
def test_the_rank_is_decided_at_1e_12_of_the_largest(gap, rank):
    assert nearly_collinear(gap).rank == rank


def nearly_tied(gap):
    """A linear net of one unit fits the second of two singular directions, by so much the less."""
    objective = Objective(
        MLP((2, 1, 2), "linear", bias=False), "squared", np.eye(2), np.diag([1 + gap, 1.0])
    )
    return certify(objective, (np.array([[0.0], [1.0]]), np.array([[0.0, 1.0]])))


@pytest.mark.parametrize(
    ("gap", "verdict"), [(1e-6, "saddle or maximum"), (1e-10, "minimum"), (-1e-6, "minimum")]
)
def test_curvature_below_minus_1e_8_of_the_largest_makes_a_saddle(gap, verdict):
    # the two directions that turn towards the first have the Hessian [[1, -1 - gap], [., 1]] / 2
    assert nearly_tied(gap).verdict == verdict


@pytest.mark.parametrize(("off", "verdict"), [(1e-6, "not critical"), (1e-9, "minimum")])
@pytest.mark.parametrize("unit", [1e-8, 1.0, 1e8])
def test_a_weight_off_by_more_than_1e_8_of_itself_is_not_critical(unit, off, verdict):
    objective = Objective(MLP((1, 1), bias=False), "squared", [[unit]], [[1.0]])
    assert certify(objective, ([[(1 + off) / unit]],)).verdict == verdict


@pytest.mark.parametrize(("margin", "verdict"), [(1e-7, "minimum"), (1e-11, "on a kink")])
def test_a_kink_within_1e_9_is_hit(margin, verdict):
    objective = Objective(MLP((1, 1, 1)), "squared", [[1.0], [3.0]], [[2 * margin], [2.0]])
    params = ([[1.0]], [-1.0 + 2 * margin], [[1.0]], [0.0])
    objective = dataclasses.replace(objective, targets=objective.outputs(params))
    np.testing.assert_allclose(certify(objective, params).kink_margin, margin, rtol=1e-4)
    assert certify(objective, params).verdict == verdict
