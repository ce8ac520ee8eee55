"""Convolutional nets: predictions against loops, shapes, derivatives, refusals."""

import ast
from pathlib import Path

import autograd
import autograd.numpy as anp
import conv_oracle
import numpy as np
import pytest
from conv_cases import NETS, conv_case, conv_cases
from hypothesis import given, settings

import flatlib
from flatlib import Conv, ConvNet, Dense, GlobalAverage, MaxPool


@settings(max_examples=300)
@given(case=conv_cases())
def test_predict_is_the_loop_over_positions(case):
    desired = conv_oracle.forward(case.theta[None].astype(complex), case)[0][0].real
    actual = case.network.predict(case.params, case.inputs)
    np.testing.assert_allclose(actual, desired, rtol=1e-12, atol=1e-13)
    assert actual.shape == (len(case.inputs), case.network.num_outputs)
    assert actual.dtype == np.float64


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
