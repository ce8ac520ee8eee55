"""Not only the Hessian: in a ball the whole loss is one function for all labels."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.flattest_of_all.scenes import digits_150
from flatlib.networks import Params
from flatlib.training import memorizer

_beyond = partial(claim, paper="beyond", page="flattest_of_all", verdict="holds")
_COUNT = 40
_TIGHTNESS = (0.5, 0.9)


@_beyond("SR22", place="to Dinh et al., section 3")
def the_ball_looks_alike(rng: np.random.Generator) -> Check:
    """At a tightness of one half or more, with the output bias held, the loss around a memorizer of
    labels 1 and -1 is one function for all labels and planes, out to the radius sqrt(r-) / r+.

    r- and r+ are the least and the largest rho. Twice as far it is not.
    """
    data = digits_150()
    inputs, cases = data.inputs[:_COUNT], []
    for labels in (data.labels[:_COUNT], data.thrown[:_COUNT]):
        cases += [(labels, memorizer(inputs, labels, tightness=t).params) for t in _TIGHTNESS]
    radius = np.sqrt(_lengths(inputs).min()) / _lengths(inputs).max()
    anywhere = [_random_moves(inputs, radius * share, rng) for share in rng.uniform(0.1, 1, 10)]
    return Check.all_of(
        "40 digits, two labelings, two tightnesses",
        [
            Check.equal("ten random moves: loss",
                        np.repeat([_one_loss(inputs, *move) for move in anywhere], len(cases)),
                        [_loss(inputs, case, move) for move in anywhere for case in cases]),
            Check.at_most("moves that push a neighbour over the threshold of a unit, just inside "
                          "the radius: relative difference", np.full(len(cases), 1e-10),
                          [_worst(inputs, case, 0.999 * radius) for case in cases]),
            Check.at_least("at twice what holds a neighbour below at tightness one half",
                           0.1, _worst(inputs, cases[0], None)),
        ],
    )  # fmt: skip


def _lengths(inputs: np.ndarray) -> np.ndarray:
    return np.sqrt((inputs**2).sum(axis=1) + 1)


def _random_moves(inputs: np.ndarray, length: float, rng: np.random.Generator):
    """Of B, c and a times y: one vector of this length."""
    dimension, count = inputs.shape[1], len(inputs)
    step = rng.normal(size=(dimension + 2, count))
    step *= length / np.linalg.norm(step)
    return step[:dimension], step[dimension], step[dimension + 1]


def _one_loss(inputs: np.ndarray, incoming, biases, outgoing) -> float:
    """The function that all of them share."""
    scales = np.sqrt(_lengths(inputs))
    heard = scales + (inputs * incoming.T).sum(axis=1) + biases
    return float((((1 / scales + outgoing) * heard - 1) ** 2).mean())


def _turned(outgoing: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The isometry: moves of output weights by the sign of the label."""
    return outgoing * labels


def _loss(inputs: np.ndarray, case: tuple[np.ndarray, Params], move, last: float = 0.0) -> float:
    labels, (incoming, biases, outgoing, _) = case
    hidden = np.maximum(inputs @ (incoming + move[0]) + biases + move[1], 0)
    outputs = hidden @ (outgoing[:, 0] + _turned(move[2], labels)) + last
    return float(((outputs - labels) ** 2).mean())


def _worst(inputs: np.ndarray, case: tuple[np.ndarray, Params], length: float | None) -> float:
    """Largest relative difference over the moves of single units towards their neighbours."""
    incoming, biases, *_ = case[1]
    z = inputs @ incoming + biases
    np.fill_diagonal(z, -np.inf)
    gaps = []
    for unit, near in enumerate(z.argmax(axis=0)):
        reach = _lengths(inputs)[near]
        far = 2 * np.sqrt(_lengths(inputs)[unit]) / reach if length is None else length
        move = [np.zeros_like(incoming), np.zeros_like(biases), np.zeros_like(biases)]
        move[0][:, unit], move[1][unit] = far * inputs[near] / reach, far / reach
        same = _one_loss(inputs, *move)
        gaps.append(abs(_loss(inputs, case, move) - same) / same)
    return float(max(gaps))
