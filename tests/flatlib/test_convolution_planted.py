"""The test of the test: errors planted in the convolutional engine, which the oracle sees."""

import dataclasses

import numpy as np
import pytest
from conv_cases import conv_case
from test_convolution import assert_all_is_the_oracles

from flatlib import CrossEntropyLoss, SquaredLoss
from flatlib.curvature import _conv_blocks, _conv_gram, _conv_moving, _conv_tangents
from flatlib.networks import _banded, _plan, _pools, _windows


def spoil_deltas_by_a_thousandth(patch):
    add = _conv_blocks.add_residual
    patch.setattr(_conv_blocks, "add_residual", lambda *args: add(*args[:-1], 1.001 * args[-1]))


def spoil_square_root(patch):
    for loss in (SquaredLoss, CrossEntropyLoss):
        root = loss.root
        patch.setattr(loss, "root", lambda *args, root=root: (1.001 * root(*args)[0], None))


def spoil_bends(patch):
    patch.setattr(_conv_blocks, "add_bends", lambda *args: None)


def spoil_the_order_of_the_last_layer(patch):
    means = _conv_gram.last_layer_means
    patch.setattr(_conv_gram, "last_layer_means", lambda *args: means(*args)[::-1])


def spoil_pushed_tangents(patch):
    lift = _conv_tangents.pushed_own_tangents
    patch.setattr(_conv_tangents, "pushed_own_tangents", lambda s, t: lift(s, t[::-1]))


def spoil_slopes(patch):
    through = _conv_tangents.through_activation_and_pools
    patch.setattr(
        _conv_tangents,
        "through_activation_and_pools",
        lambda s, t: through(dataclasses.replace(s, slope=np.abs(s.slope) ** 1.01), t),
    )


def spoil_last_example(patch):
    patch.setattr(_conv_blocks, "slices", lambda *args: [slice(0, -1)])


def spoil_the_bias(patch):
    seen = _conv_tangents.patches

    def without(step, bias):
        result = seen(step, bias)
        result[..., -1] *= 1.001
        return result

    patch.setattr(_conv_tangents, "patches", without)


def spoil_kernel_flipped(patch):
    band = _banded._band
    patch.setattr(_banded, "_band", lambda kernel, window: band(kernel[::-1], window))


def spoil_max_pooling(patch):
    choose = _pools.Pool.choose
    patch.setattr(_pools.Pool, "choose", lambda pool, maps: choose(pool, -maps))


def spoil_same_padding(patch):
    slide = _windows.slide

    def shifted(*args):
        window = slide(*args)
        return dataclasses.replace(window, top=window.top + 1) if args[3] == "same" else window

    patch.setattr(_plan, "slide", shifted)


def spoil_direction_of_the_kernel(patch):
    along = _conv_moving._pull_along
    patch.setattr(_conv_moving, "_pull_along", lambda *args: 0.999 * along(*args))


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_deltas_by_a_thousandth,
        spoil_square_root,
        spoil_bends,
        spoil_the_order_of_the_last_layer,
        spoil_pushed_tangents,
        spoil_slopes,
        spoil_last_example,
        spoil_the_bias,
        spoil_kernel_flipped,
        spoil_max_pooling,
        spoil_same_padding,
        spoil_direction_of_the_kernel,
    ],
)
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_the_comparison_sees_a_planted_error(monkeypatch, spoil, loss):
    assert_all_is_the_oracles(conv_case("lenet, small", "tanh", loss=loss))
    spoil(monkeypatch)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_all_is_the_oracles(conv_case("lenet, small", "tanh", loss=loss))
