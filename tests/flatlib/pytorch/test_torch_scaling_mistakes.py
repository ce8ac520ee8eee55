"""Errors planted in the rules of scaling, which a forward pass sees."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch_modules import build, difference  # noqa: E402

from flatlib.pytorch import (  # noqa: E402
    random_scales,
    rescaled,
    scaling,
)
from flatlib.pytorch._walk import Walk  # noqa: E402


def unscaled(name):
    """A rule of scaling that forgets one tensor."""

    def plant(monkeypatch):
        for rule in ("_weights", "_normalization"):
            honest = getattr(scaling, rule)
            monkeypatch.setattr(
                scaling,
                rule,
                lambda *args, honest=honest: {k: v for k, v in honest(*args).items() if k != name},
            )

    return plant


def slightly_off(monkeypatch):
    honest = scaling._weights
    monkeypatch.setattr(
        scaling, "_weights", lambda *a: {k: 1.001 * v for k, v in honest(*a).items()}
    )


def no_epsilon(monkeypatch):
    honest = scaling._normalization
    monkeypatch.setattr(
        scaling,
        "_normalization",
        lambda layer, reads, writes: honest(layer, reads, writes) | {"weight": writes},
    )


def no_ties(monkeypatch):
    monkeypatch.setattr(Walk, "tie", lambda self, one, other: None)


PLANTED = [unscaled(name) for name in ("bias", "weight", "running_mean", "running_var")]
PLANTED += [slightly_off, no_epsilon, no_ties]


@pytest.mark.parametrize("plant", PLANTED)
def test_a_planted_error_is_seen(plant, monkeypatch):
    module, inputs = build("resnet")
    plant(monkeypatch)
    scales = random_scales(module, np.random.default_rng(0))
    assert difference(module, rescaled(module, scales), inputs) > 1e-5


@pytest.mark.parametrize("name", ["mlp", "lenet"])
def test_a_bias_left_unscaled_is_seen(name, monkeypatch):
    module, inputs = build(name)
    unscaled("bias")(monkeypatch)
    assert difference(module, rescaled(module, 10.0), inputs) > 1e-3
