"""What cannot be scaled or measured is refused by its name, in one line that says what to do."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from refusals import RULE, assert_refused  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch.utils.data import DataLoader  # noqa: E402
from torch_modules import build  # noqa: E402

from flatlib import pytorch  # noqa: E402

T, V = TypeError, ValueError


class Named(nn.Module):
    """A chain with something in the middle, called layer3.act."""

    def __init__(self, middle):
        super().__init__()
        self.layer1 = nn.Linear(4, 4)
        self.layer3 = nn.ModuleDict({"act": middle})
        self.layer4 = nn.Linear(4, 4)

    def forward(self, inputs):
        return self.layer4(self.layer3["act"](self.layer1(inputs)))


class Calls(nn.Module):
    """A module whose forward is a given function, with two layers and a parameter at hand."""

    def __init__(self, function):
        super().__init__()
        self.function, self.scale = function, nn.Parameter(torch.ones(4))
        self.one, self.two = nn.Linear(4, 4), nn.Linear(4, 4)
        self.maps = nn.Conv2d(1, 4, 2)

    def forward(self, inputs):
        return self.function(self, inputs)


def hooked(layer=None):
    layer = layer or nn.Linear(4, 4)
    layer.register_forward_hook(lambda *arguments: None)
    return layer


def shared():
    module = Named(nn.Linear(4, 4))
    module.layer3["act"].weight = module.layer1.weight
    return module


class Double(nn.Linear):
    """A Linear of somebody else's: its forward is followed, not believed."""

    def forward(self, inputs):
        return functional.linear(inputs, 2 * self.weight)


# what stands at layer3.act, and the words of its refusal
LAYERS = [
    (nn.GELU(), "a GELU"),
    (nn.Tanh(), "a Tanh"),
    (nn.Sigmoid(), "a Sigmoid"),
    (nn.SiLU(), "a SiLU"),
    (nn.ELU(), "an ELU"),
    (nn.ReLU6(), "a ReLU6"),
    (nn.Softplus(), "a Softplus"),
    (nn.Softmax(dim=1), "a Softmax"),
    (nn.LayerNorm(4), "a LayerNorm"),
    (nn.GroupNorm(2, 4), "a GroupNorm"),
    (nn.MultiheadAttention(4, 1), "a MultiheadAttention"),
    (nn.BatchNorm1d(4), "a BatchNorm1d in training mode"),
    (nn.Dropout(), "a Dropout in training mode"),
    (nn.BatchNorm1d(4, track_running_stats=False).eval(), "running statistics"),
    (nn.Flatten(0), "dimensions 0 to -1"),
    (nn.Conv1d(4, 4, 1), "flattened"),
    (nn.MaxPool1d(2), "flattened"),
    (nn.Linear(8, 4), "8 for 4 channels"),
    (nn.ConvTranspose1d(4, 4, 1), "a ConvTranspose1d"),
    (hooked(), "hooks"),
    (Double(4, 4), "weight"),
]


@pytest.mark.parametrize(("layer", "words"), LAYERS, ids=lambda v: v if isinstance(v, str) else "")
@pytest.mark.parametrize("door", [lambda m: pytorch.rescaled(m, 2.0), pytorch.streams])
def test_a_layer_is_refused_by_name(layer, words, door):
    with pytest.raises(V) as error:
        door(Named(layer))
    message = str(error.value)
    assert "'layer3.act'" in message
    assert words in message
    assert RULE.fullmatch(message), message
    assert len(message) <= 240


CALLS = [
    (lambda m, x: torch.softmax(m.one(x), 1), "softmax"),
    (lambda m, x: m.two(functional.gelu(m.one(x))), "gelu"),
    (lambda m, x: m.two(m.one(x).tanh()), "tanh"),
    (lambda m, x: m.two(m.one(x) * m.two(x)), "mul"),
    (lambda m, x: m.two(m.one(x) + 1), "add"),
    (lambda m, x: m.two(m.one(x) + m.scale), "scale"),
    (lambda m, x: m.two(m.one(m.one(x))), "'one' must be used once"),
    (lambda m, x: (m.one(x), x), "one tensor"),
    (lambda m, x: m.two(m.one(x)) if x.sum() > 0 else x, "traceable"),
    (lambda m, x: m.two(torch.flatten(m.one(x))), "flatten"),
    (lambda m, x: m.two(m.one(x).view(-1, 4)), "view"),
    (lambda m, x: m.two(m.one(x).mean(1)), "mean"),
    (lambda m, x: m.two(torch.cat([m.one(x), x], 1)), "cat"),
    (lambda m, x: m.two(m.maps(x)), "'two' must read (N, C)"),
    (lambda m, x: functional.max_pool2d(m.maps(x), 2, return_indices=True)[0], "boolean"),
    (lambda m, x: m.one(x) + m.maps(x), "add"),
    (lambda m, x: functional.dropout(m.one(x), training=True), "dropout"),
    (lambda m, x: functional.avg_pool1d(m.one(x), 2), "avg_pool1d"),
]


@pytest.mark.parametrize(("function", "words"), CALLS, ids=[words for _, words in CALLS])
def test_a_call_is_refused_by_name(function, words):
    with pytest.raises(V) as error:
        pytorch.rescaled(Calls(function).eval(), 2.0)
    message = str(error.value)
    assert words in message or words == "boolean"
    assert RULE.fullmatch(message), message
    assert len(message) <= 240


MLP, INPUTS = build("mlp")
RESNET, IMAGES = build("resnet")
LENET, LARGE = build("lenet")
LABELS, RNG = torch.zeros(12, dtype=torch.long), np.random.default_rng(0)


def operator(module=MLP, loss="cross_entropy", inputs=INPUTS, targets=LABELS, **options):
    return pytorch.hessian_operator(module, loss, inputs, targets, **options)


CASES = [
    ("no module", lambda: pytorch.rescaled([1], 2.0), T, "torch.nn.Module"),
    ("no parameters", lambda: pytorch.rescaled(nn.ReLU(), 2.0), V, "parameters"),
    ("half precision", lambda: pytorch.rescaled(nn.Linear(2, 2).half(), 2.0), V, "float16"),
    ("a bare layer", lambda: pytorch.rescaled(nn.Linear(2, 2), 2.0), V, "a Linear by itself"),
    ("a single layer", lambda: pytorch.rescaled(nn.Sequential(nn.Linear(2, 2)), 2.0), V,
     "between two others"),
    ("shared weights", lambda: pytorch.rescaled(shared(), 2.0), V, "those of 'layer1'"),
    ("scale 0", lambda: pytorch.rescaled(MLP, 0.0), V, "positive"),
    ("scale -1", lambda: pytorch.rescaled(MLP, {"2": -1.0}), V, "scales['2']"),
    ("scale nan", lambda: pytorch.rescaled(MLP, {"2": np.nan}), V, "finite"),
    ("scale of text", lambda: pytorch.rescaled(MLP, "ten"), T, "scales"),
    ("scale of 5 for 6", lambda: pytorch.rescaled(MLP, {"0": np.ones(5)}), V, "one number or 6"),
    ("an unknown layer", lambda: pytorch.rescaled(MLP, {"relu": 2.0}), V, "name layers"),
    ("scale the output", lambda: pytorch.rescaled(MLP, {"4": 2.0}), V, "scales['4'] must be 1"),
    (
        "scales that disagree",
        lambda: pytorch.multipliers(RESNET, {"bn": 2.0, "layers.0.bn2": 3.0}),
        V,
        "agree where streams are added, got 2 for 'bn' and 3 for 'layers.0.bn2'",
    ),
    ("random from a seed", lambda: pytorch.random_scales(MLP, 0), T, "rng"),
    ("random, -1", lambda: pytorch.random_scales(MLP, RNG, decades=-1), V, "decades"),
    ("operator of a list", lambda: operator([1]), T, "torch.nn.Module"),
    ("operator in training", lambda: operator(Named(nn.Dropout())), V, "'layer3.act'"),
    ("operator of a loader", lambda: operator(inputs=DataLoader(INPUTS)), T, "a DataLoader"),
    ("targets of text", lambda: operator(targets=["one"] * 12), T, "targets must hold numbers"),
    ("a ragged list", lambda: operator(inputs=[[1.0], [1.0, 2.0]]), V, "rectangular"),
    ("complex inputs", lambda: operator(inputs=INPUTS.to(torch.complex128)), T, "real"),
    ("a dict", lambda: operator(inputs={"x": INPUTS}), T, "got a dict"),
    ("another dtype", lambda: operator(inputs=INPUTS.float()), V, "torch.float64"),
    ("fewer targets", lambda: operator(targets=LABELS[:3]), V, "12 and 3"),
    ("no examples", lambda: operator(inputs=INPUTS[:0], targets=LABELS[:0]), V, "0 and 0"),
    ("an unknown loss", lambda: operator(loss="hinge"), V, "cross_entropy"),
    ("a sum", lambda: operator(loss=nn.CrossEntropyLoss(reduction="sum")), V, "'sum'"),
    ("a class", lambda: operator(loss=nn.CrossEntropyLoss), V, "one of squared"),
    ("batch of 0", lambda: operator(batch_size=0), V, "batch_size"),
    ("targets (N,)", lambda: operator(loss="squared", targets=INPUTS[:, 0]), V, "shape of the"),
    ("a short vector", lambda: operator() @ np.ones(3), V, "rows"),
    ("dense, another dtype", lambda: pytorch.dense_hessian(MLP, "squared", INPUTS.float(), INPUTS),
     V, "torch.float64"),
    ("relative, short", lambda: pytorch.relative_operator(np.eye(3), [1.0]), V, "theta"),
    ("relative of None", lambda: pytorch.relative_operator(None, [1.0]), T, "operator"),
    ("path norm, GELU", lambda: pytorch.path_norm(Named(nn.GELU()), INPUTS), V, "'layer3.act'"),
    ("resnet from a seed", lambda: pytorch.examples.small_resnet(0), T, "rng"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_bad_input_is_refused_in_one_line(call, kind, words):
    assert_refused(call, kind, words)


def test_labels_are_unique():
    assert len({case[0] for case in CASES}) == len(CASES)
