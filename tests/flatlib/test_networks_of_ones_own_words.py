"""What a network of one's own is told that has no shapes, loses rows, or says what is not so."""

import autograd.numpy as anp
import numpy as np
import pytest

from flatlib import Objective, networks
from flatlib.networks import Network

INPUT_ROWS = np.ones((20, 4))


class Wordless(Network):
    def predict(self, params, inputs):
        return inputs


class Mean(Network):
    param_shapes = ((4, 3),)

    def predict(self, params, inputs):
        return anp.mean(anp.dot(inputs, params[0]), axis=0)


def test_a_network_without_shapes_or_rows_is_told():
    with pytest.raises(TypeError, match=r"Wordless. Give it param_shapes"):
        Objective(Wordless(), "squared", INPUT_ROWS, np.ones((20, 3)))
    with pytest.raises(ValueError, match=r"one row for each of 20 inputs, got shape \(3,\)"):
        Objective(Mean(), "squared", INPUT_ROWS, np.ones((20, 3)))
    with pytest.raises(ValueError, match="inputs must have shape"):
        Objective(Mean(), "squared", np.ones((0, 4)), np.ones((0, 3)))
    assert networks.Network.param_shapes.__doc__


def test_what_it_declares_is_held():
    class Declared(Mean):
        input_shape = (4,)

        def predict(self, params, inputs):
            return anp.dot(self.require_inputs(inputs), params[0])

    with pytest.raises(ValueError, match=r"inputs must have shape \(N, 4\)"):
        Objective(Declared(), "squared", np.ones((20, 5)), np.ones((20, 3)))
    assert Objective(Declared(), "squared", INPUT_ROWS, np.ones((20, 3))).num_examples == 20
