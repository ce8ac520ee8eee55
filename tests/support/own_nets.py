"""Networks of one's own, as a reader would write them: with a sum of two paths."""

import autograd.numpy as np

from flatlib.networks import HiddenLayer, Network


class Silent(Network):
    """A residual net that does not say where its units are: x -> stream -> block -> outputs."""

    depth, input_shape, num_outputs = 4, (3,), 2
    param_shapes = ((3, 4), (4,), (4, 5), (5,), (5, 4), (4,), (4, 2))

    def __init__(self, activation):
        self.activation = activation

    def predict(self, params, inputs):
        first, bias, up, inner, down, outer, last = params
        stream = np.dot(inputs, first) + bias
        block = self.activation(np.dot(self.activation(stream), up) + inner)
        return np.dot(self.activation(stream + np.dot(block, down) + outer), last)


class Residual(Silent):
    """The same net, which says it: the stream with all that writes and reads it, and the block."""

    hidden_layers = (HiddenLayer((0, 1, 4, 5), (2, 6)), HiddenLayer((2, 3), (4,)))


class SkipForgotten(Silent):
    """It says that the stream ends where the block begins: what passes by is left out."""

    hidden_layers = (HiddenLayer((0, 1), (2,)), HiddenLayer((2, 3), (4,)))
