"""Hypothesis strategies: random networks with data and params, of moderate size, off the kinks."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st

import flatlib

# The same examples on every run and every machine: a failure is a change of the code.
settings.register_profile(
    "fixed", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("fixed")

NAMES = ("relu", "leaky_relu", "linear", "tanh", "softplus", "gelu", "silu", "sigmoid", "square")
NAMES += ("elu", "mish", "hard_swish")
HOMOGENEOUS = ("relu", "leaky_relu", "linear")
KINKED = ("relu", "leaky_relu")  # at 0
#: where the slope jumps
KINKS = {"relu": (0,), "leaky_relu": (0,), "hard_swish": (-3, 3)}


@dataclass(frozen=True, eq=False)
class Case:
    """A network, its loss and data as plain values (for oracles), and the flatlib objects of it."""

    sizes: tuple[int, ...]
    activation: str
    bias: bool
    loss: str
    factor: float
    inputs: np.ndarray
    targets: np.ndarray
    params: tuple[np.ndarray, ...]

    @property
    def network(self):
        return flatlib.MLP(self.sizes, activation=self.activation, bias=self.bias)

    @property
    def objective(self):
        loss = flatlib.SquaredLoss(self.factor) if self.loss == "squared" else self.loss
        return flatlib.Objective(self.network, loss, self.inputs, self.targets)

    @property
    def theta(self):
        return np.concatenate([array.reshape(-1) for array in self.params])

    def __repr__(self):
        return (
            f"Case({self.sizes}, {self.activation!r}, bias={self.bias}, {self.loss!r}, "
            f"factor={self.factor}, N={len(self.inputs)}, theta={self.theta!r})"
        )


def make_case(sizes, activation, bias=True, loss="squared", factor=0.5, num_examples=6, seed=0):
    """A case from plain values: standard normal data, weights of variance 1.5 / fan-in."""
    rng = np.random.default_rng(seed)
    inputs = rng.normal(size=(num_examples, sizes[0]))
    params = []
    for n, m in pairwise(sizes):
        params += [rng.normal(size=(n, m)) * np.sqrt(1.5 / n)] + [rng.normal(size=m)] * bias
    params = _tame(params, sizes, activation, bias, inputs)
    if loss == "squared":
        targets = rng.normal(size=(num_examples, sizes[-1]))
    else:
        targets = np.eye(sizes[-1])[rng.integers(sizes[-1], size=num_examples)]
    return Case(tuple(sizes), activation, bias, loss, factor, inputs, targets, params)


@st.composite
def cases(draw, activations=NAMES, losses=("squared", "cross_entropy"), bias=None, max_layers=4):
    """Depth 1 to 4, widths 1 to 5, 1 to 8 examples, any activation, either loss."""
    depth = draw(st.integers(1, max_layers))
    case = make_case(
        sizes=tuple(draw(st.lists(st.integers(1, 5), min_size=depth + 1, max_size=depth + 1))),
        activation=draw(st.sampled_from(activations)),
        bias=draw(st.booleans()) if bias is None else bias,
        loss=draw(st.sampled_from(losses)),
        factor=draw(st.floats(0.1, 3.0)),
        num_examples=draw(st.integers(1, 8)),
        seed=draw(st.integers(0, 2**32 - 1)),
    )
    # a class of its own for each output, two at least
    assume(case.loss == "squared" or case.sizes[-1] > 1)
    assume(_is_off_kinks(case))
    return case


def _tame(params, sizes, activation, bias, inputs):
    """Shrink the last layer so that no output exceeds 3: softmax must not saturate.

    Where it does, p (1 - p) cancels in the oracle, and the comparison would measure that.
    """
    network = flatlib.MLP(sizes, activation=activation, bias=bias)
    excess = max(1.0, np.abs(network.predict(params, inputs)).max() / 3.0)
    last = 1 + bias
    return (*params[:-last], *(array / excess for array in params[-last:]))


def _is_off_kinks(case):
    """No pre-activation so near to a kink that rounding decides its side.

    An exact 0 is harmless: it comes from a layer all of whose inputs are 0, in any arithmetic.
    """
    zs = case.network.pre_activations(case.params, case.inputs)[:-1]
    kinks = KINKS.get(case.activation, ())
    return all((np.abs(z[z != kink] - kink) > 1e-9).all() for z in zs for kink in kinks)
