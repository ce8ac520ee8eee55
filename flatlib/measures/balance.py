"""The shortest point of an orbit, and what gradient flow conserves."""

import numpy as np

from flatlib.measures._log_forms import LinearForm, minimize
from flatlib.measures._orbit_space import OrbitSpace
from flatlib.measures.representative import Representative, representative
from flatlib.networks import Network, ParamsLike, hidden_units
from flatlib.params import flatten


def balanced(network: Network, params: ParamsLike) -> Representative:
    r"""The point of least Euclidean norm on the orbit under scalings of single units.

    With an activation of degree 1 it is where for each hidden unit the weights that leave it are
    as long as those that enter it with its bias, :math:`a_k^2 = \lVert b_k\rVert^2 + c_k^2`. For
    two layers the least squared norm is, up to the output bias,
    :math:`2\sum_k\lvert a_k\rvert\,\lVert(b_k,c_k)\rVert`, twice the path norm.

    Page: ``book/flattest_representative``. Not in either paper.

    Args:
        network: with a homogeneous activation and a hidden layer; of a convolution the units are
            its channels.
        params: arrays of the network's shapes.

    Returns:
        A `Representative` whose value is the least squared norm. The trap: a unit whose incoming
        or outgoing weights are all 0 can be shrunk to nothing, and the infimum is not attained.

    Raises:
        ValueError: for an activation that is not homogeneous, no hidden layer, a wrong shape, NaN
            or infinity.
        TypeError: if the network does not say where its units are.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> best = balanced(net, ([[8.0]], [[0.5]]))
        >>> round(best.value, 9), [float(array[0, 0].round(9)) for array in best.params]
        (8.0, [2.0, 2.0])
    """
    space = OrbitSpace.of(network, "neurons")
    params = network.require_params(params)
    sizes = np.diag(space.sums(flatten(params) ** 2))

    def make(stays: np.ndarray, exponents: np.ndarray) -> LinearForm:
        return LinearForm(np.diag(sizes * stays), exponents)

    # weights grow where curvatures fall
    found = representative(space, params, sizes, -space.exponents, make, minimize)
    return found._replace(value=float(np.exp(found.value)))


def imbalance(network: Network, params: ParamsLike) -> tuple[np.ndarray, ...]:
    r""":math:`\Delta_k = a_k^2 - \lVert b_k\rVert^2 - c_k^2` of each hidden unit.

    The squared length of the weights that leave a unit, less that of those that enter it and its
    bias. Gradient flow conserves each of them if the activation is homogeneous of degree 1; they
    are 0 at the `balanced` point.

    Page: ``book/flattest_representative``. Not in either paper.

    Args:
        network: a `flatlib.MLP` or a `flatlib.ConvNet`, of any depth.
        params: arrays of the network's shapes.

    Returns:
        One vector for each hidden layer. The trap: a hidden bias that training does not touch
        breaks the law, unless it is 0.

    Raises:
        ValueError: for a wrong shape, NaN or infinity.
        TypeError: if the network does not say where its units are.

    Example:
        >>> from flatlib import MLP
        >>> imbalance(MLP((1, 1, 1), bias=False), ([[1.0]], [[3.0]]))
        (array([8.]),)
    """
    units = hidden_units(network)
    squares = flatten(network.require_params(params)) ** 2
    return tuple(
        squares[own.leaving].sum(axis=0) - squares[own.entering].sum(axis=0) for own in units
    )
