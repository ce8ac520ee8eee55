"""How a function of params is differentiated: one protocol, whatever the function is.

`derivatives_of` finds the way: closed forms for an `flatlib.Objective` of an `flatlib.MLP` or a
`flatlib.ConvNet`, sums of them, and twice backwards through autograd for any other callable.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial, singledispatch
from typing import Any

import numpy as np

from flatlib._guards import require_callable
from flatlib.curvature import _tracing, autodiff
from flatlib.networks import ANY_FUNCTION, Network
from flatlib.params import flatten

#: Maps columns (P, c) to their products.
Products = Callable[[np.ndarray], np.ndarray]


class Derivatives(ABC):
    """What a function of params has: values that are not finite are for the doors to refuse.

    Attributes:
        remedy: what to do where a derivative is not finite.
    """

    remedy: str

    @abstractmethod
    def require_params(self, params: Any) -> Any:
        """Params of the function's structure, or a refusal."""

    @abstractmethod
    def gradient(self, params: Any) -> np.ndarray:
        """Shape (P,)."""

    @abstractmethod
    def matrix(self, params: Any, parts: tuple[bool, bool], budget: int) -> np.ndarray:
        """Gauss-Newton, the residual part, or their sum, the Hessian: ``parts`` says which."""

    @abstractmethod
    def diagonal(self, params: Any, budget: int) -> np.ndarray:
        """Of the Hessian, shape (P,)."""

    @abstractmethod
    def products(self, params: Any, residual: bool, budget: int) -> Products:
        """With the Hessian, or without the residual part with Gauss-Newton."""

    @abstractmethod
    def value_and_gradient(self, params: Any) -> tuple[float, Callable[[], np.ndarray]]:
        """The value, and what computes the gradient there: where one pass will do, with that."""

    def kink_margin(self, params: Any) -> float:
        """As `flatlib.curvature.certificate` has it; NaN where no kinks are known."""
        return float("nan")

    def along_last_layer(self, params: Any) -> tuple[bool, bool]:
        """Whether growing outputs never raise the loss, and whether they lower it for ever."""
        return False, False


class Traced(Derivatives):
    """Any callable, written with ``autograd.numpy``: nothing is known of it but its values."""

    remedy = _tracing.NONE_THERE

    def __init__(self, function: Callable):
        self.function = require_callable(function, "function")

    def require_params(self, params: Any) -> Any:
        flatten(params)
        return params

    def gradient(self, params: Any) -> np.ndarray:
        return _tracing.slope(self.function, self.require_params(params))

    def value_and_gradient(self, params: Any) -> tuple[float, Callable[[], np.ndarray]]:
        return float(self.function(params)), partial(self.gradient, params)

    def matrix(self, params: Any, parts: tuple[bool, bool], budget: int) -> np.ndarray:
        self._require_whole(parts)
        return autodiff.hessian(self.function, self.require_params(params), budget=budget)

    def diagonal(self, params: Any, budget: int) -> np.ndarray:
        return autodiff.hessian_diagonal(self.function, self.require_params(params))

    def products(self, params: Any, residual: bool, budget: int) -> Products:
        self._require_whole((True, residual))
        return _tracing.products(self.function, self.require_params(params))

    def _require_whole(self, parts: tuple[bool, bool]) -> None:
        if parts != (True, True):
            raise TypeError(
                "objective must be a flatlib.Objective of an MLP or a ConvNet (network and loss "
                f"are taken apart here), got {_named(self.function)}. {ANY_FUNCTION}"
            )


class TracedNetwork(Traced):
    """A callable of the params of one network, which says what fits."""

    def __init__(self, function: Callable, network: Network):
        super().__init__(function)
        self.network = network

    def require_params(self, params: Any) -> Any:
        return self.network.require_params(params)


@singledispatch
def derivatives_of(function: Any) -> Derivatives:
    """The way to differentiate ``function``; a room registers what it knows more about."""
    return Traced(function)


def _named(function: Any) -> str:
    """What it is, and of which network."""
    network = getattr(function, "network", None)
    kind = type(function).__name__
    return kind if network is None else f"{kind} of {type(network).__name__}"
