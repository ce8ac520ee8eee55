r"""Which step sizes a minimum can stand: the threshold of one point, the window on an orbit."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_positive
from flatlib.measures._fitted import require_batch, require_fitted
from flatlib.measures._mean_square import mean_square_rate, output_gradients
from flatlib.measures._two_layer import is_two_layer
from flatlib.networks import ParamsLike
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale


class OrbitWindow(NamedTuple):
    r"""The part of an orbit at which a step size can stay. Made by `orbit_window`.

    Page: ``book/stability``.

    Attributes:
        low: the least alpha of it, NaN if it is empty.
        high: the largest one.
        alpha: where on the orbit the largest step can stay.
        step_size: that step.
    """

    low: float
    high: float
    alpha: float
    step_size: float


def critical_step(
    objective: Objective, params: ParamsLike, *, batch_size: int | None = None
) -> float:
    r"""The largest step size at which descent can stay at an interpolating minimum.

    With g_n the gradient of the output at example n and c the factor of the loss, a step on the
    batch B multiplies a small displacement by :math:`I - \eta H_B`,
    :math:`H_B = \frac1b\sum_{n\in B}H_n`, :math:`H_n = 2c\,g_ng_n^\top`. Batches of b examples are
    drawn afresh, without replacement. The mean square of every displacement stays bounded if and
    only if :math:`\eta \le \eta_b`,

    .. math:: \frac1{\eta_b} = \max_X \frac{\langle X, (1-\kappa)HXH
        + \frac\kappa N\sum_nH_nXH_n\rangle}{\langle X, HX + XH\rangle},
        \qquad \kappa = \frac{N-b}{b(N-1)}.

    All examples at once give :math:`\eta_N = 2/\lambda_{\max}`. It is found as the root of a
    decreasing function, the largest eigenvalue of an N x N matrix; for b = 1 nothing has to be
    searched.

    Source: Mulayoff & Michaeli 2024 for the condition; the N x N matrix is ours.
    Page: ``book/stability``.

    Args:
        objective: a network with one output, the squared loss, no ``l2``.
        params: arrays of the network's shapes, where the loss is 0 but for rounding.
        batch_size: b, from 1 to N; all N if left out.

    Returns:
        The step size. The trap: where a step is above it single runs may still converge, since a
        mean of squares can be carried by few of them. On a kink the number means nothing.

    Raises:
        ValueError: if an example is not fitted, the loss is not the squared one, the network has
            more than one output, no example moves it, or ``batch_size`` is out of range.
        TypeError: if ``objective`` is not an Objective, or ``batch_size`` no integer.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[6.0]])
        >>> round(critical_step(objective, ([[2.0]], [[3.0]])), 9)  # 2 / (2^2 + 3^2)
        0.153846154
    """
    factor = 2 * require_fitted(objective, params).factor
    size = require_batch(objective, batch_size)
    gradients = output_gradients(objective, params)
    if not gradients.any():
        raise ValueError(
            "params must let some weight move an output, got gradients of 0 at every example. "
            "Take a network with a unit that is on, and heard."
        )
    return 1 / mean_square_rate(gradients @ gradients.T, factor, size)


def orbit_window(
    objective: Objective, params: ParamsLike, step_size: float, *, batch_size: int | None = None
) -> OrbitWindow:
    r"""Where on the orbit of :math:`T_\alpha` a step size does not exceed the critical one.

    On the orbit the Gram matrix of the gradients of the outputs is
    :math:`K_\alpha = \alpha^{-2}K_1 + \alpha^2K_2 + K_3`, of the first layer with its biases, of
    the second one's weights, and of the output bias. Nothing is measured again along it.

    Page: ``book/stability``.

    Args:
        objective: as for `critical_step`; one hidden layer of relu or leaky relu units.
        params: where alpha is 1.
        step_size: positive.
        batch_size: as for `critical_step`.

    Returns:
        An `OrbitWindow`. For all examples at once the window is exactly the set of alphas that can
        be stayed at, an interval. The trap: for smaller batches it is the interval around the best
        alpha that was found; that there is no other one has been seen, not proved.

    Raises:
        ValueError: as `critical_step` does; if the network has not one hidden layer and one output,
            or either layer does not move the outputs, so that the window is open for ever.
        TypeError: as `critical_step` does.

    Example:
        >>> from flatlib import MLP
        >>> net = MLP((1, 1, 1), bias=False)
        >>> objective = Objective(net, "squared", [[1.0]], [[1.0]])
        >>> window = orbit_window(objective, ([[1.0]], [[1.0]]), 0.8)
        >>> round(window.low**2, 9), round(window.high**2, 9), round(window.step_size, 9)
        (0.5, 2.0, 1.0)
    """
    factor = 2 * require_fitted(objective, params).factor
    size = require_batch(objective, batch_size)
    limit = 1 / require_positive(step_size, "step_size")
    first, second, rest = _grams(objective, params)

    def rate(log_square: float) -> float:
        square = np.exp(log_square)
        return mean_square_rate(first / square + second * square + rest, factor, size)

    return _window(rate, limit, *_ends(first, second, factor, rate, limit))


def _ends(
    first: np.ndarray, second: np.ndarray, factor: float, rate: Callable, limit: float
) -> tuple[float, float]:
    """Logarithms of alpha squared between which the best one and the window must lie.

    The rate is at least half the mean eigenvalue of the Hessian on the examples' span.
    """
    one, two = (factor * np.trace(gram) / (2 * len(gram) ** 2) for gram in (first, second))
    if min(one, two) <= 0:
        raise ValueError(
            "params must have two layers that both move the outputs, got gradients of size "
            f"{one:g} and {two:g}. Take a network with a unit that is on, and heard."
        )
    worst = 2 * max(limit, rate(0.5 * np.log(one / two)))
    return float(np.log(one / worst)), float(np.log(worst / two))


def _window(rate: Callable, limit: float, low: float, high: float) -> OrbitWindow:
    found = scipy.optimize.minimize_scalar(
        rate, bounds=(low, high), method="bounded", options={"xatol": 1e-9}
    )
    best, ends = float(found.x), (np.nan, np.nan)
    if found.fun <= limit:
        above = lambda u: rate(u) - limit  # noqa: E731
        ends = tuple(
            scipy.optimize.brentq(above, best, end, xtol=1e-14, rtol=1e-14) for end in (low, high)
        )
    left, right, middle = (float(np.exp(u / 2)) for u in (*ends, best))
    return OrbitWindow(left, right, middle, float(1 / found.fun))


def _grams(objective: Objective, params: ParamsLike) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """K_1, K_2, K_3: the exponent of alpha says to which layer an entry belongs."""
    if not is_two_layer(objective.network):
        raise ValueError(
            "network must have one hidden layer and one output, got "
            f"{objective.network!r}. Build it with flatlib.MLP((d, K, 1))."
        )
    gradients = output_gradients(objective, params)
    powers = alpha_scale(objective.network, 2.0).multipliers
    parts = (gradients[:, mask] for mask in (powers > 1, powers < 1, powers == 1))
    first, second, rest = (part @ part.T for part in parts)
    return first, second, rest
