"""Networks as people have them, small enough for a test: a transformer, a ResNet-18, an LSTM."""

import torch
from torch import nn
from torch.nn import functional


class TransformerBlock(nn.Module):
    """Letters in, the next letter out at each place: one block, with a causal mask."""

    def __init__(self, letters=7, width=12, heads=3, places=5):
        super().__init__()
        self.letters = nn.Embedding(letters, width)
        self.places = nn.Parameter(torch.randn(places, width) / 5)
        self.before, self.between = nn.LayerNorm(width), nn.LayerNorm(width)
        self.read = nn.Linear(width, 3 * width, bias=False)
        self.write = nn.Linear(width, width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width)
        )
        self.head, self.heads = nn.Linear(width, letters), heads

    def forward(self, tokens):
        stream = self.letters(tokens) + self.places
        parts = self.read(self.before(stream)).chunk(3, dim=-1)
        split = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        seen = functional.scaled_dot_product_attention(*split, is_causal=True)
        stream = stream + self.write(seen.transpose(1, 2).flatten(-2))
        return self.head(stream + self.mlp(self.between(stream)))


class Basic(nn.Module):
    """Two convolutions of 3 x 3 beside a shortcut, as torchvision has them."""

    def __init__(self, channels, out, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, stride, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or channels != out:
            shortcut = nn.Conv2d(channels, out, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(out))

    def forward(self, maps):
        inner = self.relu(self.bn1(self.conv1(maps)))
        inner = self.bn2(self.conv2(inner))
        inner += maps if self.downsample is None else self.downsample(maps)
        return self.relu(inner)


class ResNet18(nn.Module):
    """He et al. 2016, layer for layer; ``width`` is 64 there."""

    def __init__(self, width=64, classes=10):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, padding=3, bias=False)
        self.bn1, self.relu = nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        self.maxpool, channels = nn.MaxPool2d(3, 2, padding=1), width
        for stage in range(4):
            out = width * 2**stage
            blocks = Basic(channels, out, 1 + (stage > 0)), Basic(out, out, 1)
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
            channels = out
        self.avgpool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(channels, classes)

    def forward(self, images):
        maps = self.maxpool(self.relu(self.bn1(self.conv1(images))))
        maps = self.layer4(self.layer3(self.layer2(self.layer1(maps))))
        return self.fc(self.avgpool(maps).flatten(1))


class Reader(nn.Module):
    """An LSTM of two layers over letters; what it says of the whole is what it says at the end."""

    def __init__(self, letters=7, width=6, classes=3):
        super().__init__()
        self.letters = nn.Embedding(letters, width)
        self.lstm = nn.LSTM(width, width, num_layers=2, batch_first=True)
        self.head = nn.Linear(width, classes)

    def forward(self, tokens):
        return self.head(self.lstm(self.letters(tokens))[0][:, -1])


def per_place(outputs, targets):
    """The mean over all places that count, for outputs (N, places, letters)."""
    return functional.cross_entropy(outputs.flatten(0, 1), targets.flatten())


def build(name, **options):
    """The module in float64 and evaluation mode, its loss, inputs and targets."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(3)
        if name == "ResNet-18":
            module = ResNet18(**{"width": 8} | options).double()
            images = torch.randn(6, 3, 32, 32, dtype=torch.float64)
            with torch.no_grad():
                module(images)  # its statistics have seen data
            return module.eval(), nn.CrossEntropyLoss(), images, torch.arange(6)
        tokens = torch.randint(7, (6, 6))
        if name == "transformer":
            targets = tokens[:, 1:].clone()
            targets[:2, 2:] = -100
            return TransformerBlock().double().eval(), per_place, tokens[:, :-1], targets
        return Reader().double().eval(), nn.CrossEntropyLoss(), tokens, torch.arange(6) % 3
