"""Beyond both papers: a good minimum and a bad one are two points of one flat region."""

from itertools import pairwise

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.reconciliation import prior
from flatbook.reconciliation.experiment_connection import CONNECTION, LIMIT
from flatbook.reconciliation.segments import highest_loss
from flatbook.reconciliation.ways import between, walk
from flatbook.volume_and_accuracy.experiment_ranking import RANKING
from flatbook.volume_and_accuracy.interpolation import interpolate
from flatlib.data import digits, parity
from flatlib.losses import SquaredLoss
from flatlib.networks import MLP
from flatlib.objective import Objective

ONE_UNIT = MLP((2, 1, 1))
CLEAN, WRONG = 60, 200


def one_unit(slope: float):
    """Of relu(x_1 + slope x_2): params of `ONE_UNIT`."""
    return np.array([[1.0], [slope]]), np.zeros(1), np.ones((1, 1)), np.zeros(1)


@claim(
    "EXT17",
    paper="beyond",
    place="Wu et al., sections 3.2 and 5.2, appendix B; Dinh et al., definition 1",
    verdict="illustrated",
    page="reconciliation",
    quote="seperate the good and bad solutions into different valleys",
    tables=("connection", "ranking"),
)
def good_and_bad_are_connected(rng: np.random.Generator) -> Check:
    """A connected flat region holds many functions, good ones and bad ones, and has one mass.

    For one unit and one example it holds relu(x_1 + t x_2) for all t. In the ranking experiment
    the clean net and the one with 600 wrong labels are joined by nets that fit the same 150
    images, with a loss of at most 1e-5 everywhere between them; from starts of their own, too.
    """
    return Check.all_of(
        "one region, good minima and bad ones",
        [*_one_example(rng), *_stored(), *_small(rng)],
    )


def _one_example(rng: np.random.Generator) -> list[Check]:
    """The example x = (1, 0), y = 1; without biases the region is a strip times a line."""
    here, there = one_unit(0.0), one_unit(50.0)
    case, width = (np.array([[1.0, 0.0]]), np.ones(1)), 0.2
    said = [ONE_UNIT.predict(params, [[0.0, 1.0]])[0, 0] for params in (here, there)]
    theta = rng.normal(size=(prior.SAMPLES, 3))
    inside = np.abs(theta[:, 2] * np.maximum(theta[:, 0], 0) - 1) < width
    exact = prior.mass(1.0, width)
    return [
        Check.equal("one example: highest loss between them", 0.0,
                    highest_loss(ONE_UNIT, here, there, *case)),
        Check.equal("what they say at (0, 1)", [0.0, 50.0], said),
        Check.equal("mass of the region that holds both, within 4 standard errors", exact,
                    inside.mean(), tolerance=4 * np.sqrt((1 - exact) / exact / len(theta))),
    ]  # fmt: skip


def _stored() -> list[Check]:
    """Sixteen ways on digits, eight of them between nets of the ranking."""
    table = CONNECTION.table()
    worst = RANKING.table().where(attack=600)["unused_accuracy"]
    accuracy = table["accuracy"]
    return [
        Check.equal("bad ends of eight ways: the nets with 600 wrong labels of the ranking",
                    worst, table.where(start="same")["accuracy"][:, -1], tolerance=1e-5),
        Check.at_most("loss of the nets on sixteen ways", np.full((16, 101), 1e-20), table["loss"]),
        Check.at_most("highest loss between them", np.full((16, 100), LIMIT), table["highest"]),
        Check.at_least("highest loss on the straight line", np.full(16, 0.1),
                       table["straight"]),
        Check.at_least("good end: accuracy on unused images", np.full(16, 0.85), accuracy[:, 0]),
        Check.at_least("it falls by", np.full(16, 0.5), accuracy[:, 0] - accuracy[:, -1]),
    ]  # fmt: skip


def _small(rng: np.random.Generator) -> list[Check]:
    """A way made afresh, and its loss looked at between the nets."""
    inputs, answers = _parity(rng)
    net, clean = MLP((64, 20, 1)), slice(CLEAN)
    targets = np.where(np.arange(len(answers)) < CLEAN, answers, -answers)
    good = interpolate(net, net.init(rng), inputs[clean], targets[clean])
    bad = interpolate(net, net.init(rng), inputs[: CLEAN + WRONG], targets[: CLEAN + WRONG])
    way = walk(net, good, bad, (inputs[clean], targets[clean]), steps=20)
    risk = Objective(net, SquaredLoss(1.0), inputs[clean], targets[clean, None])
    losses = [
        risk(between(*pair, share)) for pair in pairwise(way.nets) for share in (0.2, 0.4, 0.6, 0.8)
    ]
    rest = slice(CLEAN + WRONG, None)
    hits = [(net.predict(p, inputs[rest])[:, 0] * answers[rest] > 0).mean() for p in (good, bad)]
    return [
        Check.at_most("20 units, 60 digits: loss at samples between the nets",
                      np.full(len(losses), LIMIT), losses),
        Check.at_least("the highest is no lower, by", 0.0, way.highest.max() - max(losses)),
        Check.at_least("accuracy falls by", 0.2, hits[0] - hits[1]),
    ]  # fmt: skip


def _parity(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """All training digits in an order of their own, and 1 for odd, -1 for even."""
    data = digits()
    order = rng.permutation(len(data.train_inputs))
    return data.train_inputs[order], parity(data.train_labels[order])[:, 0]
