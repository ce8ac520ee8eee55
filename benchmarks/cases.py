"""The problems that are timed, as plain arrays that every library can be given."""

from dataclasses import dataclass

import numpy as np

import flatlib


@dataclass(frozen=True)
class Case:
    """A dense network with its loss, N examples and one set of weights."""

    layer_sizes: tuple[int, ...]
    activation: str
    loss: str
    num_examples: int

    @property
    def name(self) -> str:
        """For instance ``64-32-10 relu, cross_entropy``."""
        return f"{'-'.join(map(str, self.layer_sizes))} {self.activation}, {self.loss}"

    @property
    def network(self) -> flatlib.MLP:
        """Without biases, so that the weights are one list of matrices in every library."""
        return flatlib.MLP(self.layer_sizes, self.activation, bias=False)

    def problem(self):
        """Params (list of matrices), inputs (N, d) and targets (N, C), from a fixed seed."""
        rng = np.random.default_rng(0)
        params = self.network.init(rng)
        inputs = rng.normal(size=(self.num_examples, self.layer_sizes[0]))
        if self.loss == "squared":
            return params, inputs, rng.normal(size=(self.num_examples, self.layer_sizes[-1]))
        labels = rng.integers(self.layer_sizes[-1], size=self.num_examples)
        return params, inputs, np.eye(self.layer_sizes[-1])[labels]


DENSE = (
    Case((2, 10, 1), "relu", "squared", 200),
    Case((2, 20, 20, 1), "relu", "squared", 200),
    Case((64, 16, 10), "relu", "cross_entropy", 500),
    Case((64, 32, 10), "relu", "cross_entropy", 1797),
    Case((64, 32, 16, 10), "tanh", "cross_entropy", 1797),
    Case((64, 64, 10), "relu", "cross_entropy", 1797),
)
