"""A rescaled module computes what it computed: PyTorch's own forward pass is the oracle."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch_modules import (  # noqa: E402
    MODULES,
    build,
    difference,
)

from flatlib import MLP, transforms  # noqa: E402
from flatlib.pytorch import (  # noqa: E402
    dense_hessian,
    multipliers,
    random_scales,
    rescaled,
    streams,
    to_flatlib,
)

NAMES = list(MODULES)
ROUNDING = {torch.float64: 1e-12, torch.float32: 1e-5}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ROUNDING)
@pytest.mark.parametrize("seed", range(3))
def test_scaled_neurons_change_no_output(name, dtype, seed):
    module, inputs = build(name, seed)
    module, inputs = module.to(dtype), inputs.to(dtype)
    scales = random_scales(module, np.random.default_rng(seed), decades=1.5)
    assert difference(module, rescaled(module, scales), inputs) < ROUNDING[dtype]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("alpha", [0.01, 100.0])
def test_each_stream_can_be_scaled_alone(name, alpha):
    module, inputs = build(name)
    for stream in streams(module):
        scaled = rescaled(module, {stream.name: alpha})
        assert difference(module, scaled, inputs) < 1e-12, stream
        assert difference(module, scaled, inputs * 2) < 1e-12
        moved = [
            key for key, value in scaled.state_dict().items()
            if not torch.equal(value, module.state_dict()[key])
        ]  # fmt: skip
        assert len(moved) >= 2, stream


@pytest.mark.parametrize("name", NAMES)
def test_the_module_that_came_in_is_not_touched(name):
    module, _ = build(name)
    before = copy.deepcopy(module.state_dict())
    scaled = rescaled(module, random_scales(module, np.random.default_rng(0)))
    for key, value in module.state_dict().items():
        assert torch.equal(value, before[key])
    for one, other in zip(module.parameters(), scaled.parameters(), strict=True):
        assert one.data_ptr() != other.data_ptr()
    assert type(scaled) is type(module)
    assert not scaled.training


@pytest.mark.parametrize("name", ["mlp", "normalized", "lenet", "signals", "resnet", "averaged"])
def test_theorem_3_holds_for_every_kind_of_module(name):
    module, inputs = build(name, num_examples=5)
    labels = torch.arange(5) % 2
    scales = random_scales(module, np.random.default_rng(1), decades=0.7)
    d = 1 / multipliers(module, scales)
    before = dense_hessian(module, "cross_entropy", inputs, labels)
    after = dense_hessian(rescaled(module, scales), "cross_entropy", inputs, labels)
    # entry by entry in the original coordinates
    back = after / np.outer(d, d)
    np.testing.assert_allclose(back, before, rtol=0, atol=1e-10 * np.abs(before).max())


def chain():
    return nn.Sequential(nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 5), nn.ReLU(), nn.Linear(5, 3))


def test_multipliers_are_those_of_flatlib():
    module = chain().double()
    factors = [np.array([2.0, 3, 4, 5, 6, 7]), np.array([0.1, 0.2, 0.3, 0.4, 0.5])]
    scaled = rescaled(module, {"0": factors[0], "2": factors[1]})
    network, params = to_flatlib(module)
    for ours, theirs in zip(
        transforms.scale_neurons(network, factors)(params), to_flatlib(scaled)[1], strict=True
    ):
        np.testing.assert_allclose(theirs, ours, rtol=1e-14)


def test_a_number_is_alpha_of_the_first_stream():
    module = chain().double()
    network, params = to_flatlib(module)
    assert isinstance(network, MLP)
    for ours, theirs in zip(
        transforms.alpha_scale(network, 10.0)(params),
        to_flatlib(rescaled(module, 10.0))[1],
        strict=True,
    ):
        np.testing.assert_allclose(theirs, ours, rtol=1e-14)


def test_blocks_of_a_stage_write_into_one_stream():
    module, _ = build("resnet")
    found = {stream.writers: stream.channels for stream in streams(module)}
    assert found[("bn", "layers.0.bn2")] == 4
    # the shortcut's normalization has no weight: what enters it shares its scale
    stage = ("layers.1.bn2", "layers.1.downsample.0", "layers.2.bn2")
    assert found[stage] == 6
    assert found[("fc1", "fc2")] == 7
    assert not any("head" in writers for writers in found)
    assert "averaged" in MODULES and not any(
        "first" in stream.writers for stream in streams(build("averaged")[0])
    )


def test_any_writer_names_its_stream():
    module, _ = build("resnet")
    by_one = rescaled(module, {"bn": 3.0})
    by_other = rescaled(module, {"layers.0.bn2": 3.0})
    by_both = rescaled(module, {"layers.0.bn2": 3.0, "bn": 3.0})
    for one, two, three in zip(
        by_one.parameters(), by_other.parameters(), by_both.parameters(), strict=True
    ):
        assert torch.equal(one, two)
        assert torch.equal(one, three)


def test_training_goes_on_after_a_rescaling_as_it_would_have():
    """The statistics follow the data, so that even a forward pass in training mode agrees."""
    module, inputs = build("resnet")
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.eps = 1e-12
    scaled = rescaled(module, {"conv": 5.0, "layers.0.conv1": 0.2})
    for net in (module, scaled):
        net.train()
        for layer in net.modules():
            if isinstance(layer, nn.Dropout) or not getattr(layer, "affine", True):
                layer.eval()
        net.training = False  # of the functional dropout
    assert difference(module, scaled, inputs) < 1e-9
