"""Section 4.1: what the paper says around Theorem 2."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import taught
from flatlib.measures import Box, certified_box, growth_exponent, loss_bound
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.training import fit_output_layer
from flatlib.transforms import alpha_scale

_dinh = partial(claim, paper="dinh2017", page="volume")
_HEIGHT = 0.05


@_dinh("DINH-R4", place="section 4.1, before Theorem 2", verdict="holds")
def zero_layers_are_constant(rng: np.random.Generator) -> Check:
    """A layer of zeros makes the net a constant, which is assumed to be a bad fit.

    The assumption is the data's to keep: where the targets are constant, it is the best fit. The
    theorem does not need it, see S4.
    """
    net, biased = MLP((4, 6, 2), bias=False), MLP((4, 6, 2))
    objective, params = taught(net, 50, rng)
    dead = [(0 * params[0], params[1]), (params[0], 0 * params[1])]
    _, (weights, *rest) = taught(biased, 50, rng)
    constant = biased.predict((0 * weights, *rest), objective.inputs)
    best = objective.targets.var(axis=0).sum() / 2
    quiet = Objective(net, "squared", objective.inputs, 0 * objective.targets)
    return Check.all_of(
        "with theta_1 = 0 or theta_2 = 0 the net says one thing",
        [
            Check.equal("outputs", np.zeros((2, 50, 2)),
                        [objective.outputs(point) for point in dead]),
            Check.equal("with biases a constant too, not 0",
                        np.tile(constant[:1], (50, 1)), constant),
            Check.at_least("loss, at least that of the best constant", np.full(2, best),
                           [objective(point) for point in dead]),
            Check.at_least("which this minimum beats by", 0.05, best - objective(params)),
            Check.equal("targets 0: a layer of zeros is a best fit", [0.0, 0.0],
                        [quiet(point) for point in dead]),
        ],
    )  # fmt: skip


@_dinh("DINH-R5", place="section 4.1, after Theorem 2", verdict="holds")
def volume_ranks_nothing(rng: np.random.Generator) -> Check:
    """All minima being equally flat by volume, it cannot say which of them generalizes.

    Shown by two minima with training loss 0, one of which knows the function. A box around either
    can be made ten times as large as a box around the other.
    """
    net = MLP((3, 20, 2), bias=False)
    (train, knows), fresh = taught(net, 10, rng), rng.normal(size=(200, 3))
    test = Objective(net, "squared", fresh, net.predict(knows, fresh))
    guesses = fit_output_layer(train, net.init(rng))
    boxes = [certified_box(train, params, _HEIGHT) for params in (knows, guesses)]
    moved = [_tenfold(net, boxes[1], over=boxes[0]), _tenfold(net, boxes[0], over=boxes[1])]
    losses = [test(guesses), test(knows)]
    return Check.all_of(
        "either of two minima can be given the larger box, test losses as they were",
        [
            Check.equal("training losses", [0.0, 0.0],
                        [train(params) for params in (knows, guesses)], tolerance=1e-20),
            Check.at_least("test loss of the one that guesses", 1e-3, losses[0]),
            Check.equal("log of the ratio of volumes", [np.log(10)] * 2,
                        [moved[0].log_volume - boxes[0].log_volume,
                         moved[1].log_volume - boxes[1].log_volume], tolerance=1e-10),
            Check.equal("bound of the loss on the larger boxes",
                        [loss_bound(train, box) for box in reversed(boxes)],
                        [loss_bound(train, box) for box in moved], tolerance=1e-10),
            Check.equal("test losses", losses, [test(box.centre) for box in moved],
                        tolerance=1e-10),
        ],
    )  # fmt: skip


def _tenfold(net: MLP, box: Box, *, over: Box) -> Box:
    """The image of a box, on its orbit, that is ten times as large as another box."""
    exponent = growth_exponent(net)
    log_alpha = (over.log_volume - box.log_volume) / exponent + np.log(10) / exponent
    return box.scaled(alpha_scale(net, np.exp(log_alpha)).multipliers)
