"""Every layer and loss of torch.nn: how it is built for the tests, or why it is not tried."""

from functools import partial

import torch
from torch import nn


class Of(nn.Module):
    """A layer with a call of its own, so that it maps one tensor to one tensor."""

    def __init__(self, call, *layers):
        super().__init__()
        self.call, self.layers = call, nn.ModuleList(layers)

    def forward(self, inputs):
        return self.call(*self.layers, inputs)


def first(layer):
    return Of(lambda layer, t: layer(t)[0], layer)


def halves(layer):
    """A layer of two arguments, on the two halves of the second axis."""
    return Of(lambda layer, t: layer(*t.chunk(2, dim=1)), layer)


def column(layer):
    return Of(lambda layer, t: layer(*t.chunk(2, dim=1))[:, None], layer)


def unpooled(n):
    pool = sides("MaxPool", n)(2, return_indices=True)
    return Of(lambda pool, unpool, t: unpool(*pool(t)), pool, sides("MaxUnpool", n)(2))


def attention(**options):
    layer = nn.MultiheadAttention(2, 1, batch_first=True, **options)
    return Of(lambda layer, t: layer(t, t, t)[0], layer)


VECTOR, MAPS, WORDS = (12,), (3, 2, 2), (4, 2)
SIGNAL, IMAGE, VOLUME = (2, 6), (1, 3, 4), (1, 2, 2, 3)
SHAPES = {1: SIGNAL, 2: IMAGE, 3: VOLUME}
ENCODER = dict(d_model=2, nhead=1, dim_feedforward=3, batch_first=True)

#: name -> (how it is made, shape of one example of its input)
LAYERS = {
    name: (getattr(nn, name), VECTOR)
    for name in (
        "ReLU ELU SELU CELU GELU SiLU Mish Softplus Tanh Sigmoid Hardtanh Hardsigmoid Hardswish "
        "Hardshrink Softshrink Tanhshrink Softsign LogSigmoid LeakyReLU ReLU6 RReLU PReLU Identity "
        "Flatten GLU Dropout AlphaDropout"
    ).split()
}
LAYERS |= {
    "GELU(tanh)": (lambda: nn.GELU("tanh"), VECTOR),
    "ELU(0.5)": (lambda: nn.ELU(0.5), VECTOR),
    "CELU(2)": (lambda: nn.CELU(2.0), VECTOR),
    "Softplus(3)": (lambda: nn.Softplus(3.0, 5.0), VECTOR),
    "PReLU(12)": (lambda: nn.PReLU(12), VECTOR),
    "Threshold": (lambda: nn.Threshold(0.1, 0.2), VECTOR),
    "Softmin": (lambda: nn.Softmin(dim=1), VECTOR),
    "Softmax": (lambda: nn.Softmax(dim=1), VECTOR),
    "LogSoftmax": (lambda: nn.LogSoftmax(dim=1), VECTOR),
    "Softmax2d": (nn.Softmax2d, MAPS),
    "LayerNorm": (lambda: nn.LayerNorm(12), VECTOR),
    "LayerNorm(maps)": (lambda: nn.LayerNorm((2, 2), bias=False), MAPS),
    "LayerNorm(bare)": (lambda: nn.LayerNorm(12, elementwise_affine=False), VECTOR),
    "RMSNorm": (lambda: nn.RMSNorm(12), VECTOR),
    "GroupNorm": (lambda: nn.GroupNorm(3, 6), (6, 2)),
    "SyncBatchNorm": (lambda: nn.SyncBatchNorm(3), (3, 4)),
    "LocalResponseNorm": (lambda: nn.LocalResponseNorm(2), MAPS),
    "Dropout1d": (nn.Dropout1d, (3, 4)),
    "Dropout2d": (nn.Dropout2d, MAPS),
    "Dropout3d": (nn.Dropout3d, (3, 2, 2, 1)),
    "FeatureAlphaDropout": (nn.FeatureAlphaDropout, (3, 4)),
    "Linear": (lambda: nn.Linear(12, 3), VECTOR),
    "Bilinear": (lambda: halves(nn.Bilinear(6, 6, 2)), VECTOR),
    "CosineSimilarity": (lambda: column(nn.CosineSimilarity()), VECTOR),
    "PairwiseDistance": (lambda: column(nn.PairwiseDistance()), VECTOR),
    "Unflatten": (lambda: nn.Unflatten(1, (3, 4)), VECTOR),
    "Fold": (lambda: nn.Fold((2, 2), (1, 1)), (3, 4)),
    "Unfold": (lambda: nn.Unfold(2), IMAGE),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), (4, 3, 1)),
    "PixelUnshuffle": (lambda: nn.PixelUnshuffle(2), (1, 2, 6)),
    "ChannelShuffle": (lambda: nn.ChannelShuffle(2), (4, 3, 1)),
    "Upsample": (lambda: nn.Upsample(scale_factor=2), IMAGE),
    "Upsample(linear)": (lambda: nn.Upsample(scale_factor=2, mode="linear"), SIGNAL),
    "Upsample(bilinear)": (lambda: nn.Upsample(scale_factor=2, mode="bilinear"), IMAGE),
    "Upsample(bicubic)": (lambda: nn.Upsample(scale_factor=2, mode="bicubic"), IMAGE),
    "Upsample(trilinear)": (lambda: nn.Upsample(scale_factor=2, mode="trilinear"), VOLUME),
    "UpsamplingNearest2d": (lambda: nn.UpsamplingNearest2d(scale_factor=2), IMAGE),
    "UpsamplingBilinear2d": (lambda: nn.UpsamplingBilinear2d(scale_factor=2), IMAGE),
    "RNN": (lambda: first(nn.RNN(3, 2, batch_first=True)), (4, 3)),
    "RNN(relu)": (lambda: first(nn.RNN(3, 2, 2, "relu", batch_first=True)), (4, 3)),
    "LSTM": (lambda: first(nn.LSTM(3, 2, batch_first=True, bidirectional=True)), (4, 3)),
    "LSTM(proj_size)": (lambda: first(nn.LSTM(3, 2, batch_first=True, proj_size=1)), (4, 3)),
    "GRU": (lambda: first(nn.GRU(3, 2, 2, batch_first=True)), (4, 3)),
    "RNNCell": (lambda: nn.RNNCell(12, 2), VECTOR),
    "LSTMCell": (lambda: first(nn.LSTMCell(12, 2)), VECTOR),
    "GRUCell": (lambda: nn.GRUCell(12, 2), VECTOR),
    "MultiheadAttention": (attention, WORDS),
    "MultiheadAttention(more)": (lambda: attention(add_bias_kv=True, add_zero_attn=True), WORDS),
    "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(**ENCODER), WORDS),
    "TransformerEncoder": (
        lambda: nn.TransformerEncoder(nn.TransformerEncoderLayer(**ENCODER), 1, None, False),
        WORDS,
    ),
    "TransformerDecoderLayer": (lambda: halves(nn.TransformerDecoderLayer(**ENCODER)), WORDS),
    "TransformerDecoder": (
        lambda: halves(nn.TransformerDecoder(nn.TransformerDecoderLayer(**ENCODER), 1)),
        WORDS,
    ),
    "Transformer": (lambda: halves(nn.Transformer(2, 2, 1, 1, 3, batch_first=True)), WORDS),
    "Conv2d(reflect)": (lambda: nn.Conv2d(1, 2, 2, padding=1, padding_mode="reflect"), IMAGE),
    "Conv1d(groups)": (lambda: nn.Conv1d(2, 4, 2, stride=2, dilation=2, groups=2), SIGNAL),
    "LPPool1d(4)": (lambda: nn.LPPool1d(4, 2), SIGNAL),
    "MaxPool2d(padding)": (lambda: nn.MaxPool2d(2, 1, padding=1), IMAGE),
    "AvgPool2d(ceil)": (lambda: nn.AvgPool2d(2, 2, 1, True, False, 3), IMAGE),
}


def sides(name, n):
    """The layer of that name for signals (n = 1), images or volumes."""
    return getattr(nn, f"{name}{n}d")


for n, shape in SHAPES.items():
    several = (3, 4, *(1,) * (n - 1))
    for name, options, read in (
        ("Conv", (shape[0], 2, 2), shape),
        ("ConvTranspose", (shape[0], 2, 2), shape),
        ("MaxPool", (2,), shape),
        ("AvgPool", (2,), shape),
        ("LPPool", (2, 2), shape),
        ("AdaptiveAvgPool", (2,), shape),
        ("AdaptiveMaxPool", (2,), shape),
        ("ReflectionPad", (1,), shape),
        ("ReplicationPad", (1,), shape),
        ("ZeroPad", (1,), shape),
        ("CircularPad", (1,), shape),
        ("ConstantPad", (1, 0.5), shape),
        ("BatchNorm", (3,), several),
        ("InstanceNorm", (3, 1e-5, 0.1, True), several),
    ):
        LAYERS[f"{name}{n}d"] = (partial(sides(name, n), *options), read)
    LAYERS[f"MaxUnpool{n}d"] = (partial(unpooled, n), (1, 2, 2, 4)[: n + 1])

#: refused: (how it is made, shape, words of the refusal)
REFUSED = {
    "CrossMapLRN2d": (lambda: nn.CrossMapLRN2d(2), MAPS, "a CrossMapLRN2d"),
    "FractionalMaxPool2d": (lambda: nn.FractionalMaxPool2d(2, 1), MAPS, "a FractionalMaxPool2d"),
    "FractionalMaxPool3d": (
        lambda: nn.FractionalMaxPool3d(2, 1), (1, 2, 2, 2), "a FractionalMaxPool3d"
    ),
    "EmbeddingBag": (lambda: nn.EmbeddingBag(12, 3), VECTOR, "an EmbeddingBag"),
}  # fmt: skip

CONTAINERS = "Container Module ModuleDict ModuleList ParameterDict ParameterList Sequential"
BASES = "RNNBase RNNCellBase"
LAZY = [name for name in dir(nn) if name.startswith("Lazy")]  # after a run they are the others
#: tried with tokens, in test_torch_door.py; and losses, in torch_losses.py
ELSEWHERE = {"Embedding", *CONTAINERS.split(), *BASES.split(), *LAZY}


def build(make, shape, num_outputs=3):
    """A chain with the layer in its middle, in float64 and evaluation, and inputs for it.

    What the layer reads depends on the parameters in front of it, and goes beyond the bends of
    activations such as ReLU6.
    """
    size = torch.Size(shape).numel()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        front = nn.Sequential(nn.Linear(3, size, bias=False), nn.Unflatten(1, shape))
        front[0].weight.data.mul_(4)
        layer = make().double().eval()
        for parameter in layer.parameters():
            nn.init.normal_(parameter, std=0.6)
        inputs = torch.randn(5, 3, dtype=torch.float64)
        front = front.double()
        with torch.no_grad():
            width = layer(front(inputs)).flatten(1).shape[1]
        head = nn.Linear(width, num_outputs).double()
    return nn.Sequential(front, layer, nn.Flatten(), head), inputs
