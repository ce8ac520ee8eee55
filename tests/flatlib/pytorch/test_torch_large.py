"""A transformer, a ResNet-18 and an LSTM against double backward of the whole loss, at once."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch.nn.attention import SDPBackend, sdpa_kernel  # noqa: E402
from torch_large import ResNet18, build  # noqa: E402

from flatlib.pytorch import (  # noqa: E402
    _corrected,
    block_report,
    dense_hessian,
    gauss_newton_operator,
    hessian_operator,
)

NAMES = ["transformer", "ResNet-18", "LSTM"]


def double_backward(module, loss, inputs, targets, vectors):
    """Products of the Hessian with columns, as autograd has them of the loss in one piece."""
    parameters = list(module.parameters())
    with sdpa_kernel(SDPBackend.MATH):
        value = loss(module(inputs), targets)
        slopes = torch.autograd.grad(value, parameters, create_graph=True)
        slope = torch.cat([part.ravel() for part in slopes])
        columns = []
        for vector in torch.as_tensor(vectors.T.copy()):
            parts = torch.autograd.grad(slope @ vector, parameters, retain_graph=True)
            columns.append(torch.cat([part.ravel() for part in parts]))
    return torch.stack(columns, dim=1).numpy()


@pytest.mark.parametrize("name", NAMES)
def test_products_are_double_backward_and_symmetric(name):
    module, loss, inputs, targets = build(name)
    size = sum(parameter.numel() for parameter in module.parameters())
    vectors = np.random.default_rng(0).normal(size=(size, 2))
    true = double_backward(module, loss, inputs, targets, vectors)
    batches = list(zip(inputs.split(4), targets.split(4), strict=True))
    for data in ((inputs, targets), (batches,)):
        found = hessian_operator(module, loss, *data) @ vectors
        np.testing.assert_allclose(found, true, rtol=0, atol=1e-10 * np.abs(true).max())
        one, other = vectors[:, 0] @ found[:, 1], vectors[:, 1] @ found[:, 0]
        np.testing.assert_allclose(one, other, rtol=1e-10 * np.abs(found).sum() / abs(one))


@pytest.mark.parametrize("name", NAMES)
def test_gauss_newton_is_that_of_forward_differences(name):
    """u·Gv = (Ju)·l''(Jv), with J by central differences of the outputs."""
    module, loss, inputs, targets = build(name)
    theta = nn.utils.parameters_to_vector(module.parameters()).detach()
    vector = torch.as_tensor(np.random.default_rng(0).normal(size=len(theta)))
    vector, step, ends = vector / vector.norm(), 1e-5, []
    with torch.no_grad():
        for sign in (1, -1):
            nn.utils.vector_to_parameters(theta + sign * step * vector, module.parameters())
            ends.append(module(inputs))
        nn.utils.vector_to_parameters(theta, module.parameters())
        outputs = module(inputs)
    change = (ends[0] - ends[1]) / (2 * step)
    _, bent = torch.autograd.functional.hvp(lambda o: loss(o, targets), outputs, change)
    found = vector.numpy() @ (gauss_newton_operator(module, loss, inputs, targets) @ vector.numpy())
    # kinks of the ReLUs are nearer than a step to some examples, or the error is of third order
    np.testing.assert_allclose(found, float((change * bent).sum()), rtol=1e-5)


def test_the_layers_of_a_resnet_by_name():
    module, loss, inputs, targets = build("ResNet-18")
    module.layer1.requires_grad_(False)
    operator = hessian_operator(module, loss, inputs, targets, params=["layer4", "fc"])
    parts = ["layer4.1.bn2", "fc"]
    report = block_report(operator, np.random.default_rng(0), parts=parts, num_products=12)
    assert [block.name for block in report.blocks] == parts
    assert sum(block.size for block in report.blocks) < operator.shape[0]
    frozen = hessian_operator(module, loss, inputs, targets).frozen
    assert len(frozen) == 12
    assert all(name.startswith("layer1.") for name in frozen)


def test_the_net_is_that_of_the_paper():
    """11.7 million parameters with 1000 classes."""
    with torch.device("meta"):
        assert sum(p.numel() for p in ResNet18(classes=1000).parameters()) == 11_689_512


class Wrong(torch.autograd.Function):
    """GELU whose author wrote a derivative that is that of another function."""

    @staticmethod
    def forward(context, inputs):
        context.save_for_backward(inputs)
        return nn.functional.gelu(inputs)

    @staticmethod
    def backward(context, gradient):
        (inputs,) = context.saved_tensors
        return gradient * torch.sigmoid(1.702 * inputs.roll(1, dims=-1))


def test_a_wrong_derivative_inside_is_refused_by_its_name():
    module, loss, inputs, targets = build("transformer")
    module.mlp[1].forward = Wrong.apply
    for door in (hessian_operator, dense_hessian):
        with pytest.raises(ValueError, match=r"module 'mlp.1' must have a symmetric second deriv"):
            door(module, loss, inputs, targets)


class Once(torch.autograd.Function):
    """A tanh whose derivative is a number to autograd."""

    @staticmethod
    def forward(context, inputs):
        context.save_for_backward(inputs)
        return inputs.tanh()

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(context, gradient):
        (inputs,) = context.saved_tensors
        return gradient * (1 - inputs.tanh() ** 2)


def test_what_is_differentiable_once_is_refused_by_its_name():
    module, loss, inputs, targets = build("transformer")
    module.mlp[1].forward = Once.apply
    with pytest.raises(ValueError, match=r"module 'mlp.1' must have a symmetric second deriv"):
        hessian_operator(module, loss, inputs, targets)


def test_what_pytorch_has_no_formula_for_is_refused_by_its_name(monkeypatch):
    module, loss, inputs, targets = build("transformer")
    module.mlp[1] = nn.Hardsigmoid()
    assert hessian_operator(module, loss, inputs, targets).shape[0] > 0
    monkeypatch.setattr(_corrected, "CORRECTED", {})
    with pytest.raises(ValueError, match=r"module 'mlp.1' must have second derivatives in PyTorch"):
        hessian_operator(module, loss, inputs, targets)


def test_pytorchs_own_weight_norm_is_refused_by_its_name(monkeypatch):
    """It takes the norm for a constant; in flatlib.pytorch other operations stand for it."""
    module, loss, inputs, targets = build("LSTM")
    module.head = nn.utils.parametrizations.weight_norm(module.head)
    assert hessian_operator(module, loss, inputs, targets).shape[0] > 0
    monkeypatch.setattr(_corrected, "CORRECTED", {})
    with pytest.raises(ValueError, match=r"module 'head\S*' must have a symmetric second"):
        hessian_operator(module, loss, inputs, targets)


def test_what_pytorch_has_no_second_derivative_of_is_refused_by_its_name():
    module, loss, inputs, targets = build("ResNet-18")
    module.layer2[0].bn2 = nn.CrossMapLRN2d(2)
    with pytest.raises(ValueError, match=r"module 'layer2.0.bn2' must have second derivatives"):
        hessian_operator(module, loss, inputs, targets)
