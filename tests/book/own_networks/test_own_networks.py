"""Counts of the paper's networks against other ways of counting."""

import numpy as np
import pytest

from flatbook.own_networks.claims import shapes
from flatlib import lenet, mlenet, snin
from flatlib.networks import Conv, ConvNet, GlobalAverage, resnet_parts


def walk(widths, blocks, shortcut):
    """A residual net layer by layer: conv, two numbers for each channel, and so on."""
    total, channels = 27 * widths[0] + 2 * widths[0], widths[0]
    for width in widths:
        for _ in range(blocks):
            for inputs in (channels, width):
                total += 9 * inputs * width + 2 * width
            if channels != width and shortcut:
                total += channels * width + 2 * width
            channels = width
    return total + 10 * channels + 10


@pytest.mark.parametrize(
    ("name", "setting"),
    [("ResNet-18", ((64, 128, 256, 512), 2, True)), ("ResNet-32", ((16, 32, 64), 5, False))],
)
def test_parts_of_a_residual_net_add_up_to_a_walk_through_its_layers(name, setting):
    assert sum(resnet_parts(name).values()) == walk(*setting)


def test_residual_nets_have_the_number_of_layers_in_their_name():
    # stem and output, and two convolutions in each block
    assert 2 + 2 * 4 * 2 == 18
    assert 2 + 2 * 3 * 5 == 32


@pytest.mark.parametrize("shape", shapes(3781))
def test_every_shape_that_fits_is_a_network_of_that_size(shape):
    kernels, *channels = shape
    layers = [Conv(c, k) for c, k in zip((*channels, 10), kernels, strict=True)]
    assert ConvNet((28, 28, 1), [*layers, GlobalAverage()]).num_params == 3781


def test_the_search_finds_what_a_grid_finds():
    grid = [
        ((a, b, c), m, n)
        for a in (3, 5) for b in (3, 5) for c in (3, 5) for m in range(1, 40) for n in range(1, 40)
        if (a * a + 1) * m + (b * b * m + 1) * n + (c * c * n + 1) * 10 == 1000
    ]  # fmt: skip
    assert [s for s in shapes(1000) if s[1] < 40 and s[2] < 40] == grid


def test_snin_has_the_kernels_of_the_mnist_net_of_its_inventors():
    kernels = [shape[0] for shape in snin().param_shapes[::2]]
    assert kernels == [5, 1, 1] * 3
    assert snin().predict(snin().init(np.random.default_rng(0)), np.ones((1, 28, 28, 1))).shape == (
        1,
        10,
    )


def test_hessians_of_lenet_and_mlenet_are_on_two_sides_of_what_a_laptop_holds():
    assert 8 * mlenet().num_params ** 2 < 2**30 < 8 * lenet().num_params ** 2
