"""Modules that keep what they have computed: copy.deepcopy refuses them, and flatlib does not."""

import warnings

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from test_torch_door import INPUTS, LABELS, assert_same, chain, matrix  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn.utils import prune  # noqa: E402
from torch_oracles import by_func  # noqa: E402

from flatlib.pytorch import path_norm, rescaled  # noqa: E402


def pruned():
    module = chain()
    prune.l1_unstructured(module[0], "weight", amount=0.5)
    return module


class Keeps(nn.Module):
    """It keeps its last output, as somebody's hook or a module under a debugger does."""

    def __init__(self):
        super().__init__()
        self.net = chain(nn.ReLU())

    def forward(self, inputs):
        self.last = self.net(inputs)
        return self.last


def test_modules_that_cannot_be_copied_after_a_run():
    for module in (pruned(), Keeps()):
        before = matrix(module)
        module(INPUTS)
        assert_same(matrix(module), before)
    assert_same(before, by_func(chain(nn.ReLU()), nn.functional.cross_entropy, INPUTS, LABELS))


def test_both_kinds_of_weight_normalization_are_one():
    """The old one keeps its weight, and cannot be copied; the new one is a parametrization."""
    new, old = chain(), chain()
    nn.utils.parametrizations.weight_norm(new[0])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        nn.utils.weight_norm(old[0])
    assert_same(matrix(old), matrix(new))  # test_torch_layers compares with differences


def test_a_module_that_keeps_its_last_output_is_not_touched():
    module = Keeps()
    last = module(INPUTS)
    scaled = rescaled(module, 3.0)
    assert path_norm(scaled, INPUTS) == pytest.approx(path_norm(module, INPUTS), rel=1e-12)
    assert module.last is last
    np.testing.assert_allclose(scaled(INPUTS).detach(), last.detach(), rtol=1e-12)
