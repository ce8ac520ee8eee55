r"""Scalings: the symmetries of Dinh et al., all of them cases of one.

Multiply what enters a hidden unit by lambda > 0 and divide what leaves it by lambda. If the
activation is positively homogeneous of degree 1 the network's function does not change. Giving all
units of layer k the same factor :math:`A_k = \alpha_1\cdots\alpha_k` is the layer-wise
:math:`T_\alpha` with cumulative biases (supplement B of the paper), and a single pair
:math:`(\alpha, 1/\alpha)` is its Definition 5.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_positive_vector, require_sequence
from flatlib._short import short
from flatlib.networks import Network, Params, ParamsLike, hidden_units, require_units
from flatlib.params import flatten, unflatten
from flatlib.transforms.degree import require_degree
from flatlib.transforms.symmetry import Symmetry

POSITIVE = "a negative factor flips the rectifier, 0 loses the weights"


@dataclass(frozen=True, eq=False)
class Scaling(Symmetry):
    r"""A diagonal map T of the parameters that leaves a network's function unchanged.

    Made by `alpha_scale`, `scale_layers` and `scale_neurons`. Call it on params; compose two with
    ``@``. They form a commutative group: ``T @ T.inverse`` is the identity.

    Page: ``book/symmetries`` and ``book/hessian_transform``.

    Attributes:
        network: whose params it maps.
        multipliers: diagonal of T, shape (P,), all positive: theta' = multipliers * theta.
    """

    network: Network
    multipliers: np.ndarray
    __repr__ = short

    def __post_init__(self) -> None:
        """Refuse what is not a diagonal of this network's size, or not invertible."""
        size = require_units(self.network).num_params
        multipliers = require_positive_vector(self.multipliers, size, "multipliers", POSITIVE)
        object.__setattr__(self, "multipliers", multipliers)

    def __call__(self, params: ParamsLike) -> Params:
        """Params of the scaled network; the originals are not touched."""
        params = self.network.require_params(params)
        return unflatten(self.multipliers * flatten(params), like=params)

    @property
    def group(self) -> str:
        """Layer scaling if all units of a layer share their factor, else neuron scaling."""
        arrays = unflatten(self.multipliers, like=[np.zeros(s) for s in self.network.param_shapes])
        same = all(np.ptp(array) <= 1e-12 * array.max() for array in arrays)
        return "layer scaling" if same else "neuron scaling"

    @property
    def diagonal(self) -> np.ndarray:
        r"""Diagonal d of :math:`D = T^{-1}`, shape (P,).

        Theorem 3 reads :math:`\nabla L(T\theta) = \nabla L(\theta) D` and
        :math:`\nabla^2 L(T\theta) = D\,\nabla^2 L(\theta)\,D`, in code ``d * g`` and
        ``np.outer(d, d) * H``.
        """
        return 1.0 / self.multipliers

    @property
    def inverse(self) -> "Scaling":
        r"""The map back, :math:`T_{1/\alpha}`."""
        return Scaling(self.network, 1.0 / self.multipliers)

    @property
    def log_det(self) -> float:
        r"""Natural logarithm of det T, by which it stretches volume; det T itself overflows."""
        return float(np.log(self.multipliers).sum())

    def __matmul__(self, other: "Scaling") -> "Scaling":
        r"""Composition: ``(T @ S)(params)`` is ``T(S(params))``, and so is ``(S @ T)(params)``."""
        if not isinstance(other, Scaling) or other.network != self.network:
            came = other.network if isinstance(other, Scaling) else type(other).__name__
            raise TypeError(
                f"a Scaling composes with a Scaling of the same network, got {came}. "
                "Build both from one network."
            )
        return Scaling(self.network, self.multipliers * other.multipliers)


def scale_neurons(network: Network, factors: Sequence[Any]) -> Scaling:
    r"""Incoming weights and bias of each hidden unit times its factor, outgoing weights undo it.

    For an activation of degree p, what leaves unit j is divided by :math:`\lambda_j^p`. Of a
    convolution a unit is a channel, at all its positions; pools pass a positive factor on.

    Paper: Dinh et al., section 3; Wu et al., section 4 (node scaling). Page: ``book/symmetries``.

    Args:
        network: any depth, with a positively homogeneous activation of any degree; dense, a
            convolution, or one of your own that defines ``hidden_layers``.
        factors: one vector of positive numbers per hidden layer, its length the layer's units.

    Raises:
        ValueError: for a wrong number or length of vectors, a factor that is not positive, or an
            activation that is not homogeneous.

    Example:
        >>> from flatlib import MLP
        >>> scale_neurons(MLP((1, 2, 1), bias=False), [[2.0, 4.0]]).multipliers
        array([2.  , 4.  , 0.5 , 0.25])
        >>> from flatlib.networks import Conv, ConvNet, Dense
        >>> signals = ConvNet((3, 1), [Conv(2, 2), Dense(1)], bias=False)  # 2 channels, 2 places
        >>> scale_neurons(signals, [[2.0, 4.0]]).multipliers
        array([2.  , 4.  , 2.  , 4.  , 0.5 , 0.25, 0.5 , 0.25])
    """
    degree, layers = require_degree(network), hidden_units(network)
    require_sequence(factors, "factors", len(layers), each="vector for each hidden layer")
    multipliers = np.ones(network.num_params)
    for k, (factor, units) in enumerate(zip(factors, layers, strict=True)):
        size = units.entering.shape[1]
        factor = require_positive_vector(factor, size, f"factors[{k}]", POSITIVE)
        multipliers[units.entering] *= factor
        multipliers[units.leaving] /= factor**degree
    return Scaling(network, multipliers)
