"""Signals made on the spot, always the same."""

import numpy as np

from flatlib.data import mnist1d


def test_signals_are_always_the_same_standardized_and_balanced():
    one, two, other = mnist1d(500), mnist1d(500), mnist1d(500, seed=1)
    for first, second in zip(one, two, strict=True):
        np.testing.assert_array_equal(first, second)
    assert (one.train_inputs != other.train_inputs).any()
    assert one.train_inputs.shape == (400, 40)
    assert one.test_inputs.shape == (100, 40)
    every = np.vstack([one.train_inputs, one.test_inputs])
    np.testing.assert_allclose([every.mean(), every.std()], [0, 1], rtol=0, atol=1e-12)
    labels = np.concatenate([one.train_labels, one.test_labels])
    np.testing.assert_array_equal(np.bincount(labels), [50] * 10)


def test_signals_leave_the_generators_of_the_process_alone():
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    mnist1d(100)
    np.testing.assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
