"""The figures of *Sharpness in random subspaces* say what the library measures."""

import re

import numpy as np
import pytest

from flatbook.sharpness_in_subspaces import along_a_line, random_subspaces
from flatlib.measures import keskar_sharpness, random_subspace
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

NET = MLP((3, 4, 2), bias=False)
INPUTS = np.random.default_rng(0).normal(size=(12, 3))
W1, W2 = PARAMS = NET.init(np.random.default_rng(1))
LOSS = Objective(NET, "squared", INPUTS, np.maximum(INPUTS @ W1, 0) @ W2)


def test_the_text_says_the_highest_loss_on_the_line():
    """By the formula of the network, written out."""
    shown = along_a_line(LOSS, PARAMS, 0.1, np.random.default_rng(2), alphas=[1.0, 100.0])
    way = np.random.default_rng(2).normal(size=20)
    way /= np.linalg.norm(way)
    for alpha, alt in zip((1.0, 100.0), shown.alts, strict=True):
        highest = 0.0
        for t in np.linspace(-0.1, 0.1, 81):
            first = alpha * W1 + t * way[:12].reshape(3, 4)
            last = W2 / alpha + t * way[12:].reshape(4, 2)
            miss = np.maximum(INPUTS @ first, 0) @ last - LOSS.targets
            highest = max(highest, (miss**2).sum(axis=1).mean() / 2)
        assert f"is {highest:.2g} at alpha {alpha:.3g}." in alt


def test_the_line_starts_where_nothing_was_scaled():
    alphas = [1.0, 10.0]
    shown = along_a_line(LOSS, PARAMS, 0.1, np.random.default_rng(2), alphas=alphas)
    assert "shown at 1)" in repr(shown)


@pytest.mark.parametrize("alpha", [1.0, 100.0])
def test_the_curve_is_the_sharpness_in_the_subspaces(alpha):
    shown = random_subspaces(
        LOSS, PARAMS, 1e-3, np.random.default_rng(3), dimensions=(2,), num_draws=1,
        alphas=np.array([1 / alpha, 1.0, alpha]),
    )  # fmt: skip
    columns = random_subspace(PARAMS, 2, np.random.default_rng(3))
    scaled = alpha_scale(NET, alpha)(PARAMS)
    quick = {"num_restarts": 4, "num_steps": 20}
    percent = keskar_sharpness(
        LOSS, scaled, 1e-3, np.random.default_rng(4), subspace=columns, **quick
    )
    said = float(re.search(r"and (\S+) at alpha", shown.alts[0])[1])
    assert said <= percent < 30 * said  # a power of ten below, by a shorter search
