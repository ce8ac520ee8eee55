"""A random network with data, at no minimum."""

from flatbook.three_notions.scenes import on_labels_or_noise
from flatlib.networks import MLP


def case(sizes, bias, loss, rng):
    """A random network, its data, and params off the minimum."""
    net = MLP(sizes, bias=bias)
    return on_labels_or_noise(net, 40, rng, loss=loss), net.init(rng, bias_std=1.0)
