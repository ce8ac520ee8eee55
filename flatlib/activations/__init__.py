r"""Activation functions with their first two derivatives and their degree of homogeneity.

An activation is positively homogeneous of degree p when
:math:`\phi(\alpha z) = \alpha^p \phi(z)` for all z and all :math:`\alpha > 0`. Degree 1 is what
Theorem 1 of Dinh et al. is about: it is exactly the maps
:math:`a \max(z, 0) + b \min(z, 0)` (page ``book/symmetries``).
"""

from flatlib.activations.activation import (
    ACTIVATIONS,
    Activation,
    leaky_relu,
    require_activation,
)
from flatlib.activations.homogeneity import homogeneity_error

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "homogeneity_error",
    "leaky_relu",
    "require_activation",
]
