"""Modules for the tests of flatlib.pytorch: one of each kind that it takes."""

import torch
from torch import nn
from torch.nn import functional

from flatlib.pytorch.examples import small_resnet, train


class Basic(nn.Module):
    """A block of a residual network, with biases and a normalized shortcut."""

    def __init__(self, channels, out, stride=1):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, padding=1)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, groups=2)
        self.bn2 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)  # used twice, as torchvision does
        self.downsample = nn.Sequential()
        if stride != 1 or channels != out:
            self.downsample = nn.Sequential(
                nn.Conv2d(channels, out, 1, stride), nn.BatchNorm2d(out, affine=False)
            )

    def forward(self, maps):
        inner = self.relu(self.bn1(self.conv1(maps)))
        inner = self.bn2(self.conv2(inner))
        inner += self.downsample(maps)
        return self.relu(inner)


class ResNet(nn.Module):
    """Three blocks, calls of functions and methods, a view by the size of the batch."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(1, 4, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(4, eps=0.1)
        self.layers = nn.Sequential(Basic(4, 4), Basic(4, 6, 2), Basic(6, 6))
        self.dropout = nn.Dropout(0.3)
        self.fc1 = nn.Linear(6 * 4, 7)
        self.fc2 = nn.Linear(7, 7)
        self.head = nn.Linear(7, 3)

    def forward(self, images):
        maps = functional.relu(self.bn(self.conv(images)))
        maps = functional.max_pool2d(self.layers(maps), 2)
        flat = self.dropout(maps.view(maps.size(0), -1))
        hidden = self.fc1(flat).relu()
        hidden = torch.add(hidden, functional.leaky_relu(self.fc2(hidden), 0.2))
        return self.head(functional.dropout(hidden, 0.5, training=self.training))


class Averaged(nn.Module):
    """Residual straight from the input, a global average by mean, a shape, a reshape."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 1, 3, padding=1)
        self.second = nn.Conv2d(1, 5, 3)
        self.third = nn.Conv2d(5, 5, 2)
        self.head = nn.Linear(5, 3)
        self.last = nn.Linear(3, 2)

    def forward(self, images):
        maps = torch.relu(self.second(images + self.first(images)))
        maps = functional.avg_pool2d(functional.relu(input=self.third(maps)), 2)
        hidden = self.head(maps.mean((2, 3)))
        return self.last(functional.relu(hidden.reshape(hidden.shape[0], -1)))


def mlp():
    return nn.Sequential(
        nn.Linear(3, 6), nn.ReLU(), nn.Linear(6, 5), nn.LeakyReLU(0.3), nn.Linear(5, 3)
    )


def normalized():
    """Vectors: normalization of the input, of a hidden layer and in front of the output."""
    return nn.Sequential(
        nn.BatchNorm1d(3), nn.Linear(3, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Linear(6, 4),
        nn.BatchNorm1d(4, affine=False), nn.ReLU(), nn.Linear(4, 3),
    )  # fmt: skip


def lenet():
    """On images of 12 x 12; it has a Linear behind maps of 2 x 2."""
    return nn.Sequential(
        nn.Conv2d(1, 3, 5, padding=2), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(3, 4, 3), nn.ReLU(), nn.AvgPool2d(2),
        nn.Flatten(), nn.Dropout(), nn.Linear(16, 7), nn.ReLU(), nn.Linear(7, 3),
    )  # fmt: skip


def signals():
    """On signals of length 12 with two channels."""
    return nn.Sequential(
        nn.Conv1d(2, 4, 3, stride=2), nn.BatchNorm1d(4), nn.ReLU(), nn.MaxPool1d(2),
        nn.Conv1d(4, 4, 2, groups=4), nn.ReLU(), nn.AdaptiveAvgPool1d(1),
        nn.Flatten(), nn.BatchNorm1d(4), nn.Linear(4, 3),
    )  # fmt: skip


def resnet_of_the_page():
    import numpy as np

    return small_resnet(np.random.default_rng(0), channels=2)


#: name -> (how it is made, shape of one example)
MODULES = {
    "mlp": (mlp, (3,)),
    "normalized": (normalized, (3,)),
    "lenet": (lenet, (1, 12, 12)),
    "signals": (signals, (2, 12)),
    "resnet": (ResNet, (1, 8, 8)),
    "averaged": (Averaged, (1, 8, 8)),
    "page": (resnet_of_the_page, (1, 8, 8)),
}


def build(name, seed=0, num_examples=12):
    """A module in float64 and evaluation mode whose statistics have seen data, and its inputs."""
    make, shape = MODULES[name]
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module = make().double()
        inputs = torch.randn(num_examples, *shape, dtype=torch.float64)
        module.train()
        with torch.no_grad():
            for layer in module.modules():
                if isinstance(layer, nn.modules.batchnorm._BatchNorm) and layer.affine:
                    layer.weight.normal_(1.0, 0.3)  # some may be negative
                    layer.bias.normal_()
            for _ in range(3):
                module(torch.randn(64, *shape, dtype=torch.float64))
    return module.eval(), inputs


__all__ = ["MODULES", "Basic", "ResNet", "build", "train"]


def chain(*layers):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        for layer in layers:
            if hasattr(layer, "reset_parameters"):
                layer.reset_parameters()
        return nn.Sequential(*layers).double().eval()


def difference(module, other, inputs):
    """The largest difference of two modules' outputs, over the largest output."""
    with torch.no_grad():
        one, two = module(inputs), other(inputs)
    return float((one - two).abs().max() / one.abs().max())
