"""How fast T_alpha stretches volume: which power of alpha its determinant is."""

from itertools import combinations

import numpy as np

from flatlib.networks import Network, require_chain
from flatlib.transforms import alpha_scale


def growth_exponent(network: Network, *, layers: tuple[int, int] = (1, 2)) -> int:
    r"""The c in :math:`\det T_\alpha = \alpha^c`, for any two layers j < k, biases included.

    .. math:: c = n_j + \sum_{j \le i < k} \lvert b_i\rvert - n_k

    Paper: Dinh et al., section 4.1: n_1 - n_2 for one hidden layer without biases.
    Page: ``book/volume``.

    Args:
        network: with a positively homogeneous activation of degree 1.
        layers: which layer takes alpha and which 1/alpha, counted from 1, the lower first.

    Returns:
        An integer. Where it is 0 boxes keep their volume, and one needs many that are disjoint.

    Raises:
        ValueError: as `flatlib.transforms.alpha_scale` does.

    Example:
        >>> from flatlib import MLP
        >>> growth_exponent(MLP((64, 32, 10))), growth_exponent(MLP((5, 8, 6)))
        (1760, 0)
    """
    multipliers = alpha_scale(network, 2.0, layers=layers).multipliers
    return round(np.log2(multipliers).sum())


def fastest_pair(network: Network) -> tuple[int, int]:
    """The two layers for which volume grows with the largest power of alpha, or of 1/alpha.

    Paper: Dinh et al., section 4.1, "with a similar proof". Page: ``book/volume``.

    Args:
        network: two layers or more, with a positively homogeneous activation of degree 1.

    Returns:
        Layers counted from 1, the lower first. If `growth_exponent` is negative for them, volume
        grows as alpha goes to 0.

    Raises:
        ValueError: if there is one layer only, or as `flatlib.transforms.alpha_scale` does.

    Example:
        >>> from flatlib import MLP
        >>> fastest_pair(MLP((8, 4, 16, 2)))
        (2, 3)
    """
    pairs = list(combinations(range(1, require_chain(network).depth + 1), 2))
    if not pairs:
        raise ValueError(
            f"network must have two layers to scale against each other, got {network}. "
            "Add a hidden layer."
        )
    return max(pairs, key=lambda pair: abs(growth_exponent(network, layers=pair)))
