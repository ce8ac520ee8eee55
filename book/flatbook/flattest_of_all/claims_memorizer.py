"""The memorizer: its Hessian has the same eigenvalues whatever the labels."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.flattest_of_all.scenes import curvatures, digits_150, good_xor, xor_cube
from flatlib.curvature import hessian
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP, Params
from flatlib.objective import Objective
from flatlib.training import memorizer

_beyond = partial(claim, paper="beyond", page="flattest_of_all", verdict="holds")
_SHARED = 1.0  # the derivative in the output bias, squared


@_beyond("SR20", place="to Wu et al., section 3; Dinh et al., section 3")
def memorizers_look_alike(rng: np.random.Generator) -> Check:
    """Inputs none of which is in the hull of the others can be fitted with a unit for each, and the
    Hessian there has the same eigenvalues for all labels 1 and -1 and all planes that separate.

    They are those of (2/N) [diag(2 |y_i| rho_i) + 1 1^T], rho_i the length of (x_i, 1), and zeros.
    """
    found = [_on_a_sphere(rng) for _ in range(40)]
    return Check.all_of(
        "random points on spheres, a cube, digits",
        [
            Check.at_most("40 problems: loss at the fit", np.full(40, 1e-20),
                          [loss for loss, _, _ in found]),
            Check.at_most("the Hessian's eigenvalues against the formula, relative to the largest",
                          np.full(40, 1e-10), [_gap(*pair) for _, *pair in found]),
            *_cube(),
            *_digits(),
        ],
    )  # fmt: skip


def _on_a_sphere(rng: np.random.Generator) -> tuple[float, np.ndarray, np.ndarray]:
    """Loss, predicted eigenvalues and those of the exact Hessian, all of them."""
    dimension, count = int(rng.integers(2, 7)), int(rng.integers(2, 9))
    points = rng.normal(size=(count, dimension))
    points *= rng.uniform(0.5, 3) / np.linalg.norm(points, axis=1)[:, None]
    targets = rng.choice([-1.0, 1.0], size=count) * np.exp(rng.normal() * rng.normal(size=count))
    net, params = memorizer(points, targets, tightness=rng.uniform(0.05, 0.95))
    objective = Objective(net, SquaredLoss(1.0), points, targets[:, None])
    found = np.linalg.eigvalsh(hessian(objective, params))
    zeros = np.zeros(len(found) - count)
    return objective(params), np.append(zeros, _predicted(points, targets)), found


def _predicted(inputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
    kernel = np.diag(2 * np.abs(targets) * _lengths(inputs)) + _SHARED
    return 2 / len(targets) * np.linalg.eigvalsh(kernel)


def _lengths(inputs: np.ndarray) -> np.ndarray:
    """Of (x, 1)."""
    return np.sqrt((inputs**2).sum(axis=1) + 1)


def _gap(predicted: np.ndarray, measured: np.ndarray) -> float:
    return float(np.abs(np.sort(predicted) - measured).max() / predicted.max())


def _cube() -> list[Check]:
    """A net that knows the rule and one that knows nothing, on 64 corners of 1024."""
    corners, labels = xor_cube()
    good, useless = good_xor(), memorizer(corners[:64], labels[:64])
    values = [curvatures(params, corners[:64]) for _, params in (good, useless)]
    traces = [value.sum() for value in values]
    return [
        Check.equal("the cube, trace of both, 4 sqrt 11 + 2", np.full(2, 4 * np.sqrt(11) + 2),
                    traces),
        Check.equal("right on all corners: the one that knows the rule", 1.0,
                    _right(*good, corners, labels)),
        Check.at_most("and the other, on the 960 not seen", 0.55,
                      _right(*useless, corners[64:], labels[64:])),
        Check.at_most("its largest eigenvalue over that of the good one", 0.6,
                      values[1].max() / values[0].max()),
    ]  # fmt: skip


def _right(net: MLP, params: Params, inputs: np.ndarray, labels: np.ndarray) -> float:
    return float((net.predict(params, inputs)[:, 0] * labels > 0).mean())


def _digits() -> list[Check]:
    data, checks = digits_150(), []
    for name, labels in (("true", data.labels), ("thrown", data.thrown)):
        values = [curvatures(memorizer(data.inputs, labels, tightness=t).params, data.inputs)
                  for t in (0.01, 0.5, 0.9)]  # fmt: skip
        checks.append(
            Check.equal(f"150 digits, {name} labels, three tightnesses: eigenvalues",
                        np.tile(_predicted(data.inputs, np.ones(150)), 3), np.concatenate(values),
                        tolerance=1e-10)
        )  # fmt: skip
    return checks
