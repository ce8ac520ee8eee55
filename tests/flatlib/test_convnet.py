"""Convolutional nets: predictions against loops and SciPy, shapes, derivatives, refusals."""

import ast
from pathlib import Path

import autograd
import autograd.numpy as anp
import conv_oracle
import numpy as np
import pytest
import scipy.signal
from autograd.test_util import check_grads
from conv_cases import NETS, conv_case, conv_cases
from hypothesis import given, settings
from hypothesis import strategies as st

import flatlib
from flatlib import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool
from flatlib.networks._banded import correlate, pull, push
from flatlib.networks._windows import slide
from flatlib.networks.convnet import to_maps


@settings(max_examples=300)
@given(case=conv_cases())
def test_predict_is_the_loop_over_positions(case):
    desired = conv_oracle.forward(case.theta[None].astype(complex), case)[0][0].real
    actual = case.network.predict(case.params, case.inputs)
    np.testing.assert_allclose(actual, desired, rtol=1e-12, atol=1e-13)
    assert actual.shape == (len(case.inputs), case.network.num_outputs)
    assert actual.dtype == np.float64


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


@pytest.mark.parametrize("net", NETS)
def test_traceable_in_params_and_in_inputs(net):
    case = conv_case(net, "tanh")

    def total(params, inputs):
        return anp.sum(anp.sin(case.network.predict(params, inputs)))

    rng, step = np.random.default_rng(0), 1e-6
    for number, value in enumerate((case.params, case.inputs)):
        args = [case.params, case.inputs]
        arrays = value if number == 0 else (value,)
        direction = [rng.normal(size=array.shape) for array in arrays]
        slope = autograd.grad(total, number)(*args)
        slope = slope if number == 0 else (slope,)
        actual = sum(np.sum(g * d) for g, d in zip(slope, direction, strict=True))
        ends = []
        for sign in (1, -1):
            moved = [a + sign * step * d for a, d in zip(arrays, direction, strict=True)]
            args[number] = tuple(moved) if number == 0 else moved[0]
            ends.append(total(*args))
        # truncation 1e-12 times the third derivative, cancellation 1e-16 / 1e-6
        np.testing.assert_allclose(actual, (ends[0] - ends[1]) / (2 * step), rtol=1e-6, atol=1e-7)


def test_max_pooling_takes_the_first_of_equal_entries():
    net = ConvNet((4, 1), [MaxPool(2), Conv(1, 1), MaxPool(2)], "linear", bias=False)
    gradient = autograd.grad(lambda x: anp.sum(net.predict([np.ones((1, 1, 1))], x)))
    np.testing.assert_array_equal(gradient(np.full((1, 4, 1), 2.0))[0, :, 0], [1, 0, 0, 0])


def test_the_papers_networks_have_the_papers_sizes():
    assert flatlib.mlenet().num_params == 3781
    assert [int(np.prod(s)) for s in flatlib.mlenet().param_shapes] == [150, 6, 2250, 15, 1350, 10]
    assert flatlib.mlenet((32, 32, 3)).num_params == 3781 + 2 * 150
    assert flatlib.lenet().num_params == 61706
    assert flatlib.lenet().param_shapes[4:6] == ((400, 120), (120,))
    assert flatlib.snin().num_params == 33900
    assert {shape[-1] for shape in flatlib.snin().param_shapes} == {20, 30, 10}
    for make in (flatlib.mlenet, flatlib.lenet, flatlib.snin):
        net, rng = make(), np.random.default_rng(0)
        assert net.predict(net.init(rng), rng.normal(size=(2, 28, 28, 1))).shape == (2, 10)


def test_a_dense_layer_is_a_convolution_as_large_as_the_map():
    dense = ConvNet((4, 3, 2), [Conv(2, 2), Dense(3), Dense(2)], "tanh")
    conv = ConvNet((4, 3, 2), [Conv(2, 2), Conv(3, (3, 2)), Conv(2, 1)], "tanh")
    rng = np.random.default_rng(0)
    params, inputs = dense.init(rng, bias_std=1.0), rng.normal(size=(5, 4, 3, 2))
    same = [p.reshape(shape) for p, shape in zip(params, conv.param_shapes, strict=True)]
    np.testing.assert_array_equal(conv.predict(same, inputs), dense.predict(params, inputs))


def test_a_signal_is_an_image_one_pixel_wide():
    layers = [Conv(3, 3, padding="same"), MaxPool(2), Conv(2, 2, stride=2), GlobalAverage()]
    tall = [
        Conv(3, (3, 1), padding="same"),
        MaxPool((2, 1)),
        Conv(2, (2, 1), stride=2),
        GlobalAverage(),
    ]
    signal, image = ConvNet((11, 2), layers), ConvNet((11, 1, 2), tall)
    rng = np.random.default_rng(0)
    params, inputs = signal.init(rng), rng.normal(size=(4, 11, 2))
    wide = [p.reshape(shape) for p, shape in zip(params, image.param_shapes, strict=True)]
    desired = signal.predict(params, inputs)
    np.testing.assert_array_equal(image.predict(wide, inputs[:, :, None]), desired)


def test_init_is_he_normal_over_the_whole_window():
    # fan-in 5 * 5 * 8 = 200; four standard errors of the variance of 20000 draws are 4 %
    weights, bias = ConvNet((5, 5, 8), [Conv(100, 5)]).init(np.random.default_rng(0))
    np.testing.assert_allclose(weights.var(), 2 / 200, rtol=0.04)
    np.testing.assert_array_equal(bias, np.zeros(100))


def test_nets_are_values():
    net = ConvNet([8, 8, 1], [Conv(4, 3), MaxPool(2), Dense(10)])
    again = ConvNet((8, 8, 1), (Conv(4, 3), MaxPool(2), Dense(10)))
    assert net == again and hash(net) == hash(again)
    assert net != ConvNet((8, 8, 1), (Conv(4, 3), MaxPool(2), Dense(10)), bias=False)
    with pytest.raises(AttributeError):
        net.bias = False


@given(case=conv_cases())
def test_predict_writes_to_nothing_and_repeats(case):
    for array in (*case.params, case.inputs):
        array.setflags(write=False)
    first = case.network.predict(case.params, case.inputs)
    np.testing.assert_array_equal(first, case.network.predict(case.params, case.inputs))


def test_the_oracle_shares_no_code_with_the_library():
    source = Path(conv_oracle.__file__).read_text(encoding="utf-8")
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    assert names == {"numpy", "oracles"}


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
