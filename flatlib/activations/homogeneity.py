"""How far an activation is from being positively homogeneous of degree 1."""

import autograd.numpy as np
from numpy import ndarray

from flatlib._guards import require_array, require_positive
from flatlib.activations.activation import Activation, as_activation


def homogeneity_error(activation: str | Activation, z: ndarray, alpha: float) -> float:
    r"""Largest :math:`|\phi(\alpha z) - \alpha\phi(z)|\,/\,|\alpha\phi(z)|` over the points z.

    Paper: Dinh et al., Definition 4. Page: ``book/symmetries``.

    Args:
        activation: the map to test, or its name.
        z: points, any shape.
        alpha: scale, positive.

    Returns:
        0 up to rounding for a map that is positively homogeneous of degree 1. The largest over
        the points, each relative to its own value, so one bad point is enough; infinite where the
        prediction is 0 and the value is not.

    Raises:
        ValueError: if ``alpha`` is not positive.
    """
    activation, z = as_activation(activation), require_array(z, "z")
    alpha = require_positive(
        alpha, "alpha", why="the definition asks for alpha >= 0, and 0 is trivial"
    )
    predicted = alpha * activation(z)
    error = np.abs(activation(alpha * z) - predicted)
    wrong = error > 0
    with np.errstate(divide="ignore"):
        return float(np.max(error[wrong] / np.abs(predicted[wrong]), initial=0.0))
