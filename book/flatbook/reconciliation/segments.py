"""The loss on the straight line between two two-layer relu nets: everywhere, not at samples."""

import numpy as np

from flatlib.networks import MLP, Params


def highest_loss(
    network: MLP, here: Params, there: Params, inputs: np.ndarray, targets: np.ndarray
) -> float:
    r"""The largest mean square on the line from one net to another, up to rounding.

    At the share s of the way every pre-activation is linear in s, and so is every outgoing weight.
    Between two kinks each residual is therefore :math:`c_0 + c_1s + c_2s^2`, and their mean square
    a polynomial of degree 4, which is largest at an end of the piece or where its slope is 0.

    Args:
        network: one hidden layer of relu units with biases, one output.
        here: one end.
        there: the other.
        inputs: shape (N, d).
        targets: shape (N,).
    """
    z, far = (network.pre_activations(params, inputs)[0] for params in (here, there))
    slope = far - z
    on = (z > 0) | ((z == 0) & (slope > 0))
    units, residuals = _coefficients(z, slope, here, there)
    residuals[0] -= targets
    residuals += (units * on).sum(axis=2)
    low, highest = 0.0, 0.0
    for place, example, unit in _kinks(z, slope):
        highest = max(highest, _peak(residuals, low, place))
        turned = units[:, example, unit]
        residuals[:, example] += -turned if on[example, unit] else turned
        low = place
    return max(highest, _peak(residuals, low, 1.0))


def _coefficients(z: np.ndarray, slope: np.ndarray, here: Params, there: Params):
    """Of 1, s, s^2: what each unit adds while it is on, (3, N, K); the output bias, (3, N)."""
    a, b = here[2][:, 0], here[3][0]
    a_slope, b_slope = there[2][:, 0] - a, there[3][0] - b
    units = np.stack([z * a, z * a_slope + slope * a, slope * a_slope])
    return units, np.tile([[b], [b_slope], [0.0]], len(z))


def _kinks(z: np.ndarray, slope: np.ndarray) -> list[tuple[float, int, int]]:
    """Where a unit switches for an example, from the near end on: (s, example, unit)."""
    places = np.divide(-z, slope, out=np.zeros_like(z), where=slope != 0)
    found = np.argwhere((places > 0) & (places < 1))
    return sorted((float(places[n, k]), int(n), int(k)) for n, k in found)


def _peak(residuals: np.ndarray, low: float, high: float) -> float:
    """Largest mean square from one kink to the next."""
    c0, c1, c2 = residuals
    quartic = [c2 @ c2, 2 * c1 @ c2, c1 @ c1 + 2 * c0 @ c2, 2 * c0 @ c1, c0 @ c0]
    # a complex root's real part is a place on the line like any other, and does no harm
    places = np.append(np.roots(np.polyder(quartic)).real, [low, high])
    return float(np.polyval(quartic, np.clip(places, low, high)).max() / len(c0))
