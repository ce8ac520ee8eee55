"""Floors under the largest eigenvalue that a network of one input cannot go below."""

import numpy as np

from flatlib.networks import MLP, Params


def side_weight(kinks: np.ndarray, inputs: np.ndarray, right: np.ndarray) -> np.ndarray:
    """How much a unit of slope change 1 costs that has its kink there and fires on that side.

    ``g = P(S)^2 |tau - M| sqrt(1 + M^2)`` with the share P(S) and the mean M of the inputs on the
    side S; 0 where nobody is on it. Page: ``book/bent_function``.

    Args:
        kinks: where the units switch, shape (K,).
        inputs: shape (N,).
        right: which units fire to the right of their kink, shape (K,).
    """
    on = np.where(right[:, None], inputs > kinks[:, None], inputs < kinks[:, None])
    share = _share(on)
    mean = np.divide(on @ inputs, on.sum(axis=1), out=np.zeros(len(kinks)), where=on.any(axis=1))
    return share * np.abs(kinks - mean) * _length(mean)


def side_floor(net: MLP, params: Params, inputs: np.ndarray) -> float:
    """The floor that knows on which side each unit fires. Page: ``book/bent_function``.

    Args:
        net: one input, one hidden layer of rectifiers with biases, one output.
        params: its parameters, which fit the inputs' labels.
        inputs: shape (N,).
    """
    bends, kinks, right = units(net, params)
    return 2.0 + 4.0 * float(np.abs(bends) @ side_weight(kinks, inputs, right))


def bend_floor(net: MLP, params: Params, inputs: np.ndarray) -> float:
    """The floor of the function: ``2 + 4 int g d|f''|`` with g of the lesser side.

    Page: ``book/bent_function``. Arguments as for `side_floor`.
    """
    bends, kinks, right = units(net, params)
    lesser = np.minimum(side_weight(kinks, inputs, right), side_weight(kinks, inputs, ~right))
    places, which = np.unique(kinks, return_inverse=True)
    total = np.zeros(len(places))
    np.add.at(total, which, bends)
    weights = np.zeros(len(places))
    weights[which] = lesser
    return 2.0 + 4.0 * float(np.abs(total) @ weights)


def units(net: MLP, params: Params) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each unit how much it bends the function, where, and whether it fires to the right.

    Page: ``book/bent_function``. Arguments as for `side_floor`.
    """
    shapes = [np.shape(layer) for layer in params]
    if [len(shape) for shape in shapes] != [2, 1, 2, 1] or (shapes[0][0], shapes[2][1]) != (1, 1):
        raise ValueError(
            f"net must have one input, one hidden layer with biases and one output, got {net}. "
            "Take one such as MLP((1, 16, 1))."
        )
    incoming, biases, outgoing = (np.asarray(p, dtype=float).ravel() for p in params[:3])
    return outgoing * np.abs(incoming), -biases / incoming, incoming > 0


def _share(on: np.ndarray) -> np.ndarray:
    return on.mean(axis=1) ** 2


def _length(mean: np.ndarray) -> np.ndarray:
    return np.sqrt(1.0 + mean**2)
