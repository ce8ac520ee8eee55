"""l2 on an objective: in the value and every derivative, against a penalty written out by hand."""

import numpy as np
import pytest
from l2_cases import CASES, by_hand, with_l2
from oracles import assert_close

import flatlib
from flatlib import WeightedSum, measures
from flatlib.curvature._kinks import kink_margin


@pytest.fixture(params=CASES)
def case(request):
    return CASES[request.param]


@pytest.fixture(params=["one number", "one a layer"])
def l2(request, case):
    depth = case.network.depth
    return 0.3 if request.param == "one number" else tuple(0.1 + 0.2 * np.arange(depth) % 0.5)


def test_the_value_and_every_derivative(case, l2):
    objective, bare, params = with_l2(case, l2), case.objective, case.params
    decay, theta = by_hand(case, l2)
    penalty = float(decay @ theta**2) / 2
    np.testing.assert_allclose(float(objective(params)), float(bare(params)) + penalty, rtol=1e-14)
    np.testing.assert_allclose(float(objective.penalty(params)), penalty, rtol=1e-14)
    assert_close(
        flatlib.gradient(objective, params), flatlib.gradient(bare, params) + decay * theta
    )
    hessian = flatlib.hessian(bare, params) + np.diag(decay)
    assert_close(flatlib.hessian(objective, params), hessian)
    assert_close(flatlib.hessian_diagonal(objective, params), np.diag(hessian))
    operator = flatlib.hessian_operator(objective, params)
    assert_close(operator @ np.eye(len(theta)), hessian)
    assert_close(operator.matrix(), hessian)
    assert_close(flatlib.residual_part(objective, params), flatlib.residual_part(bare, params))
    whole = flatlib.gauss_newton(bare, params) + np.diag(decay)
    assert_close(flatlib.gauss_newton(objective, params), whole)
    assert_close(flatlib.gauss_newton_operator(objective, params) @ np.eye(len(theta)), whole)


def test_closed_forms_agree_with_autograd_through_the_whole(case, l2):
    objective = with_l2(case, l2)
    params, through = case.params, lambda p: objective(p)
    assert_close(flatlib.gradient(objective, params), flatlib.gradient(through, params))
    assert_close(flatlib.hessian(objective, params), flatlib.hessian(through, params))


def test_fisher_information_and_accuracy_are_of_the_loss_alone(case, l2):
    objective, bare, params = with_l2(case, l2), case.objective, case.params
    for matrix in (flatlib.fisher, flatlib.empirical_fisher):
        np.testing.assert_array_equal(matrix(objective, params), matrix(bare, params))
    assert measures.fisher_rao(objective, params) == measures.fisher_rao(bare, params)
    if case.loss == "cross_entropy":
        assert objective.accuracy(params) == bare.accuracy(params)


def test_the_certificate_has_it_and_the_kinks(case, l2):
    objective, params = with_l2(case, l2), case.params
    certificate = flatlib.certify(objective, params)
    values = np.linalg.eigvalsh(flatlib.hessian(objective, params))
    np.testing.assert_allclose(certificate.loss, float(objective(params)), rtol=1e-15)
    np.testing.assert_allclose(certificate.smallest_eigenvalue, values[0], atol=1e-12 * values[-1])
    assert certificate.kink_margin == kink_margin(case.objective, params)


def test_batches_keep_it_and_sums_add_it(case, l2):
    objective, params = with_l2(case, l2), case.params
    parts = [objective.subset([0, 1]), objective.subset([2, 3])]
    for part in parts:
        assert part.l2 == objective.l2
        np.testing.assert_array_equal(part.penalty(params), objective.penalty(params))
    total = WeightedSum(parts, [0.5, 2.0])
    decay, theta = by_hand(case, l2)
    bare = WeightedSum([part.without_l2() for part in parts], [0.5, 2.0])
    np.testing.assert_allclose(
        float(total(params)), float(bare(params)) + 2.5 * (decay @ theta**2) / 2, rtol=1e-14
    )
    hessian = flatlib.hessian(bare, params) + 2.5 * np.diag(decay)
    assert_close(flatlib.hessian(total, params), hessian)
    assert_close(flatlib.hessian_operator(total, params) @ np.eye(len(theta)), hessian)
    assert flatlib.certify(total, params).kink_margin == min(
        kink_margin(part.without_l2(), params) for part in parts
    )


@pytest.mark.parametrize("layers", [(1, 1), (2, 2), (1, 2), (2, 1)])
def test_a_block_has_its_own_layer_s(layers):
    case = CASES["dense, leaky"]
    objective = with_l2(case, (0.1, 0.4, 0.9))
    size = [16, 20]
    starts = [0, 16]
    rows, columns = (slice(starts[k - 1], starts[k - 1] + size[k - 1]) for k in layers)
    whole = flatlib.hessian(objective, case.params)
    assert_close(flatlib.hessian_block(objective, case.params, layers), whole[rows, columns])


def test_a_planted_half_is_seen():
    case = CASES["dense, leaky"]
    decay, theta = by_hand(case, 0.3)
    doubled = flatlib.gradient(case.objective, case.params) + 2 * decay * theta
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_close(flatlib.gradient(with_l2(case, 0.3), case.params), doubled)
