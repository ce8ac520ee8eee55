"""What has no twin in flatlib is refused by its name, before another function is returned."""

import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from refusals import assert_refused  # noqa: E402
from test_torch_refusals import INPUTS, LABELS, LENET, MLP, RESNET, Double, hooked  # noqa: E402
from torch import nn  # noqa: E402

from flatlib import pytorch  # noqa: E402

T, V = TypeError, ValueError


def convert(*layers, shape=None):
    return pytorch.to_flatlib(nn.Sequential(*layers), input_shape=shape)


def objective(loss):
    return pytorch.to_objective(nn.Sequential(nn.Linear(3, 3)).double(), loss, INPUTS, LABELS)


def tied(layer):
    other = nn.Linear(4, 4)
    other.weight = layer.weight
    return other


def patched():
    layer = nn.Linear(4, 4)
    layer.forward = lambda inputs: 2 * inputs
    return layer


def adapted():
    """A low-rank second branch, as LoRA adds it, on a layer that has kept its type."""
    layer = nn.Linear(4, 4)
    layer.low = nn.Linear(4, 1, bias=False)
    return layer


def spoiled():
    layer = nn.Linear(4, 4)
    layer.weight.data[0, 0] = torch.nan
    return layer


class Shortcut(nn.Sequential):
    def forward(self, inputs):
        return inputs + super().forward(inputs)


weight_norm = nn.utils.parametrizations.weight_norm
ONE, TWO, CONV = nn.Linear(4, 4), nn.Linear(4, 4), nn.Conv2d(1, 2, 3)
BARE = nn.Linear(4, 4, bias=False)
IMAGE = (1, 6, 6)

CASES = [
    ("convert a residual net", lambda: pytorch.to_flatlib(RESNET), T, "torch.nn.Sequential"),
    ("convert a list", lambda: pytorch.to_flatlib([1]), T, "torch.nn.Module"),
    ("convert without shape", lambda: pytorch.to_flatlib(LENET), V, "inputs.shape[1:]"),
    ("convert, BatchNorm", lambda: convert(ONE, nn.BatchNorm1d(4).eval(), TWO), V, "'1'"),
    ("convert, training", lambda: convert(ONE, nn.Dropout(), TWO), V, "a Dropout in training"),
    ("convert, Softplus", lambda: convert(ONE, nn.Softplus(), TWO), V, "a Softplus"),
    ("convert, nothing", lambda: pytorch.to_flatlib(nn.Sequential(nn.ReLU())), V, "parameters"),
    ("convert, ReLU at the end", lambda: convert(ONE, nn.ReLU(), TWO, nn.ReLU()), V, "'3'"),
    ("convert, one without", lambda: convert(ONE, nn.ReLU(), TWO, nn.Linear(4, 1)), V,
     "1 activations for 3 layers"),
    ("convert, two kinds", lambda: convert(ONE, nn.ReLU(), TWO, nn.Tanh(), nn.Linear(4, 1)), V,
     "tanh after relu"),
    ("convert, a bias missing", lambda: convert(ONE, nn.ReLU(), BARE), V, "'2' must have a bias"),
    ("convert, a bias too many", lambda: convert(BARE, nn.ReLU(), ONE), V, "'2' must have no bias"),
    ("convert, pool first", lambda: convert(CONV, nn.MaxPool2d(2), nn.ReLU(), nn.Flatten(),
     nn.Linear(8, 2), shape=IMAGE), V, "'2' must follow"),
    ("convert, groups", lambda: convert(nn.Conv2d(2, 2, 3, groups=2), nn.Flatten(),
     shape=(2, 3, 3)), V, "plain convolution"),
    ("convert, odd padding", lambda: convert(nn.Conv2d(1, 2, 3, padding=2), shape=IMAGE), V,
     "padding (2, 2)"),
    ("convert, stride and padding", lambda: convert(nn.Conv2d(1, 2, 3, 2, 1), shape=IMAGE), V,
     "padding (1, 1)"),
    ("convert, padded pool", lambda: convert(CONV, nn.ReLU(), nn.MaxPool2d(2, padding=1),
     nn.Flatten(), nn.Linear(18, 2), shape=IMAGE), V, "'2' must be a plain pool"),
    ("convert, average to 2", lambda: convert(CONV, nn.AdaptiveAvgPool2d(2), shape=IMAGE), V,
     "average all positions"),
    ("convert, [block] * 3", lambda: convert(*[nn.Sequential(ONE, nn.ReLU())] * 3, TWO), V,
     "'0.0' must be used once, got a second use at '1.0'"),
    ("convert, a layer twice", lambda: convert(ONE, nn.ReLU(), ONE), V, "'0' must be used once"),
    ("convert, tied weights", lambda: convert(ONE, nn.ReLU(), tied(ONE)), V, "those of '0'"),
    ("convert, a hook", lambda: convert(ONE, nn.ReLU(), hooked()), V, "'2' must be a plain layer"),
    ("convert, a hook on a block", lambda: convert(hooked(nn.Sequential(ONE)), nn.ReLU(), TWO), V,
     "a Sequential with hooks"),
    ("convert, a forward of its own", lambda: convert(patched(), nn.ReLU(), TWO), V,
     "a forward of its own"),
    ("convert, further parameters", lambda: convert(ONE, nn.ReLU(), adapted()), V, "further"),
    ("convert, a subclass", lambda: convert(ONE, nn.ReLU(), Double(4, 4)), V, "a Double"),
    ("convert, a chain that adds", lambda: pytorch.to_flatlib(Shortcut(ONE, nn.ReLU(), TWO)), T,
     "got a Shortcut"),
    ("convert, parametrized", lambda: convert(ONE, nn.ReLU(), weight_norm(nn.Linear(4, 4))), V,
     "a ParametrizedLinear"),
    ("convert, a pool between", lambda: convert(ONE, nn.ReLU(), nn.MaxPool1d(2), nn.Linear(2, 4)),
     V, "'2' must stand behind a convolution, got a MaxPool1d"),
    ("convert, a divisor", lambda: convert(CONV, nn.ReLU(), nn.AvgPool2d(2, divisor_override=3),
     nn.Flatten(), nn.Linear(8, 2), shape=IMAGE), V, "divisor_override"),
    ("convert, half flat", lambda: convert(CONV, nn.Flatten(2), shape=IMAGE), V,
     "flatten all but the batch"),
    ("convert, GELU by tanh", lambda: convert(ONE, nn.GELU("tanh"), TWO), V, "approximate='tanh'"),
    ("convert, rows of vectors", lambda: convert(ONE, nn.ReLU(), TWO, shape=(3, 4)), V, ""),
    ("convert, another image", lambda: pytorch.to_flatlib(LENET, input_shape=(1, 16, 16)), V,
     "'8' must read the 36 that are in front of it, got weights for 16 numbers"),
    ("convert, nan", lambda: convert(ONE, nn.ReLU(), spoiled()), V, "entries in '2.weight'"),
    ("convert, ELU of 0.5", lambda: convert(ONE, nn.ELU(0.5), TWO), V, "an ELU with alpha=0.5"),
    ("objective, a hinge", lambda: objective(nn.MultiMarginLoss()), V, "one that flatlib has"),
    ("objective, a class of weight 0", lambda: objective(nn.CrossEntropyLoss(torch.eye(3)[0])), V,
     "weights must be positive"),
    ("objective, a sum", lambda: objective(nn.MSELoss(reduction="sum")), V, "one that flatlib has"),
    ("objective of one example", lambda: pytorch.to_objective(MLP, "squared", INPUTS[0], LABELS[0]),
     V, "axis of examples"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_it_is_refused_in_one_line(call, kind, words):
    assert_refused(call, kind, words)


def test_labels_are_unique():
    assert len({case[0] for case in CASES}) == len(CASES)
