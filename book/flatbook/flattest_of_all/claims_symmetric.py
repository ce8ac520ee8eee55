"""Without biases, on symmetric inputs, the least trace is a path norm."""

from functools import partial
from itertools import product

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.flattest_of_all.circles import certified, circle, least_trace, loudest_unit
from flatlib.losses import SquaredLoss
from flatlib.measures import flattest, hessian_trace
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.transforms import scale_neurons

_beyond = partial(claim, paper="beyond", page="flattest_of_all", verdict="holds")


@_beyond("SR23", place="to Wu et al., section 4")
def least_trace_is_a_path_norm(rng: np.random.Generator) -> Check:
    """Without biases, on inputs of which x and -x are equally likely, the least trace on an orbit
    is 2 tau times the path norm sum |a_k| |Sigma^(1/2) b_k|, tau^2 the trace of Sigma = E x x^T.

    A bounded path norm bounds the error on new examples; the check has the step that does it, sums
    of units with random signs, for all signs and all units of the plane.
    """
    found = np.array([_identity(rng) for _ in range(30)])
    sums = np.array([_random_signs(rng) for _ in range(6)])
    cases = [circle(count, rng) for count in (8, 16, 32)]
    return Check.all_of(
        "symmetrized samples, random signs, circles",
        [
            Check.equal("30 samples: trace", found[:, 0], found[:, 1], tolerance=1e-10),
            Check.equal("least trace on the orbit", found[:, 2], found[:, 3], tolerance=1e-8),
            Check.at_least("trace under random scalings over it", np.ones(30), found[:, 4]),
            Check.at_most("mean over all signs of the loudest unit", 2 * sums[:, 1], sums[:, 0]),
            Check.at_most("mean length of the sum of the points with signs", sums[:, 2],
                          sums[:, 1]),
            Check.at_least("the circle, 8, 16, 32 points: what the least trace without biases "
                           "cannot fall below, over the least found", np.full(3, 0.999),
                           [certified(*case) / least_trace(*case) for case in cases]),
            Check.at_least("that over the least trace with biases", np.full(3, 2.0),
                           [least_trace(*case) / (4 * np.sqrt(3)) for case in cases]),
        ],
    )  # fmt: skip


def _identity(rng: np.random.Generator) -> tuple[float, ...]:
    """Trace by formula and measured, least trace likewise, and of one random scaling over it."""
    dimension, units = (int(n) for n in rng.integers(2, 9, size=2))
    half = rng.normal(size=(int(rng.integers(3, 12)), dimension)) * np.exp(
        rng.normal(size=dimension)
    )
    inputs = _symmetrized(half)
    net = MLP((dimension, units, 1), bias=False)
    objective = Objective(net, SquaredLoss(1.0), inputs, rng.normal(size=(len(inputs), 1)))
    params = net.init(rng)
    norms, spread = _norms(params[0], inputs), _spread(inputs)
    outgoing = np.abs(params[1][:, 0])
    scaled = scale_neurons(net, [np.exp(rng.normal(size=units))])(params)
    least = 2 * spread * (outgoing @ norms)
    return (
        float((outgoing**2).sum() * spread**2 + (norms**2).sum()),
        hessian_trace(objective, params),
        least,
        flattest(objective, params, measure="trace").value,
        hessian_trace(objective, scaled) / least,
    )


def _symmetrized(half: np.ndarray) -> np.ndarray:
    return np.vstack([half, -half])


def _norms(incoming: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Of each unit, the root of the mean square of b^T x."""
    return np.sqrt(((inputs @ incoming) ** 2).mean(axis=0))


def _spread(inputs: np.ndarray) -> float:
    """The root of the trace of Sigma."""
    return float(np.sqrt((inputs**2).sum(axis=1).mean()))


def _random_signs(rng: np.random.Generator) -> tuple[float, float, float]:
    """Means over all signs of the loudest unit and of the length of the sum, and its bound."""
    points = rng.normal(size=(6, 2))
    signs = np.array(list(product((-1.0, 1.0), repeat=6)))
    loudest = np.mean([loudest_unit(points, sign) for sign in signs])
    lengths = np.linalg.norm(signs @ points, axis=1)
    return float(loudest), float(lengths.mean()), float(np.linalg.norm(points))
