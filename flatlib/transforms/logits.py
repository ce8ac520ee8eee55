"""The symmetry of softmax: what is added to all outputs alike is not seen."""

from dataclasses import dataclass, field

import numpy as np

from flatlib._guards import require_array, require_scalar, require_shape
from flatlib._short import short
from flatlib.losses import CrossEntropyLoss
from flatlib.networks import ConvNet, Network, Params, ParamsLike, require_chain
from flatlib.objective import Objective
from flatlib.transforms.symmetry import Symmetry


@dataclass(frozen=True, eq=False)
class LogitShift(Symmetry):
    r"""Add one vector to the incoming weights of every output: :math:`W_K + v\mathbf 1`.

    All outputs of an example move by the same number, :math:`h\,v + v_0`. Probabilities and
    cross-entropy do not change; the squared loss does, and is refused.

    Page: ``book/what_survives``.

    Args:
        network: with n units below its output layer; with a convolution as its last layer n
            positions of a kernel times channels, and no maxima after it.
        weights: v, shape (n,).
        bias: :math:`v_0`; 0 for a network without biases.

    Raises:
        ValueError: if the shape is wrong, or a network without biases is to take one.

    Example:
        >>> from flatlib import MLP
        >>> LogitShift(MLP((1, 2), bias=False), [5.0])(([[1.0, 2.0]],))
        (array([[6., 7.]]),)
    """

    network: Network
    weights: np.ndarray
    bias: float = field(default=0.0, kw_only=True)
    __repr__ = short

    group = "logit shift"

    def __post_init__(self) -> None:
        """Refuse a vector that does not fit."""
        weights = require_array(self.weights, "weights", ndim=1)
        require_shape(weights, (num_below(self.network),), "weights")
        _require_linear_end(self.network)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "bias", require_scalar(self.bias, "bias"))
        if self.bias and not self.network.bias:
            raise ValueError(
                f"bias must be 0 for a network without biases, got {self.bias:g}. Leave it out."
            )

    def __call__(self, params: ParamsLike) -> Params:
        """Params with the last layer moved."""
        params = self.network.require_params(params)
        last = 2 if self.network.bias else 1
        column = self.weights.reshape(*params[-last].shape[:-1], 1)
        shifts = (column, self.bias)[:last]
        moved = (array + shift for array, shift in zip(params[-last:], shifts, strict=True))
        return (*params[:-last], *moved)

    @property
    def inverse(self) -> "LogitShift":
        """The opposite shift."""
        return LogitShift(self.network, -self.weights, bias=-self.bias)

    def objective(self, objective: Objective) -> Objective:
        """The same objective; refuses a loss that sees the shift."""
        if not isinstance(self.require_own(objective).loss, CrossEntropyLoss):
            raise ValueError(
                "objective must have cross-entropy for a logit shift (other losses see it), got "
                f'{objective.loss}. Build it with loss "cross_entropy".'
            )
        return objective

    def said(self, objective: Objective, params: ParamsLike) -> np.ndarray:
        """The outputs less their mean over the classes."""
        outputs = objective.outputs(params)
        return outputs - outputs.mean(axis=1, keepdims=True)


def num_below(network: Network) -> int:
    """How many weights each output has."""
    *_, last = (shape for shape in require_chain(network).param_shapes if len(shape) > 1)
    return int(np.prod(last[:-1]))


def _require_linear_end(network: Network) -> None:
    if isinstance(network, ConvNet) and any(pool.is_max for pool in network.plan.stages[-1].pools):
        raise ValueError(
            "network must not take maxima of its outputs (a shift moves which is the largest), got "
            f"{network.layers[-1]} at its end. End with GlobalAverage or Dense."
        )
