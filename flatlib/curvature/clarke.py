r"""At a kink there is no gradient but a set of them; at a minimum that set contains 0."""

from dataclasses import dataclass

import numpy as np
import scipy  # its rooms load when they are used

from flatlib._guards import require_positive
from flatlib.curvature._backprop import record
from flatlib.networks import MLP, Params, ParamsLike, require_mlp
from flatlib.objective import Objective, require_objective
from flatlib.params import block_sizes, flatten


@dataclass(frozen=True, eq=False)
class ClarkeGradient:
    """The least of the gradients that slopes chosen at the kinks give; see `clarke_gradient`.

    Page: ``book/exact_hessians``.

    Attributes:
        norm: its Euclidean norm; 0 at every local minimum, kinks included, and at other points.
        one_sided_norm: norm of the gradient with the slope from the left at every kink.
        num_kinks: pairs of an example and a unit that are taken to sit on a kink.
    """

    norm: float
    one_sided_norm: float
    num_kinks: int


def clarke_gradient(
    objective: Objective, params: ParamsLike, *, kink_tolerance: float = 1e-6
) -> ClarkeGradient:
    r"""Least of the gradients that slopes chosen at the kinks give, for one hidden layer.

    Where an example sits on the kink of a unit, the slope of the activation there is chosen between
    its two one-sided values. The gradient of the loss is an affine function of these slopes, so the
    least one is a bounded least-squares problem, solved by SciPy.

    The set of these gradients contains the generalized gradient (Clarke 1975). So the least one is
    0 at a local minimum, and where it is not 0 some direction descends. Not conversely: the
    generalized gradient can contain 0 where a direction descends, and the set is larger, for each
    slope is chosen by itself, even if no step of the weights brings them about together. It is the
    generalized gradient if for each unit the inputs of the examples on its kink, with a 1 for the
    bias, are linearly independent.

    Page: ``book/exact_hessians``.

    Args:
        objective: with an `flatlib.MLP` of one hidden layer whose activation has a kink at 0.
        params: arrays with the network's shapes.
        kink_tolerance: an example counts as sitting on a kink when the incoming weights of the
            unit need change by this part of themselves, or less, to put it there.

    Raises:
        ValueError: if the network has another depth or its activation no kink, or another.
    """
    network = require_objective(objective).network
    tolerance = require_positive(kink_tolerance, "kink_tolerance")
    if not isinstance(network, MLP) or network.depth != 2 or network.activation.kinks != (0,):
        raise ValueError(
            f"objective must have one hidden layer with a kink at 0, got {network!r}. "
            "Use MLP((d, h, C)) with relu or leaky_relu."
        )
    params = network.require_params(params)
    base, columns = _affine(objective, params, *_kinks(objective, params, tolerance))
    least = base
    if columns.shape[1]:
        least = (
            base + columns @ scipy.optimize.lsq_linear(columns, -base, bounds=(0, 1), tol=1e-14).x
        )
    norms = float(np.linalg.norm(least)), float(np.linalg.norm(base))
    return ClarkeGradient(*norms, columns.shape[1])


def _affine(
    objective: Objective, params: Params, rows: np.ndarray, units: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The gradient with every kinked slope from the left, and what each adds on its way right."""
    tape, slope = record(objective.without_l2(), params), objective.network.activation.slope
    left, right = (float(slope(np.array(z))) for z in (-1.0, 1.0))
    moves = tape.deltas[1] @ tape.weights[1].T  # times the slope, this is delta of layer 1
    delta = tape.deltas[0].copy()
    delta[rows, units] = left * moves[rows, units]
    inputs, hidden = tape.layer_inputs
    base = np.concatenate([(inputs.T @ delta).ravel(), (hidden.T @ tape.deltas[1]).ravel()])
    base = base + np.repeat(objective.decay, block_sizes(params)) * flatten(params)
    columns = np.zeros((len(base), len(rows)))
    for k, (n, j) in enumerate(zip(rows, units, strict=True)):
        # the weights into unit j, read row by row, are every so many entries from the j-th
        into_unit = slice(j, inputs.shape[1] * delta.shape[1], delta.shape[1])
        columns[into_unit, k] = (right - left) * moves[n, j] * inputs[n]
    return base, columns


def _kinks(objective: Objective, params: Params, tolerance: float) -> tuple[np.ndarray, np.ndarray]:
    """Examples and units whose pre-activation is 0 up to ``tolerance`` of its terms."""
    network = require_mlp(objective.network)
    (weights, bias), _ = network.layers(params)
    z = network.pre_activations(params, objective.inputs)[0]
    terms = np.abs(objective.inputs) @ np.abs(weights) + (0.0 if bias is None else np.abs(bias))
    rows, units = np.nonzero(np.abs(z) <= tolerance * terms)
    return rows, units
