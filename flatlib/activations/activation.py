"""What an activation says of itself, and those that have a name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from functools import partial
from types import MappingProxyType
from typing import Any

import autograd.numpy as np
from numpy import ndarray

from flatlib import _closed_forms as forms
from flatlib._guards import require_array, require_choice, require_scalar
from flatlib._own_activation import derivative, parts, require_true


@dataclass(frozen=True, eq=False)
class Activation:
    """A function of one variable, applied to every unit of every hidden layer.

    Page: ``book/symmetries``.

    A slope or curvature that is left out is derived by autograd. What is given is compared with
    differences when a network is made of it: a slip would make a wrong Hessian that looks exact.
    Two are equal if they are the same one of `ACTIVATIONS`, leaky relus of one slope, or have the
    same name, degree and functions.

    Attributes:
        name: its key in `ACTIVATIONS`; a leaky relu of another slope carries it in its name.
        function: phi; to an array it gives an array of the same shape. Written with
            ``autograd.numpy`` it can be traced, and its derivatives may be left out.
        slope: phi'; at a kink it takes the value from the left, so relu has slope 0 at 0.
        curvature: phi''; 0 at a kink, which is the almost-everywhere convention. Where phi'' itself
            jumps it is that of the left, too: elu has 1 at 0.
        degree: degree of positive homogeneity, or None where there is none.
        kinks: where phi is not differentiable: (0,) for relu, (-3, 3) for hard swish.
        max_curvature: the supremum of abs(phi'') off the kink, or None where nobody has said.

    A network raises TypeError if a function cannot be called, or autograd is needed and cannot
    follow it; ValueError if what comes out has another shape or is not finite, or if slope,
    curvature, degree, kinks or max_curvature are not those of ``function``.

    Example:
        >>> Activation("sine", np.sin).curvature(np.array([0.0, np.pi / 2]))
        array([ 0., -1.])
    """

    name: str
    function: Callable = field(repr=False)
    slope: Callable = field(repr=False)
    curvature: Callable = field(repr=False)
    degree: int | None
    kinks: tuple[float, ...]
    max_curvature: float | None = field(repr=False)

    def __init__(
        self,
        name: str,
        function: Callable,
        slope: Callable | None = None,
        curvature: Callable | None = None,
        *,
        degree: int | None = None,
        kinks: Sequence[float] = (),
        max_curvature: float | None = None,
    ) -> None:
        """Derive what is left out; what is false is refused at the door of a network."""
        slope = partial(derivative, function) if slope is None else slope
        curvature = partial(derivative, slope) if curvature is None else curvature
        places = tuple(require_array(kinks, "kinks", ndim=1).tolist())
        values = (name, function, slope, curvature, degree, places, max_curvature)
        for item, value in zip(fields(self), values, strict=True):
            object.__setattr__(self, item.name, value)

    def __eq__(self, other: object) -> bool:
        """By name where flatlib gives it, by the functions otherwise."""
        return isinstance(other, Activation) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash(self._identity)

    @property
    def _identity(self) -> tuple:
        if self._is_ours:
            return (self.name,)
        functions = (self.function, self.slope, self.curvature)
        return (self.name, self.degree, self.kinks, *(parts(function) for function in functions))

    @property
    def _is_ours(self) -> bool:
        """Whether it is one of `ACTIVATIONS`, or what `leaky_relu` makes."""
        functions = (self.function, self.slope, self.curvature)
        kinds = [getattr(function, "func", function) for function in functions]
        is_leaky = kinds == [forms.leaky, forms.leaky_slope, np.zeros_like]
        return ACTIVATIONS.get(self.name) is self or (is_leaky and "leaky_relu" in self.name)

    def __call__(self, z: ndarray) -> ndarray:
        """Apply phi to every entry of ``z``."""
        return self.function(z)

    def __reduce__(self) -> str | tuple[Any, ...]:
        """Pickle by name, or by slope: autograd's functions cannot be pickled themselves."""
        if ACTIVATIONS.get(self.name) is self:
            return require_activation, (self.name,)
        if self._is_ours and isinstance(self.function, partial):
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
    function, slope = partial(forms.leaky, left=left), partial(forms.leaky_slope, left=left)
    return Activation(name, function, slope, np.zeros_like, degree=1, kinks=(0,), max_curvature=0.0)


def _closed(name: str, largest: float, **options: Any) -> Activation:
    """One of `_closed_forms`, of that name there."""
    functions = [getattr(forms, name + order) for order in ("", "_slope", "_curvature")]
    return Activation(name, *functions, max_curvature=largest, **options)


_ALL = (
    _closed("relu", 0.0, degree=1, kinks=(0,)),
    leaky_relu(),
    _closed("linear", 0.0, degree=1),
    _closed("tanh", 4 / 27**0.5),
    _closed("softplus", 0.25),
    _closed("gelu", 2 / forms.SQRT_2_PI),
    _closed("silu", 0.5),
    _closed("elu", 1.0),
    _closed("mish", 0.64420463723697243),  # at -0.0879, where its third derivative is 0
    _closed("hard_swish", 1 / 3, kinks=(-3, 3)),
    _closed("sigmoid", 3**0.5 / 18),
    _closed("square", 2.0, degree=2),
)
ACTIVATIONS = MappingProxyType({activation.name: activation for activation in _ALL})


def require_activation(value: str | Activation) -> Activation:
    """Return an `Activation` for a name, or the object itself if what it says of itself is true."""
    activation = as_activation(value)
    if not activation._is_ours:
        require_true(activation)
    return activation


def as_activation(value: str | Activation) -> Activation:
    """Return an `Activation` for a name, or the object itself, whatever it says of itself."""
    if isinstance(value, Activation):
        return value
    if callable(value):
        raise TypeError(
            f"activation must be a name or an Activation, got a {type(value).__name__}. "
            'Pass flatlib.Activation("mine", function), written with autograd.numpy.'
        )
    return ACTIVATIONS[require_choice(value, "activation", ACTIVATIONS)]
