"""Our networks as modules: the same outputs and gradients, and the way back."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')

import flatlib  # noqa: E402
from flatlib.networks import AveragePool, Conv, ConvNet, Dense, GlobalAverage, MaxPool  # noqa: E402
from flatlib.pytorch import modules, parameter_order, to_flatlib, to_module  # noqa: E402

NETWORKS = {
    "mlp": flatlib.MLP((4, 5, 3)),
    "tanh, no biases": flatlib.MLP((4, 5, 3), "tanh", bias=False),
    "linear": flatlib.MLP((4, 2, 3), "linear"),
    "two dense layers on maps": ConvNet(
        (8, 7, 2), (Conv(3, 3, padding="same"), MaxPool(2), Conv(4, 2), Dense(6), Dense(3))
    ),
    "oblong": ConvNet((5, 6, 1), (Conv(3, (2, 3)), MaxPool((1, 2)), Dense(3)), "gelu"),
    "strides": ConvNet((8, 9, 1), (Conv(3, 3, stride=2), AveragePool(2, stride=1), Dense(3))),
    "global average": ConvNet((8, 8, 1), (Conv(4, 3), Conv(3, 2), GlobalAverage()), bias=False),
    "a signal": ConvNet((10, 2), (Conv(3, 3), MaxPool(2), Dense(3))),
    "a signal, averaged": ConvNet((10, 2), (Conv(3, 3), AveragePool(2), Conv(3, 2),
                                            GlobalAverage())),
    "leaky": flatlib.MLP((4, 5, 6, 3), flatlib.leaky_relu(0.3), bias=False),
    "leaky, a signal": ConvNet((10, 2), (Conv(3, 3), Dense(4), Dense(3)), flatlib.leaky_relu()),
    "dense alone": ConvNet((3, 2, 2), (Dense(5), Dense(3))),
}  # fmt: skip


@pytest.fixture(params=NETWORKS)
def case(request):
    """A network, params, inputs, and the module with its inputs."""
    network, rng = NETWORKS[request.param], np.random.default_rng(1)
    params = network.init(rng)
    params = tuple(array + 0.1 * rng.normal(size=array.shape) for array in params)  # biases, too
    shape = network.input_shape if isinstance(network, ConvNet) else (network.layer_sizes[0],)
    inputs = rng.normal(size=(6, *shape))
    theirs = torch.as_tensor(np.moveaxis(inputs, -1, 1) if inputs.ndim > 2 else inputs)
    return network, params, inputs, to_module(network, params), theirs


def test_the_module_says_what_the_network_says(case):
    network, params, inputs, module, theirs = case
    found = module(theirs).detach().numpy()
    np.testing.assert_allclose(found, network.predict(params, inputs), rtol=1e-12, atol=1e-13)


def test_the_way_back_leads_to_the_same_network_and_the_same_params(case):
    network, params, _, module, theirs = case
    has_convolution = any(isinstance(layer, torch.nn.modules.conv._ConvNd) for layer in module)
    shape = tuple(theirs.shape[1:]) if has_convolution else None
    found, again = to_flatlib(module, input_shape=shape)
    if has_convolution or isinstance(network, flatlib.MLP):  # else it comes back as an MLP
        assert (found.param_shapes, found.activation) == (network.param_shapes, network.activation)
        for one, two in zip(again, params, strict=True):
            np.testing.assert_array_equal(one, two)
    np.testing.assert_allclose(
        found.predict(again, inputs_of(found, theirs)), network.predict(params, case[2]), atol=1e-12
    )


def inputs_of(network, theirs):
    array = theirs.numpy()
    return np.moveaxis(array, 1, -1) if isinstance(network, ConvNet) else array.reshape(6, -1)


def test_gradients_are_those_of_the_objective(case):
    """By `flatlib.gradient`, which knows nothing of PyTorch, in our order of the parameters."""
    network, params, inputs, module, theirs = case
    labels = np.array([0, 1, 2, 0, 1, 2])
    torch.nn.functional.cross_entropy(module(theirs), torch.as_tensor(labels)).backward()
    slope = np.concatenate([p.grad.numpy().ravel() for p in module.parameters()])
    objective = flatlib.Objective(network, "cross_entropy", inputs, labels)
    expected = flatlib.gradient(objective, params)
    if any(isinstance(layer, torch.nn.modules.conv._ConvNd) for layer in module):
        slope = slope[parameter_order(module, input_shape=tuple(theirs.shape[1:]))]
        np.testing.assert_allclose(slope, expected, rtol=1e-10, atol=1e-14)
    else:
        np.testing.assert_allclose(sorted(slope), sorted(expected), rtol=1e-10, atol=1e-14)


def test_the_params_are_not_shared():
    network = NETWORKS["mlp"]
    params = network.init(np.random.default_rng(0))
    module = to_module(network, params)
    with torch.no_grad():
        module[0].weight.zero_()
    assert (params[0] != 0).all()


@pytest.mark.parametrize(
    ("network", "words"),
    [
        (ConvNet((8, 8, 1), (Conv(2, 3, stride=2, padding="same"), Dense(3))), "a stride"),
        (flatlib.MLP((4, 5, 3), "softplus"), "the same numbers in PyTorch, got softplus"),
    ],
)
def test_what_pytorch_has_not_is_refused(network, words):
    with pytest.raises(ValueError, match=words):
        to_module(network, network.init(np.random.default_rng(0)))


def test_another_kind_of_network_is_refused():
    with pytest.raises(TypeError, match=r"flatlib\.MLP"):
        to_module(object(), ())


def test_a_twin_with_other_outputs_is_not_returned(monkeypatch):
    """As if the rows behind a flattening had been left in our order."""
    monkeypatch.setattr(modules, "_channels_first", lambda weight, channels: weight)
    network = NETWORKS["two dense layers on maps"]
    with pytest.raises(ValueError, match="must have the outputs of its twin"):
        to_module(network, network.init(np.random.default_rng(0)))


def test_outputs_that_are_not_finite_are_named():
    network = NETWORKS["mlp"]
    params = [1e200 * array for array in network.init(np.random.default_rng(0))]
    with pytest.raises(ValueError, match="must have finite outputs"):
        to_module(network, params)
