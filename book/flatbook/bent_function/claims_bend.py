"""A floor under the largest eigenvalue, from the function alone."""

from functools import partial

import numpy as np

from flatbook.bent_function.floors import bend_floor, side_floor
from flatbook.bent_function.scenes import drawn, halved, largest, scaled
from flatbook.check import Check
from flatbook.claim import claim
from flatlib.networks import MLP

_beyond = partial(claim, paper="beyond", page="bent_function", verdict="holds")


@_beyond("SR25", place="to Dinh et al., section 4.2; after Mulayoff, Michaeli, Soudry (2021)")
def a_bend_has_a_price(rng: np.random.Generator) -> Check:
    """A two-layer ReLU network of one input that fits its data has a largest eigenvalue of at least
    2 plus 4 times the integral of g over ``|f''|``: at every representation of f, of any width.

    The floor that knows on which side each unit fires is at least as high, and the eigenvalue above
    that, too.
    """
    ratios, orders, moved = [], [], []
    for _ in range(60):
        inputs, params = np.sort(rng.uniform(-2, 2, size=rng.integers(2, 9))), drawn(rng, 5)
        net = MLP((1, 5, 1))
        low, high = bend_floor(net, params, inputs), side_floor(net, params, inputs)
        wide = halved(params)
        factors = np.exp(rng.normal(size=(2, 5)))
        values = [largest(scaled(params, some), inputs) for some in factors]
        ratios.append(min(*values, largest(wide, inputs)) / high)
        orders.append(high / low)
        moved.append(bend_floor(MLP((1, 6, 1)), wide, inputs) / low)
    one = np.full(60, 1 - 1e-12)
    return Check.all_of(
        "60 networks, each scaled twice and with one unit in two copies",
        [
            Check.at_least("eigenvalue over the floor of its units", one, ratios),
            Check.at_least("that floor over the floor of the function", one, orders),
            Check.equal("the latter does not see the copy", np.ones(60), moved, tolerance=1e-12),
            _attained(),
        ],
    )  # fmt: skip


def _attained() -> Check:
    """Two inputs, two hinges."""
    inputs, slopes = np.array([-1.0, 1.0]), np.array([0.3, 1.0, 2.0])
    floors, values = [], []
    for a in slopes:
        w = np.sqrt(2) * a
        params = np.array([[w, -w]]), np.zeros(2), np.array([[a], [a]]), np.zeros(1)
        floors.append(bend_floor(MLP((1, 2, 1)), params, inputs))
        values.append(largest(params, inputs))
    return Check.all_of(
        "x = -1, 1 and f = a relu(wx) + a relu(-wx) with w² = 2a²: 2 + 4a²",
        [
            Check.equal("the eigenvalue", 2 + 4 * slopes**2, values, tolerance=1e-12),
            Check.equal("the floor", 2 + 4 * slopes**2, floors, tolerance=1e-12),
        ],
    )
