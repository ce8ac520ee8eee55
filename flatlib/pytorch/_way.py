"""Where a descent is: a module with its examples, the loss on them, and the last step."""

from collections.abc import Iterator

import numpy as np
import torch
from scipy.optimize import brentq
from torch.nn import functional

from flatlib._guards import require_choice
from flatlib.networks import ConvNet, Params
from flatlib.objective import Objective
from flatlib.pytorch.convert import to_flatlib
from flatlib.pytorch.modules import to_module

_TYPES = {"float32": torch.float32, "float64": torch.float64}
_PART = 125  # examples at a time: what they need fits into the processor's cache


class Way:
    """A module, the examples as it takes them, and its last step."""

    def __init__(self, objective: Objective, start: Params, kind: str) -> None:
        dtype = _TYPES[require_choice(kind, "kind", _TYPES)]
        network = objective.network
        self.module = to_module(network, start).to(dtype, memory_format=torch.channels_last)
        images = isinstance(network, ConvNet)
        inputs = np.moveaxis(objective.inputs, -1, 1) if images else objective.inputs
        self.shape = inputs.shape[1:] if images else None
        layout = torch.channels_last if inputs.ndim == 4 else torch.contiguous_format
        self.inputs = torch.tensor(inputs, dtype=dtype).contiguous(memory_format=layout)
        self.labels = torch.tensor(objective.targets.argmax(axis=1))
        self.size = len(self.labels)
        self.weights = list(self.module.parameters())
        self.velocity = [torch.zeros_like(weight) for weight in self.weights]
        self.last = self._point(), self.velocity  # no step as yet: one of length 0

    def backward(self, examples: torch.Tensor) -> float:
        """Their mean loss; its gradient is left with the parameters."""
        self.module.zero_grad()
        total = 0.0
        for part in examples.split(_PART):
            loss = self._loss(part) / len(examples)
            loss.backward()
            total += float(loss.detach())
        return total

    def _loss(self, part: torch.Tensor) -> torch.Tensor:
        outputs = self.module(self.inputs[part])
        return functional.cross_entropy(outputs, self.labels[part], reduction="sum")

    def is_at(self, loss: float) -> bool:
        """Whether the mean loss of all examples is at most this; most often a part tells."""
        total = 0.0
        for one in self._losses():
            total += one
            if total > loss * self.size:
                return False
        return True

    @torch.no_grad()
    def _losses(self) -> Iterator[float]:
        """Of all examples, part by part."""
        for part in torch.arange(self.size).split(_PART):
            yield float(self._loss(part))

    @torch.no_grad()
    def step(self, rate: float, momentum: float) -> None:
        """Down the gradient that the parameters have; the point before it is kept."""
        for velocity, weight in zip(self.velocity, self.weights, strict=True):
            velocity.mul_(momentum).sub_(weight.grad)
        self.last = self._point(), [rate * velocity for velocity in self.velocity]
        for weight, move in zip(self.weights, self.last[1], strict=True):
            weight.add_(move)

    def _point(self) -> list[torch.Tensor]:
        return [weight.detach().clone() for weight in self.weights]

    def shorten(self, loss: float) -> None:
        """Of the last step as much as leads to this loss.

        Raises:
            ValueError: if it began below, so that nobody knows where the loss was passed.
        """
        above = self._above(0.0, loss)
        if above <= 0:
            raise ValueError(
                f"loss must be passed by the last step, got one that began {-above:.3g} below "
                f"{loss:g}. Ask for a smaller loss, or start where it is larger."
            )
        self._above(brentq(self._above, 0.0, 1.0, args=(loss,), xtol=1e-12), loss)

    @torch.no_grad()
    def _above(self, share: float, loss: float) -> float:
        """How much too large the loss is where this share of the last step leads."""
        for weight, before, move in zip(self.weights, *self.last, strict=True):
            weight.copy_(before + share * move)
        return sum(self._losses()) / self.size - loss

    def params(self) -> Params:
        """Where it is, as our network has it."""
        return to_flatlib(self.module.double(), input_shape=self.shape)[1]
