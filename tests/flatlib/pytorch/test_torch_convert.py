"""A converted module is the same function, with the same second derivatives."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch_modules import build, chain  # noqa: E402

import flatlib  # noqa: E402
from flatlib.pytorch import (  # noqa: E402
    convert,
    dense_hessian,
    hessian_operator,
    multipliers,
    parameter_order,
    rescaled,
    to_flatlib,
    to_objective,
)


def conv(*arguments, **options):
    return nn.Conv2d(*arguments, **options)


CHAINS = {
    "lenet": lambda: (build("lenet")[0], (1, 12, 12)),
    "mlp": lambda: (
        chain(nn.Linear(4, 5), nn.LeakyReLU(0.3), nn.Linear(5, 4), nn.LeakyReLU(0.3),
              nn.Linear(4, 3)),
        (4,),
    ),
    "one layer": lambda: (chain(nn.Linear(4, 3)), (4,)),
    "linear": lambda: (chain(nn.Linear(4, 2, bias=False), nn.Linear(2, 3, bias=False)), (4,)),
    "tanh": lambda: (chain(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3)), (4,)),
    "gelu": lambda: (chain(nn.Linear(4, 5), nn.GELU(), nn.Linear(5, 3)), (4,)),
    "silu": lambda: (chain(nn.Linear(4, 5), nn.SiLU(), nn.Linear(5, 3)), (4,)),
    "elu": lambda: (chain(nn.Linear(4, 5), nn.ELU(), nn.Linear(5, 3)), (4,)),
    "mish": lambda: (chain(nn.Linear(4, 5), nn.Mish(), nn.Linear(5, 3)), (4,)),
    "hard swish": lambda: (chain(nn.Linear(4, 5), nn.Hardswish(), nn.Linear(5, 3)), (4,)),
    "images into an mlp": lambda: (
        chain(nn.Flatten(), nn.Linear(8, 5), nn.ReLU(), nn.Linear(5, 3)),
        (2, 2, 2),
    ),
    "two channels, oblong": lambda: (
        chain(conv(2, 3, (2, 3)), nn.ReLU(), nn.MaxPool2d((1, 2)), nn.Flatten(), nn.Linear(24, 3)),
        (2, 5, 6),
    ),
    "strides": lambda: (
        chain(conv(1, 3, 3, 2), nn.ReLU(), conv(3, 4, 2), nn.ReLU(), nn.Flatten(),
              nn.Linear(24, 3)),
        (1, 8, 9),
    ),
    "padded strides": lambda: (
        chain(conv(1, 2, 3, 2, 1), nn.ReLU(), conv(2, 3, 3, padding="same"), nn.ReLU(),
              nn.Flatten(), nn.Linear(48, 3)),
        (1, 7, 7),
    ),
    "global average": lambda: (
        chain(conv(1, 3, 3, padding=1), nn.ReLU(), nn.AvgPool2d(2), conv(3, 3, 3),
              nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        (1, 8, 8),
    ),
    "a signal": lambda: (
        chain(nn.Conv1d(2, 3, 3), nn.ReLU(), nn.MaxPool1d(2), nn.Flatten(), nn.Linear(12, 3)),
        (2, 10),
    ),
    "nested": lambda: (
        chain(nn.Sequential(nn.Linear(4, 5), nn.ReLU()), nn.Identity(),
              nn.Sequential(nn.Linear(5, 3))),
        (4,),
    ),
}  # fmt: skip


@pytest.fixture(params=CHAINS)
def case(request):
    module, shape = CHAINS[request.param]()
    generator = torch.Generator().manual_seed(2)
    inputs = torch.randn(9, *shape, dtype=torch.float64, generator=generator)
    return module, inputs, shape


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_the_exact_hessians_agree(case, loss):
    module, inputs, shape = case
    labels = torch.arange(9) % 3
    targets = labels if loss == "cross_entropy" else nn.functional.one_hot(labels, 3).double()
    objective, params = to_objective(module, loss, inputs, targets)
    np.testing.assert_allclose(
        objective.outputs(params), module(inputs).detach().numpy(), rtol=1e-12, atol=1e-14
    )
    theirs = dense_hessian(module, loss, inputs, targets)
    order = parameter_order(module, input_shape=shape)
    assert sorted(order) == list(range(len(theirs)))
    ours = flatlib.hessian(objective, params)
    np.testing.assert_allclose(
        ours, theirs[np.ix_(order, order)], rtol=0, atol=1e-10 * np.abs(theirs).max()
    )


def test_the_gradients_of_the_whole_path_agree():
    """One number end to end: training loss and top eigenvalue by both libraries."""
    module, inputs = build("lenet")
    labels = torch.arange(12) % 3
    objective, params = to_objective(module, "cross_entropy", inputs, labels)
    assert objective(params) == pytest.approx(
        nn.functional.cross_entropy(module(inputs), labels).item(), rel=1e-12
    )
    theirs = flatlib.top_eigenvalues(hessian_operator(module, "cross_entropy", inputs, labels), 1)
    ours = flatlib.top_eigenvalues(flatlib.hessian_operator(objective, params), 1)
    np.testing.assert_allclose(theirs, ours, rtol=1e-10)


def test_a_scaling_commutes_with_the_conversion():
    module, inputs = build("lenet")
    shape = tuple(inputs.shape[1:])
    params = flatlib.flatten(to_flatlib(module, input_shape=shape)[1])
    scaled = flatlib.flatten(to_flatlib(rescaled(module, {"0": 7.0}), input_shape=shape)[1])
    moved = multipliers(module, {"0": 7.0})[parameter_order(module, input_shape=shape)]
    np.testing.assert_allclose(scaled, moved * params, rtol=1e-12)


def test_float32_weights_come_over_exactly():
    module = nn.Sequential(nn.Linear(3, 2))
    _, (weights, bias) = to_flatlib(module)
    assert weights.dtype == np.float64
    np.testing.assert_array_equal(weights, module[0].weight.detach().numpy().T)
    np.testing.assert_array_equal(bias, module[0].bias.detach().numpy())


ACT, POOL = nn.ReLU(), nn.MaxPool2d(2)


def test_one_activation_and_one_pool_may_stand_at_several_places():
    module = chain(
        conv(1, 2, 3), ACT, POOL, conv(2, 3, 2), ACT, POOL, nn.Flatten(), nn.Linear(3, 2)
    )
    images = torch.randn(5, 1, 8, 8, dtype=torch.float64)
    objective, params = to_objective(module, "cross_entropy", images, torch.arange(5) % 2)
    np.testing.assert_allclose(
        objective.outputs(params), module(images).detach().numpy(), rtol=1e-12, atol=1e-14
    )
    assert (
        len(to_flatlib(chain(nn.Linear(4, 4), ACT, nn.Linear(4, 4), ACT, nn.Linear(4, 2)))[1]) == 6
    )


PLANTED = {
    "a Linear behind maps read channels first": (
        "_weight",
        lambda honest: lambda layer, shape, channels: honest(
            layer, shape, None if isinstance(layer, nn.Linear) else channels
        ),
    ),
    "a weight slightly off": (
        "_weight", lambda honest: lambda *arguments: honest(*arguments) * (1 + 1e-6)
    ),
    "a largest for a mean": (
        "layers_of",
        lambda honest: lambda module: [
            (name, POOL if name == "5" else layer) for name, layer in honest(module)
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_another_function_is_refused_before_it_is_returned(name, monkeypatch):
    module, inputs = build("lenet")
    attribute, plant = PLANTED[name]
    monkeypatch.setattr(convert, attribute, plant(getattr(convert, attribute)))
    with pytest.raises(ValueError, match="must have the outputs of its twin"):
        to_objective(module, "cross_entropy", inputs, torch.arange(12) % 3)
