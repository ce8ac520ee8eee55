"""What the volume of the solutions depends on, and on what it does not."""

from functools import partial

import numpy as np
from scipy.special import ndtr

from flatbook.check import Check
from flatbook.claim import claim
from flatlib.measures import outputs_of_many, solution_volume
from flatlib.networks import MLP

_beyond = partial(claim, paper="beyond", page="volume_is_accuracy", verdict="holds")


@_beyond("SR4", place="to Dinh et al., sections 4 and 5")
def only_the_signs_matter(rng: np.random.Generator) -> Check:
    """The volume depends on the law of the start only through the law of the signs at the inputs:
    no rescaling of layers moves it, nor a reparametrization that carries the law along.

    With biases a rescaling must multiply the bias of layer j by the factors of layers 1 to j. A
    law that is not carried along is another law, with another volume.
    """
    inputs = rng.normal(size=(4, 5))
    return Check.all_of(
        "labels of 5,000 networks before and after, and volumes against orthants",
        [
            *(_same_labels(bias, inputs, rng) for bias in (False, True)),
            _opposite_labels(inputs, rng),
            *_carried_along(rng),
        ],
    )


def _same_labels(bias: bool, inputs: np.ndarray, rng: np.random.Generator) -> Check:
    net = MLP((5, 8, 8, 1), bias=bias)
    thetas = rng.normal(size=(5000, net.num_params))
    factors = np.exp(rng.normal(size=(5000, 3)) + np.log([7.0, 0.01, 300.0]))
    moved = thetas * np.exp(np.log(factors) @ np.repeat(_powers(net), _sizes(net), axis=1))
    signs = [np.sign(outputs_of_many(net, each, inputs)) for each in (thetas, moved)]
    name = "with biases" if bias else "no biases"
    return Check.equal(f"{name}, each layer and each network with a factor of its own: "
                       "labels that change", 0, int((signs[0] != signs[1]).sum()),
                       tolerance=0.0)  # fmt: skip


def _sizes(net: MLP) -> list[int]:
    return [int(np.prod(shape)) for shape in net.param_shapes]


def _powers(net: MLP) -> np.ndarray:
    """Row j: the power of the factor of layer j that goes into each array of the network."""
    rows = np.zeros((net.depth, len(net.param_shapes)))
    for position, shape in enumerate(net.param_shapes):
        layer = position // (1 + net.bias)
        rows[layer if len(shape) == 2 else slice(layer + 1), position] = 1.0
    return rows


def _opposite_labels(inputs: np.ndarray, rng: np.random.Generator) -> Check:
    """To a network belongs the one with the opposite last layer."""
    net = MLP((5, 8, 1))
    thetas = rng.normal(size=(5000, net.num_params))
    mirrored = thetas.copy()
    mirrored[:, -sum(_sizes(net)[2:]) :] *= -1
    outputs = [outputs_of_many(net, each, inputs) for each in (thetas, mirrored)]
    return Check.equal("the last layer turned round: all outputs", -outputs[0], outputs[1])


def _cubes(normals: np.ndarray) -> np.ndarray:
    return normals**3


def _uniform(normals: np.ndarray) -> np.ndarray:
    return 2 * ndtr(normals) - 1


def _carried_along(rng: np.random.Generator) -> list[Check]:
    """A line through the origin that is right on (1, 0) and (1, -2), and three laws."""
    net, inputs = MLP((2, 1), bias=False), np.array([[1.0, 0.0], [1.0, -2.0]])
    slopes = {"normal": 2.0, "cubes of normal": np.cbrt(2.0)}
    exact = {name: 0.25 + np.arcsin(1 / np.hypot(1, s)) / (2 * np.pi) for name, s in slopes.items()}
    exact["uniform"] = 5 / 16  # an area in the square
    starts = {"normal": None, "cubes of normal": _cubes, "uniform": _uniform}
    checks = []
    runs = {"num_particles": 200, "num_replicates": 30}  # from few, the error itself is uncertain
    for name, start in starts.items():
        found = solution_volume(net, inputs, [1, 1], rng, start=start, **runs).volume
        checks.append(
            Check.equal(f"{name} weights: volume", exact[name], found.value,
                        tolerance=5 * found.standard_error / exact[name])
        )  # fmt: skip
    return checks
