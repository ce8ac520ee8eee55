"""Closed forms of an objective: of its mean loss, of its l2, and of sums of objectives."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from flatlib._guards import require_integer
from flatlib.curvature import _conv_diagonal, _dense_diagonal, convolution, exact
from flatlib.curvature._any_function import (
    Derivatives,
    Products,
    TracedNetwork,
    derivatives_of,
)
from flatlib.curvature._conv_products import ConvProducts
from flatlib.curvature._critical import along_last_layer
from flatlib.curvature._dense_products import DenseProducts
from flatlib.curvature._finite import SMALLER
from flatlib.curvature._kinks import kink_margin
from flatlib.losses import Loss
from flatlib.networks import ConvNet, has_closed_form
from flatlib.normalized_logits import NormalizedLogits
from flatlib.objective import Objective
from flatlib.weighted import WeightedSum

__all__ = ["Closed", "derivatives_of"]


class Closed(Derivatives):
    """The mean loss of an MLP or a ConvNet."""

    remedy = SMALLER

    def __init__(self, objective: Objective):
        self.objective = objective
        is_conv = isinstance(objective.network, ConvNet)
        self.engine: Any = convolution if is_conv else exact
        self._diagonal = (_conv_diagonal if is_conv else _dense_diagonal).diagonal
        self._products: Callable = ConvProducts if is_conv else DenseProducts

    def require_params(self, params: Any) -> Any:
        return self.objective.network.require_params(params)

    def gradient(self, params: Any) -> np.ndarray:
        return self.engine.gradient(self.objective, params)

    def value_and_gradient(self, params: Any) -> tuple[float, Callable[[], np.ndarray]]:
        if self.engine is exact:
            return exact.value_and_gradient(self.objective, params)
        return float(self.objective(params)), partial(self.gradient, params)

    def matrix(self, params: Any, parts: tuple[bool, bool], budget: int) -> np.ndarray:
        gauss_newton, residual = parts
        options = {"gauss_newton": gauss_newton, "residual": residual, "budget": budget}
        return self.engine.assemble(self.objective, params, **options)

    def diagonal(self, params: Any, budget: int) -> np.ndarray:
        require_integer(budget, "budget", minimum=1)
        return self._diagonal(self.objective, params, budget)

    def products(self, params: Any, residual: bool, budget: int) -> Products:
        return self._products(self.objective, params, residual=residual, budget=budget)

    def kink_margin(self, params: Any) -> float:
        margin = kink_margin(self.objective, params)
        known = not isinstance(self.objective.loss, Loss)  # one's own may bend where it likes
        return margin if known or np.isfinite(margin) else float("nan")

    def along_last_layer(self, params: Any) -> tuple[bool, bool]:
        return along_last_layer(self.objective, params)


class Penalized(Closed):
    r"""With :math:`\frac12\sum_k\lambda_k\lVert\theta_k\rVert^2`, whose Gauss-Newton is whole."""

    def __init__(self, objective: Objective):
        super().__init__(objective.without_l2())
        self.penalty = objective.penalty
        sizes = [int(np.prod(shape)) for shape in objective.network.param_shapes]
        self.decay = np.repeat(objective.decay, sizes)

    def gradient(self, params: Any) -> np.ndarray:
        theta = np.concatenate([np.ravel(array) for array in self.require_params(params)])
        return super().gradient(params) + self.decay * theta

    def value_and_gradient(self, params: Any) -> tuple[float, Callable[[], np.ndarray]]:
        value, _ = super().value_and_gradient(params)
        return float(value + self.penalty(params)), partial(self.gradient, params)

    def matrix(self, params: Any, parts: tuple[bool, bool], budget: int) -> np.ndarray:
        matrix = super().matrix(params, parts, budget)
        if parts[0]:
            matrix.flat[:: len(matrix) + 1] += self.decay
        return matrix

    def diagonal(self, params: Any, budget: int) -> np.ndarray:
        return super().diagonal(params, budget) + self.decay

    def products(self, params: Any, residual: bool, budget: int) -> Products:
        of_loss = super().products(params, residual, budget)
        return lambda vectors: of_loss(vectors) + self.decay[:, None] * vectors

    def along_last_layer(self, params: Any) -> tuple[bool, bool]:
        return (False, False) if self.decay[-1] else super().along_last_layer(params)


class Summed(Derivatives):
    """A weighted sum of functions: each derivative is the sum of theirs."""

    def __init__(self, weights: Sequence[float], terms: Sequence[Derivatives]):
        self.weights, self.terms = weights, terms
        self.remedy = terms[0].remedy

    def require_params(self, params: Any) -> Any:
        return self.terms[0].require_params(params)

    def gradient(self, params: Any) -> np.ndarray:
        return self._total([term.gradient(params) for term in self.terms])

    def value_and_gradient(self, params: Any) -> tuple[float, Callable[[], np.ndarray]]:
        values, slopes = zip(*(term.value_and_gradient(params) for term in self.terms), strict=True)
        return self._total(values), lambda: self._total([slope() for slope in slopes])

    def matrix(self, params: Any, parts: tuple[bool, bool], budget: int) -> np.ndarray:
        return self._total([term.matrix(params, parts, budget) for term in self.terms])

    def diagonal(self, params: Any, budget: int) -> np.ndarray:
        return self._total([term.diagonal(params, budget) for term in self.terms])

    def products(self, params: Any, residual: bool, budget: int) -> Products:
        share = max(1, budget // len(self.terms))
        parts = [term.products(params, residual, share) for term in self.terms]
        return lambda vectors: self._total([part(vectors) for part in parts])

    def kink_margin(self, params: Any) -> float:
        return float(np.min([term.kink_margin(params) for term in self.terms]))

    def along_last_layer(self, params: Any) -> tuple[bool, bool]:
        never_rise, fall = zip(*(t.along_last_layer(params) for t in self.terms), strict=True)
        return all(never_rise), any(fall)

    def _total(self, arrays: Sequence[Any]) -> Any:
        products = [w * array for w, array in zip(self.weights, arrays, strict=True)]
        return sum(products[1:], start=products[0])


class Normalized(TracedNetwork):
    """An objective with normalized logits: its kinks are those of its network."""

    def __init__(self, function: NormalizedLogits):
        super().__init__(function, function.network)
        self.objective = function.objective

    def kink_margin(self, params: Any) -> float:
        return derivatives_of(self.objective).kink_margin(params)


@derivatives_of.register
def _of_objective(function: Objective) -> Derivatives:
    if not has_closed_form(function.network):
        return TracedNetwork(function, function.network)
    return Penalized(function) if any(function.l2) else Closed(function)


@derivatives_of.register
def _of_sum(function: WeightedSum) -> Derivatives:
    return Summed(function.weights, [derivatives_of(part) for part in function.objectives])


@derivatives_of.register
def _of_normalized(function: NormalizedLogits) -> Derivatives:
    return Normalized(function)
