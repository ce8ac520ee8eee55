"""The layer scalings of supplement E, and how many directions rescaling units gives a layer."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.sparse import csgraph
from strategies import HOMOGENEOUS, cases

from flatlib import MLP, flatten
from flatlib.transforms import compensated_scale, unit_freedom


@given(cases(activations=HOMOGENEOUS), st.floats(1e-2, 1e2), st.integers(0, 3))
def test_weights_are_scaled_as_the_paper_says_and_the_function_stays(case, beta, layer):
    net, depth = case.network, case.network.depth
    assume(depth >= 2)
    layer = layer % depth + 1
    scaled = compensated_scale(net, beta, layer)(case.params)
    factors = [1 / beta] * depth
    factors[layer - 1] = beta ** (depth - 1)
    weights = range(0, len(scaled), 1 + case.bias)
    for k, position in enumerate(weights):
        expected = factors[k] * case.params[position]
        np.testing.assert_allclose(scaled[position], expected, rtol=1e-12)
    if case.bias:
        for k, position in enumerate(range(1, len(scaled), 2)):
            product = np.prod(factors[: k + 1]) if k + 1 < depth else 1.0
            np.testing.assert_allclose(
                scaled[position], product * case.params[position], rtol=1e-12
            )
    before, after = (net.predict(params, case.inputs) for params in (case.params, scaled))
    # terms of the last sum may cancel; outputs of these cases are at most 3
    np.testing.assert_allclose(after, before, rtol=0, atol=1e-10)


def test_diagonal_with_biases():
    net = MLP((1, 1, 1, 1))
    diagonal = compensated_scale(net, 2.0, 2).diagonal
    # W1, b1, W2, b2, W3, b3: b1 goes with A_1 = 1/2, b2 with A_2 = 2
    np.testing.assert_allclose(diagonal, [2, 2, 0.25, 0.5, 2, 1], rtol=1e-15)


def spanned(net, params, layer):
    """Rank of the velocities of layer m's weights under each unit's own scaling, written out."""
    weights = [params[k] for k in range(0, len(params), 1 + net.bias)]
    velocities = []
    for hidden, size in enumerate(net.hidden_sizes, start=1):
        for unit in range(size):
            moves = [np.zeros_like(w) for w in weights]
            moves[hidden - 1][:, unit] = weights[hidden - 1][:, unit]
            moves[hidden][unit, :] = -weights[hidden][unit, :]
            velocities.append(flatten(moves[layer - 1]))
    return np.linalg.matrix_rank(np.array(velocities))


@given(cases(activations=("relu",)), st.floats(0.2, 1.0), st.integers(0, 2**32 - 1))
def test_freedom_is_the_rank_of_the_velocities(case, kept, seed):
    assume(case.network.depth >= 2)
    rng = np.random.default_rng(seed)
    params = tuple(array * (rng.random(array.shape) < kept) for array in case.params)
    for layer in range(1, case.network.depth + 1):
        expected = spanned(case.network, params, layer)
        assert unit_freedom(case.network, params, layer) == expected


def test_the_oracle_sees_components_that_are_forgotten(monkeypatch):
    monkeypatch.setattr(csgraph, "connected_components", lambda *args, **options: (1, None))
    with pytest.raises(AssertionError):
        test_freedom_is_the_rank_of_the_velocities()
