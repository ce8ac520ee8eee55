"""Windows of convolutions and pools: against SciPy, back and forth, and at the edges."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
import scipy.signal
from autograd.test_util import check_grads
from hypothesis import given, settings
from hypothesis import strategies as st

from flatlib import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool
from flatlib.networks._banded import correlate, pull, push
from flatlib.networks._windows import slide
from flatlib.networks.convnet import to_maps


@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_valid_convolution_is_scipys_correlation(stride):
    rng = np.random.default_rng(0)
    inputs, kernel = rng.normal(size=(2, 9, 8, 3)), rng.normal(size=(3, 2, 3, 4))
    window = slide((9, 8), (3, 2), (stride, stride), "valid")
    maps = push(kernel, inputs.reshape(2, 72, 3).transpose(1, 2, 0), window)
    for n in range(2):
        for q in range(4):
            full = scipy.signal.correlate(inputs[n], kernel[..., q], mode="valid")[:, :, 0]
            desired = full[::stride, ::stride].reshape(-1)
            np.testing.assert_allclose(maps[:, q, n], desired, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("size", [3, 5])
def test_same_padding_is_scipys_same_for_odd_kernels(size):
    # for an odd kernel and step 1 there is only one way to be centred
    rng = np.random.default_rng(0)
    image, kernel = rng.normal(size=(7, 6)), rng.normal(size=(size, size))
    window = slide((7, 6), (size, size), (1, 1), "same")
    maps = push(kernel[:, :, None, None], image.reshape(42, 1, 1), window)
    desired = scipy.signal.correlate(image, kernel, mode="same")
    np.testing.assert_allclose(maps[:, 0, 0], desired.reshape(-1), rtol=1e-12)


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "out", "front"),
    # numbers of tf.nn.conv2d's documentation of SAME: the odd zero goes behind
    [(5, 2, 1, 5, 0), (5, 4, 1, 5, 1), (6, 3, 2, 3, 0), (5, 3, 2, 3, 1), (7, 2, 3, 3, 0)],
)
def test_same_padding_puts_the_odd_zero_behind(size, kernel, stride, out, front):
    window = slide((size, 1), (kernel, 1), (stride, 1), "same")
    assert (window.out_rows, window.top) == (out, front)


WINDOWS = st.builds(
    lambda sizes, kernel, strides, padding: slide(sizes, kernel, strides, padding),
    st.tuples(st.integers(3, 6), st.integers(3, 6)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.sampled_from(["valid", "same"]),
)


@settings(max_examples=200)
@given(window=WINDOWS, seed=st.integers(0, 10**6))
def test_push_pull_and_correlate_are_adjoint(window, seed):
    rng = np.random.default_rng(seed)
    kernel = rng.normal(size=(window.height, window.width, 2, 3))
    maps, out = rng.normal(size=(window.size, 2, 4)), rng.normal(size=(window.out_size, 3, 4))
    desired = np.sum(push(kernel, maps, window) * out)
    scale = np.sum(push(abs(kernel), abs(maps), window) * abs(out))
    assert abs(np.sum(maps * pull(kernel, out, window)) - desired) <= 1e-14 * scale
    assert abs(np.sum(kernel * correlate(maps, out, window)) - desired) <= 1e-14 * scale


def test_autograd_differentiates_all_three_in_both_modes():
    rng, window = np.random.default_rng(0), slide((4, 3), (2, 2), (1, 2), "same")
    kernel, maps = rng.normal(size=(2, 2, 2, 3)), rng.normal(size=(12, 2, 2))
    out = rng.normal(size=(window.out_size, 3, 2))
    modes = {"modes": ["fwd", "rev"], "order": 2}
    check_grads(lambda k, m: anp.sin(push(k, m, window)), **modes)(kernel, maps)
    check_grads(lambda k, g: anp.sin(pull(k, g, window)), **modes)(kernel, out)
    check_grads(lambda m, g: anp.sin(correlate(m, g, window)), **modes)(maps, out)


def test_max_pooling_takes_the_first_of_equal_entries():
    net = ConvNet((4, 1), [MaxPool(2), Conv(1, 1), MaxPool(2)], "linear", bias=False)
    gradient = autograd.grad(lambda x: anp.sum(net.predict([np.ones((1, 1, 1))], x)))
    np.testing.assert_array_equal(gradient(np.full((1, 4, 1), 2.0))[0, :, 0], [1, 0, 0, 0])


@pytest.mark.parametrize("shape", [(7, 6, 2), (6, 6, 1), (9, 3)])
@pytest.mark.parametrize("stride", [None, 1, 3])
def test_average_pooling_is_the_mean_of_each_window(shape, stride):
    size = (3,) if len(shape) == 2 else (3, 2)
    net = ConvNet(shape, [AveragePool(size, stride=stride), Dense(1)], bias=False)
    (pool,), inputs = net.plan.head, np.random.default_rng(0).normal(size=(4, *shape))
    maps = to_maps(inputs)
    # positions and the mean over them: another way than the two matrices
    desired = maps[pool.window.positions].mean(axis=1)
    np.testing.assert_allclose(pool(maps), desired, rtol=1e-14, atol=1e-15)
    back = np.random.default_rng(1).normal(size=desired.shape)
    np.testing.assert_allclose((pool.spread(back) * maps).sum(), (back * desired).sum(), rtol=1e-12)


def test_average_pooling_of_a_photograph_takes_little_memory():
    net = ConvNet((112, 112, 3), [AveragePool(2), AveragePool(2), GlobalAverage(), Dense(1)])
    held = sum(array.nbytes for pool in net.plan.head for array in pool.window.averages)
    assert held < 2**18
