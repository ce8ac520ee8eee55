"""Modules, batches and losses that hide something, or cannot be differentiated as they stand."""

import numpy as np
import torch
from test_torch_door import INPUTS, LABELS, NET, chain
from torch import nn
from torch.nn import functional


class Forward(nn.Module):
    """A chain whose forward is a given function of it and of the inputs."""

    def __init__(self, function):
        super().__init__()
        self.function, self.net = function, chain()
        self.scale = nn.Parameter(torch.ones(3).double())
        self.count = 0

    def forward(self, inputs):
        self.count += 1
        return self.function(self, inputs)


def without_gradients(module, inputs):
    with torch.no_grad():
        hidden = module.net[:2](inputs)
    return module.net[2](hidden)


class Cached(nn.Module):
    """It has computed something from a parameter once and for all."""

    def __init__(self):
        super().__init__()
        self.net = chain()
        self.doubled = 2 * self.net[0].weight

    def forward(self, inputs):
        return self.net[2](torch.tanh(inputs @ self.doubled.T))


class Holds(nn.Module):
    """It keeps its outputs in a list, which no copy of ours looks into."""

    def __init__(self):
        super().__init__()
        self.net, self.all = chain(), []

    def forward(self, inputs):
        self.all.append(self.net(inputs))
        return self.all[-1]


class Straight(torch.autograd.Function):
    """A gradient that is no derivative of anything, and not symmetric."""

    @staticmethod
    def forward(context, inputs):
        context.save_for_backward(inputs)
        return inputs.tanh()

    @staticmethod
    def backward(context, gradient):
        (inputs,) = context.saved_tensors
        return gradient * inputs.roll(1, dims=1)


def frozen():
    module = chain()
    module[0].requires_grad_(False)
    return module


class Others:
    """Batches with noise of NumPy's, which nobody repeats."""

    def __init__(self):
        self.rng = np.random.default_rng(0)

    def __iter__(self):
        noise = torch.as_tensor(self.rng.normal(size=INPUTS.shape))
        return iter([(INPUTS + noise, LABELS)] * 2)


def penalized(outputs, labels):
    return functional.cross_entropy(outputs, labels) + NET[0].weight.square().sum()


def spoiled(*place, value=torch.nan):
    module = chain()
    with torch.no_grad():
        module[0].weight[place] = value
    return module
