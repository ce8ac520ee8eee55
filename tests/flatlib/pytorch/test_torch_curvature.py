"""Operators against PyTorch's forward over reverse, and against sums written out by hand."""

from functools import cache

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch_modules import build  # noqa: E402
from torch_oracles import by_func, products_by_func  # noqa: E402

from flatlib import curvature  # noqa: E402
from flatlib.pytorch import (  # noqa: E402
    SquaredLoss,
    dense_hessian,
    gauss_newton_operator,
    hessian_operator,
)

LABELS = torch.arange(12) % 2


def matrix(operator):
    return operator @ np.eye(operator.shape[0])


@cache
def exact_resnet():
    """The whole matrix, P = 1505, for several tests."""
    module, inputs = build("resnet")
    return dense_hessian(module, "cross_entropy", inputs, LABELS)


@pytest.mark.parametrize("name", ["mlp", "lenet", "signals", "resnet"])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
def test_the_operator_is_the_hessian(name, loss):
    module, inputs = build(name)
    targets = LABELS if loss == "cross_entropy" else torch.ones(12, 3, dtype=torch.float64)
    size = sum(parameter.numel() for parameter in module.parameters())
    vectors = np.random.default_rng(0).normal(size=(size, 3))
    theirs = nn.CrossEntropyLoss() if loss == "cross_entropy" else SquaredLoss()
    expected = products_by_func(module, theirs, inputs, targets, vectors)
    for batch_size in (None, 5):
        operator = hessian_operator(module, loss, inputs, targets, batch_size=batch_size)
        # rounding of sums of P terms
        np.testing.assert_allclose(
            operator @ vectors, expected, rtol=0, atol=1e-12 * np.abs(expected).max()
        )


@pytest.mark.parametrize("name", ["mlp", "lenet"])
def test_the_matrix_is_the_hessian(name):
    module, inputs = build(name)
    expected = by_func(module, nn.CrossEntropyLoss(), inputs, LABELS)
    found = dense_hessian(module, "cross_entropy", inputs, LABELS)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12 * np.abs(expected).max())
    np.testing.assert_array_equal(found, found.T)


def test_squared_is_half_the_squared_distance_over_the_examples():
    module = nn.Linear(3, 2, bias=False).double()
    inputs = torch.randn(7, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    targets = torch.ones(7, 2, dtype=torch.float64)
    gram = (inputs.T @ inputs).numpy() / 7
    by_hand = np.kron(np.eye(2), gram)
    ours = matrix(hessian_operator(module, "squared", inputs, targets))
    np.testing.assert_allclose(ours, by_hand, rtol=1e-12, atol=1e-14)
    # PyTorch's own mean is over outputs too, without the half: 2 / C of ours
    theirs = matrix(hessian_operator(module, nn.MSELoss(), inputs, targets))
    np.testing.assert_allclose(theirs, by_hand * 2 / 2, rtol=1e-12, atol=1e-14)
    wide = nn.Linear(3, 5, bias=False).double()
    targets = torch.ones(7, 5, dtype=torch.float64)
    theirs = matrix(hessian_operator(wide, nn.MSELoss(), inputs, targets))
    ours = matrix(hessian_operator(wide, SquaredLoss(), inputs, targets))
    np.testing.assert_allclose(theirs, ours * 2 / 5, rtol=1e-12, atol=1e-14)


def test_gauss_newton_is_the_jacobian_squared():
    module, inputs = build("lenet", num_examples=6)
    jacobian = torch.func.jacrev(
        lambda weights: torch.func.functional_call(module, weights, inputs)
    )(dict(module.named_parameters()))
    rows = torch.cat([part.flatten(2) for part in jacobian.values()], dim=2).detach().numpy()
    by_hand = np.einsum("ncp,ncq->pq", rows, rows) / 6
    targets = torch.zeros(6, 3, dtype=torch.float64)
    found = matrix(gauss_newton_operator(module, "squared", inputs, targets, batch_size=4))
    np.testing.assert_allclose(found, by_hand, atol=1e-12 * np.abs(by_hand).max())


def test_our_estimators_take_it():
    module, inputs = build("resnet")
    operator = hessian_operator(module, "cross_entropy", inputs, LABELS)
    exact = exact_resnet()
    values = np.linalg.eigvalsh(exact)
    top = curvature.top_eigenvalues(operator, 3)
    np.testing.assert_allclose(top, values[::-1][:3], rtol=1e-9)
    rng = np.random.default_rng(0)
    for estimate, truth in (
        (curvature.hutchinson_trace(operator, rng), np.trace(exact)),
        (curvature.hutch_plus_plus(operator, rng), np.trace(exact)),
        (curvature.squared_frobenius(operator, rng), np.sum(exact**2)),
    ):
        assert abs(estimate.value - truth) < 4 * estimate.standard_error


def test_float32_is_good_for_the_largest_eigenvalue():
    module, inputs = build("resnet")
    exact = exact_resnet()
    operator = hessian_operator(module.float(), "cross_entropy", inputs.float(), LABELS)
    top = curvature.top_eigenvalues(operator, 1)[0]
    assert operator.dtype == np.float64
    assert top == pytest.approx(np.linalg.eigvalsh(exact)[-1], rel=1e-3)


def test_vectors_of_any_memory_layout_and_of_integers():
    module, inputs = build("mlp")
    operator = hessian_operator(module, "cross_entropy", inputs, LABELS)
    size = operator.shape[0]
    vectors = np.arange(3 * size).reshape(3, size).T
    expected = operator @ np.array(vectors, dtype=float)
    frozen = vectors.astype(float)
    frozen.flags.writeable = False
    for layout in (vectors, frozen, np.asfortranarray(vectors), vectors[:, ::-1][:, ::-1]):
        np.testing.assert_allclose(operator @ layout, expected, rtol=1e-12)
    np.testing.assert_allclose(operator @ vectors[::-1, 0], operator @ vectors[::-1, 0].copy())


def test_many_columns_are_the_columns_one_by_one():
    module, inputs = build("mlp")
    operator = hessian_operator(module, "cross_entropy", inputs, LABELS)
    vectors = np.random.default_rng(0).normal(size=(operator.shape[0], 37))
    one_by_one = np.stack([operator @ vector for vector in vectors.T], axis=1)
    np.testing.assert_allclose(operator @ vectors, one_by_one, rtol=1e-10, atol=1e-14)


def test_it_stays_at_the_point_where_it_was_made():
    for batch_size in (None, 5):
        module, inputs = build("mlp")
        operator = hessian_operator(module, "cross_entropy", inputs, LABELS, batch_size=batch_size)
        vector = np.ones(operator.shape[0])
        before = operator @ vector
        with torch.no_grad():
            module[0].weight.zero_()
            inputs.zero_()
        np.testing.assert_array_equal(operator @ vector, before)


def test_the_global_generator_of_pytorch_is_left_alone():
    module, inputs = build("mlp")
    state = torch.random.get_rng_state()
    hessian_operator(module, "cross_entropy", inputs, LABELS)
    assert torch.equal(torch.random.get_rng_state(), state)
