"""Every layer and every loss of torch.nn against central differences of its gradient."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
import torch_layers  # noqa: E402
import torch_losses  # noqa: E402
from torch import nn  # noqa: E402
from torch_layers import LAYERS, REFUSED, build  # noqa: E402
from torch_losses import LOSSES, REFUSED_LOSSES, build_for  # noqa: E402

from flatlib.pytorch import (  # noqa: E402
    _corrected,
    _door,
    _products,
    dense_hessian,
    gauss_newton_operator,
    hessian_operator,
)

LABELS = torch.tensor([0, 2, 1, 1, 0])
CROSS_ENTROPY = nn.CrossEntropyLoss()
STEP = 1e-5  # error some STEP**2 times a third derivative, rounding some 1e-16 / STEP
RTOL = 1e-6


def at(module, theta):
    """The module at other parameters."""
    moved = copy.deepcopy(module)
    nn.utils.vector_to_parameters(theta, moved.parameters())
    return moved


def slopes(module, theta, loss, inputs, targets):
    moved = at(module, theta)
    value = loss(moved(inputs), targets)
    parts = torch.autograd.grad(value, list(moved.parameters()), allow_unused=True)
    return torch.cat(
        [
            (torch.zeros_like(p) if part is None else part).ravel()
            for part, p in zip(parts, moved.parameters(), strict=True)
        ]
    )


def central(function, theta, vectors):
    """Directional derivatives, one row for each vector."""
    return torch.stack(
        [(function(theta + STEP * v) - function(theta - STEP * v)) / (2 * STEP) for v in vectors]
    )


def vectors_for(module):
    theta = nn.utils.parameters_to_vector(module.parameters()).detach()
    generator = torch.Generator().manual_seed(4)
    vectors = torch.randn(2, len(theta), dtype=torch.float64, generator=generator)
    return theta, vectors / vectors.norm(dim=1, keepdim=True)


def compare(module, loss, inputs, targets):
    """The Hessian times two vectors, by differences of gradients and by ours, also in batches."""
    theta, vectors = vectors_for(module)
    true = central(lambda w: slopes(module, w, loss, inputs, targets), theta, vectors).numpy()
    for batch_size in (None, 2):
        operator = hessian_operator(module, loss, inputs, targets, batch_size=batch_size)
        found = (operator @ vectors.numpy().T).T
        np.testing.assert_allclose(found, true, rtol=0, atol=RTOL * np.abs(true).max())


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_its_second_derivatives(name):
    module, inputs = build(*LAYERS[name])
    compare(module, CROSS_ENTROPY, inputs, LABELS)


@pytest.mark.parametrize("name", LAYERS)
def test_a_layer_has_its_gauss_newton_matrix(name):
    """u·Gv = (Ju)·l''(Jv), with Ju and Jv by differences of outputs."""
    module, inputs = build(*LAYERS[name])
    theta, vectors = vectors_for(module)
    with torch.no_grad():
        pushed = central(lambda w: at(module, w)(inputs), theta, vectors)
        p = module(inputs).softmax(1)
        bent = p * pushed - p * (p * pushed).sum(dim=2, keepdim=True)
    true = torch.einsum("inc,jnc->ij", pushed, bent).numpy() / len(inputs)
    operator = gauss_newton_operator(module, "cross_entropy", inputs, LABELS, batch_size=3)
    found = vectors.numpy() @ (operator @ vectors.numpy().T)
    np.testing.assert_allclose(found, true, rtol=0, atol=RTOL * np.abs(true).max())


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_has_its_second_derivatives(name):
    loss, targets, end = LOSSES[name]
    module, inputs = build_for(end)
    compare(module, loss, inputs, targets)


@pytest.mark.parametrize("name", REFUSED)
def test_what_has_none_is_refused_by_name(name):
    make, shape, words = REFUSED[name]
    layer = nn.Sequential(nn.Linear(3, torch.Size(shape).numel()), nn.Unflatten(1, shape), make())
    inputs = torch.ones(5, 3, dtype=torch.float64)
    with pytest.raises(ValueError, match=r"^module .* must .*, got ") as error:
        hessian_operator(layer.double(), lambda o, t: o.square().mean(), inputs, LABELS)
    assert words in str(error.value)


@pytest.mark.parametrize("name", REFUSED_LOSSES)
def test_a_loss_that_has_none_is_refused(name):
    loss, targets = REFUSED_LOSSES[name]
    module, inputs = build_for(None)
    with pytest.raises(ValueError, match="loss must have second derivatives in PyTorch, got"):
        hessian_operator(module, loss, inputs, targets)


def test_no_layer_of_pytorch_is_left_out():
    tried = {name.split("(")[0] for name in (*LAYERS, *LOSSES)}
    known = tried | set(REFUSED) | set(REFUSED_LOSSES)
    known |= torch_layers.ELSEWHERE | torch_losses.ELSEWHERE
    assert set(nn.modules.__all__) - known == set()


@pytest.mark.parametrize("name", ["weight_norm", "spectral_norm", "orthogonal"])
def test_a_parametrized_layer_has_its_second_derivatives(name):
    options = {"orthogonal_map": "cayley"} if name == "orthogonal" else {}
    register = getattr(nn.utils.parametrizations, name)
    module, inputs = build(lambda: register(nn.Linear(12, 12), **options), (12,))
    compare(module, CROSS_ENTROPY, inputs, LABELS)


def test_pytorch_alone_has_weight_norm_wrong_and_the_check_sees_it(monkeypatch):
    """When this fails PyTorch has mended it, and _corrected.py has one entry less."""
    module, inputs = build(lambda: nn.utils.parametrizations.weight_norm(nn.Linear(12, 3)), (12,))
    monkeypatch.setattr(_corrected, "CORRECTED", {})
    for door in (hessian_operator, dense_hessian):
        with pytest.raises(ValueError, match="must have a symmetric second derivative, got "):
            door(module, "cross_entropy", inputs, LABELS)
    hard, inputs = build(nn.Hardsigmoid, (12,))
    with pytest.raises(ValueError, match="hardsigmoid_backward"):
        hessian_operator(hard, "cross_entropy", inputs, LABELS)


def halved_bend(monkeypatch):
    honest = _products.Products._bend
    monkeypatch.setattr(
        _products.Products, "_bend", lambda self, v, rows: 1.001 * honest(self, v, rows)
    )


def no_second_term(monkeypatch):
    honest = _products.Products.gauss_newton
    monkeypatch.setattr(_products.Products, "hessian", honest)


def same_slopes_for_every_batch(monkeypatch):
    honest = _products.Products._tape
    monkeypatch.setattr(
        _products.Products, "_tape", lambda self, outputs, start: honest(self, outputs, 0)
    )


def frozen_norm(monkeypatch):
    """LayerNorm with its mean and variance for constants, as some formula could have it."""
    honest = _door.run

    def run(module, inputs):
        for layer in module.modules():
            if isinstance(layer, nn.LayerNorm):
                layer.forward = lambda t: t / t.detach().std(dim=-1, keepdim=True)
        return honest(module, inputs)

    monkeypatch.setattr(_door, "run", run)


PLANTED = [halved_bend, no_second_term, same_slopes_for_every_batch, frozen_norm]


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_error_is_seen(plant, monkeypatch):
    module, inputs = build(*LAYERS["LayerNorm"])
    compare(module, CROSS_ENTROPY, inputs, LABELS)
    plant(monkeypatch)
    with pytest.raises((AssertionError, ValueError, RuntimeError)):
        compare(module, CROSS_ENTROPY, inputs, LABELS)
