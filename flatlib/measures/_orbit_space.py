"""An orbit in logarithms: which parameters move how, and where curvature falls without end."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_choice
from flatlib.networks import Network, require_units
from flatlib.transforms import Scaling, scale_neurons
from flatlib.transforms.degree import require_degree

GROUPS = ("layers", "neurons")


@dataclass(frozen=True, eq=False)
class OrbitSpace:
    r"""The orbit of a network under a group of scalings, with coordinates u.

    Parameter i is multiplied by :math:`e^{A_iu}`. For ``"layers"`` u_k is the factor's logarithm of
    hidden layer k as a whole, :math:`\log(\alpha_1\cdots\alpha_k)`: no product has to be kept at 1.

    Attributes:
        network: whose orbit it is.
        units: which coordinate each hidden unit moves with, one vector per hidden layer.
        exponents: the different rows of A, shape (G, q).
        members: which of these rows each parameter has, shape (P,).
    """

    network: Network
    units: tuple[np.ndarray, ...]
    exponents: np.ndarray
    members: np.ndarray

    @classmethod
    def of(cls, network: Any, group: str) -> "OrbitSpace":
        """The orbit under scalings of whole layers, or of single hidden units."""
        require_choice(group, "group", GROUPS)
        _require_hidden(network, group)
        sizes = network.hidden_sizes
        if group == "layers":
            units = tuple(np.full(size, k) for k, size in enumerate(sizes))
        else:
            units = tuple(np.split(np.arange(sum(sizes)), np.cumsum(sizes)[:-1]))
        rows, members = np.unique(_exponents(network, units), axis=0, return_inverse=True)
        return cls(network, units, rows, members)

    def scaling(self, u: np.ndarray) -> Scaling:
        """The map from the params to the point u of their orbit."""
        return _scaling(self.network, self.units, u)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Entries of a vector or a square matrix, added up over each group."""
        indicator = (self.members[:, None] == np.arange(len(self.exponents))).astype(float)
        return indicator.T @ (values if values.ndim == 1 else values @ indicator)


def escape(exponents: np.ndarray) -> np.ndarray:
    r"""A direction d along which no term :math:`e^{-Eu}` grows and as many as can be fall to 0.

    By a linear programme: maximize :math:`\sum_m y_m` under :math:`Ed \ge y`,
    :math:`0\le y\le1`. It is 0 where a sum of these terms reaches its infimum.
    """
    rows = np.unique(exponents, axis=0)
    count, q = rows.shape
    if count == 0:
        return np.zeros(q)
    found = scipy.optimize.linprog(
        np.concatenate([np.zeros(q), -np.ones(count)]),
        A_ub=np.hstack([-rows, np.eye(count)]),
        b_ub=np.zeros(count),
        bounds=[(None, None)] * q + [(0, 1)] * count,
    ).x
    # at the optimum each y is 0 or 1: d can be made as long as one likes
    return found[:q] if found[q:].max() > 0.5 else np.zeros(q)


def _scaling(network: Network, units: tuple[np.ndarray, ...], u: np.ndarray) -> Scaling:
    return scale_neurons(network, [np.exp(u[own]) for own in units])


def _exponents(network: Network, units: tuple[np.ndarray, ...]) -> np.ndarray:
    """A, read off the scalings themselves, biases and all: integers, shape (P, q)."""
    unit_vectors = np.eye(1 + max(own.max() for own in units))
    logs = [np.log(_scaling(network, units, e).multipliers) for e in unit_vectors]
    return np.rint(logs).T


def _require_hidden(network: Any, group: str) -> None:
    if not require_units(network).hidden_layers:
        raise ValueError(
            f"network must have a hidden layer to scale, got shapes {network.param_shapes}. "
            "A linear map has no such symmetry."
        )
    degree = require_degree(network)
    if group == "layers" and degree != 1:
        raise ValueError(
            'group "layers" needs an activation of degree 1, got '
            f'{network.activation.name} of degree {degree}. Pass group="neurons".'
        )
