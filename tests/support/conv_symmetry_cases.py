"""Factors drawn for the units of a net, and outputs that a symmetry must leave as they were."""

import numpy as np


def drawn_factors(network, seed, spread=1.0):
    rng = np.random.default_rng(seed)
    return [10.0 ** rng.uniform(-spread, spread, size=n) for n in network.hidden_sizes]


def assert_same_outputs(case, network, params):
    before = case.network.predict(case.params, case.inputs)
    after = network.predict(params, case.inputs)
    # relative to what is added up inside of the last layer, where outputs may cancel
    *_, read, _ = case.network.layer_inputs(case.params, case.inputs)
    last = case.params[-1 - case.bias]
    scale = max(np.abs(before).max(), np.abs(read).max() * np.abs(last).sum())
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-12 * scale)
