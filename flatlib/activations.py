r"""Activation functions with their first two derivatives and their degree of homogeneity.

An activation is positively homogeneous of degree p when
:math:`\phi(\alpha z) = \alpha^p \phi(z)` for all z and all :math:`\alpha > 0`. Degree 1 is what
Theorem 1 of Dinh et al. is about: it is exactly the maps
:math:`a \max(z, 0) + b \min(z, 0)` (page ``book/symmetries``).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType

import autograd.numpy as np
from autograd.scipy.special import erf, expit

from flatlib._guards import require_array, require_choice, require_positive, require_scalar

_SQRT_2 = np.sqrt(2.0)
_SQRT_2_PI = np.sqrt(2.0 * np.pi)


@dataclass(frozen=True)
class Activation:
    """A function of one variable, applied to every unit of every hidden layer.

    Page: ``book/symmetries``.

    Two of them are equal if their names and degrees are.

    Attributes:
        name: its key in `ACTIVATIONS`; a leaky relu of another slope carries it in its name.
        function: phi, written with ``autograd.numpy`` so that it can be traced.
        slope: phi'; at a kink it takes the value from the left, so relu has slope 0 at 0.
        curvature: phi''; 0 at a kink, which is the almost-everywhere convention.
        degree: degree of positive homogeneity, or None where there is none.
        has_kink: whether phi is not differentiable at 0.
        max_curvature: the supremum of abs(phi'') off the kink, or None where nobody has said.
    """

    name: str
    function: Callable = field(repr=False, compare=False)
    slope: Callable = field(repr=False, compare=False)
    curvature: Callable = field(repr=False, compare=False)
    degree: int | None = None
    has_kink: bool = False
    max_curvature: float | None = field(default=None, repr=False, compare=False)

    def __call__(self, z):
        """Apply phi to every entry of ``z``."""
        return self.function(z)

    def __reduce__(self):
        """Pickle by name, or by slope: autograd's functions cannot be pickled themselves."""
        if ACTIVATIONS.get(self.name) is self:
            return require_activation, (self.name,)
        if self.name.startswith("leaky_relu("):
            return leaky_relu, (self.function.keywords["left"],)
        return super().__reduce__()


def leaky_relu(negative_slope: float = 0.01) -> Activation:
    """The leaky rectifier: z for z > 0, ``negative_slope * z`` otherwise.

    Paper: Dinh et al., section 3 (other maps with the same symmetry). Page: ``book/symmetries``.

    Args:
        negative_slope: slope on the left, any finite number except 1 (that one has no kink).

    Raises:
        ValueError: if ``negative_slope`` is 1, or not finite.

    Example:
        >>> leaky_relu(0.5)(np.array([-2.0, 4.0]))
        array([-1.,  4.])
    """
    left = require_scalar(negative_slope, "negative_slope")
    if left == 1.0:
        raise ValueError(
            "negative_slope must differ from 1 (there would be no kink), got 1. "
            'Use activation="linear" instead.'
        )
    name = "leaky_relu" if left == 0.01 else f"leaky_relu({left!r})"
    function, slope = partial(_leaky, left=left), partial(_leaky_slope, left=left)
    return Activation(name, function, slope, np.zeros_like, 1, has_kink=True, max_curvature=0.0)


# np.where has slope 0 at 0, where autograd's maximum has 1/2
def _leaky(z, left):
    return np.where(z > 0, z, left * z)


def _leaky_slope(z, left):
    return np.where(z > 0, 1.0, left)


def _relu(z):
    return np.where(z > 0, z, 0.0)


def _linear(z):
    return 1.0 * z


def _tanh_slope(z):
    return 1 - np.tanh(z) ** 2


def _softplus(z):
    return np.logaddexp(0.0, z)


def _gelu(z):
    return z * _normal_distribution(z)


def _gelu_slope(z):
    return _normal_distribution(z) + z * _normal_density(z)


def _gelu_curvature(z):
    return (2 - z**2) * _normal_density(z)


def _square(z):
    return z**2


def _square_slope(z):
    return 2 * z


def _square_curvature(z):
    return 2 * np.ones_like(z)


def _sigmoid_slope(z):
    s = expit(z)
    return s * (1 - s)


def _sigmoid_curvature(z):
    s = expit(z)
    return s * (1 - s) * (1 - 2 * s)


def _tanh_curvature(z):
    t = np.tanh(z)
    return -2 * t * (1 - t**2)


def _normal_density(z):
    return np.exp(-(z**2) / 2) / _SQRT_2_PI


def _normal_distribution(z):
    return (1 + erf(z / _SQRT_2)) / 2


_RELU_SLOPE = partial(_leaky_slope, left=0.0)
_ALL = (
    Activation("relu", _relu, _RELU_SLOPE, np.zeros_like, 1, has_kink=True, max_curvature=0.0),
    leaky_relu(),
    Activation("linear", _linear, np.ones_like, np.zeros_like, 1, max_curvature=0.0),
    Activation("tanh", np.tanh, _tanh_slope, _tanh_curvature, max_curvature=4 / 27**0.5),
    Activation("softplus", _softplus, expit, _sigmoid_slope, max_curvature=0.25),
    Activation("gelu", _gelu, _gelu_slope, _gelu_curvature, max_curvature=2 / _SQRT_2_PI),
    Activation("sigmoid", expit, _sigmoid_slope, _sigmoid_curvature, max_curvature=3**0.5 / 18),
    Activation("square", _square, _square_slope, _square_curvature, 2, max_curvature=2.0),
)
ACTIVATIONS = MappingProxyType({activation.name: activation for activation in _ALL})


def require_activation(value: str | Activation) -> Activation:
    """Return an `Activation` for a name, or the object itself."""
    if isinstance(value, Activation):
        return value
    return ACTIVATIONS[require_choice(value, "activation", ACTIVATIONS)]


def homogeneity_error(activation: str | Activation, z: np.ndarray, alpha: float) -> float:
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
    activation, z = require_activation(activation), require_array(z, "z")
    alpha = require_positive(alpha, "alpha", "the definition asks for alpha >= 0, and 0 is trivial")
    predicted = alpha * activation(z)
    error = np.abs(activation(alpha * z) - predicted)
    wrong = error > 0
    with np.errstate(divide="ignore"):
        return float(np.max(error[wrong] / np.abs(predicted[wrong]), initial=0.0))
