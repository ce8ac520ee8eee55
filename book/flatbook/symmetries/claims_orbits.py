"""Section 3 and supplement B: the orbit of a network under scaling."""

from functools import partial
from itertools import pairwise

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.symmetries.scenes import ALPHAS
from flatlib.data import teacher_student
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.transforms import alpha_scale, scale_layers, scale_neurons

_dinh = partial(claim, paper="dinh2017", page="symmetries")


@_dinh("DINH-R3", place="section 3, before Definition 5", verdict="holds")
def infinitely_many_equivalents(rng: np.random.Generator) -> Check:
    """Unless both layers are 0, the (alpha theta_1, theta_2 / alpha) are infinitely many equals."""
    net = MLP((3, 5, 2), bias=False)
    teacher = teacher_student(net, 40, rng)
    family = [alpha_scale(net, alpha)(teacher.params) for alpha in np.geomspace(0.1, 10, 41)]
    steps = [np.linalg.norm(flatten(one) - flatten(two)) for one, two in pairwise(family)]
    dead = (0 * teacher.params[0], teacher.params[1])
    return Check.all_of(
        "41 points of the family: all different, all the same function",
        [
            Check.equal(
                "outputs",
                np.tile(teacher.targets, (41, 1, 1)),
                np.array([net.predict(params, teacher.inputs) for params in family]),
            ),
            Check.at_least("distance from each point to the next", 0.01, min(steps)),
            Check.at_least(
                "one zero layer does not stop it: the other still moves",
                1.0,
                np.linalg.norm(flatten(alpha_scale(net, 0.1)(dead)) - flatten(dead)),
            ),
        ],
    )


@_dinh("DINH-D5", place="section 3, Definition 5", verdict="holds")
def alpha_scale_transformation(rng: np.random.Generator) -> Check:
    """T_alpha: (theta_1, theta_2) -> (alpha theta_1, theta_2 / alpha) keeps generalization."""
    shallow, deep = MLP((4, 6, 3), bias=False), MLP((4, 6, 5, 7, 3))
    parts = []
    for loss in ("squared", "cross_entropy"):
        inputs, labels = rng.normal(size=(60, 4)), rng.integers(3, size=60)
        targets = labels if loss == "cross_entropy" else np.eye(3)[labels]
        for name, net, layers in [
            ("two layers", shallow, (1, 2)),
            ("layers 2, 3 of 4", deep, (2, 3)),
        ]:
            objective = Objective(net, loss, inputs, targets)
            params = tuple(rng.normal(size=shape) for shape in net.param_shapes)
            losses = [objective(alpha_scale(net, alpha, layers=layers)(params)) for alpha in ALPHAS]
            before = np.full(len(ALPHAS), objective(params))
            parts.append(Check.equal(f"{loss} loss, {name}", before, losses))
    factors = [rng.lognormal(size=size) for size in deep.hidden_sizes]
    parts.append(
        Check.equal(
            "one factor for each hidden unit",
            deep.predict(params, inputs),
            deep.predict(scale_neurons(deep, factors)(params), inputs),
        )
    )
    return Check.all_of("the loss is the same for alpha from 1e-3 to 1e3", parts)


@_dinh("DINH-L1", place="section 4.1", verdict="holds")
def determinant_and_group_law(rng: np.random.Generator) -> Check:
    """Det T_alpha = alpha^(n_1 - n_2), and T_alpha T_beta = T_(alpha beta)."""
    net, (alpha, beta) = MLP((5, 8, 3), bias=False), rng.lognormal(size=2)
    t_alpha, t_beta = alpha_scale(net, alpha), alpha_scale(net, beta)
    _, log_det = np.linalg.slogdet(np.diag(t_alpha.multipliers))
    params = net.init(rng)
    return Check.all_of(
        "T_alpha is a group of diagonal maps with the determinant stated",
        [
            Check.equal("log det = (n_1 - n_2) log alpha", (40 - 24) * np.log(alpha), log_det),
            Check.equal("the library's log_det", (40 - 24) * np.log(alpha), t_alpha.log_det),
            Check.equal(
                "T_alpha T_beta = T_(alpha beta)",
                flatten(alpha_scale(net, alpha * beta)(params)),
                flatten(t_alpha(t_beta(params))),
            ),
            Check.equal(
                "T_(1/alpha) undoes T_alpha",
                flatten(params),
                flatten(t_alpha.inverse(t_alpha(params))),
            ),
        ],
    )


@_dinh("DINH-SB", place="supplement B", verdict="holds")
def biases_scale_cumulatively(rng: np.random.Generator) -> Check:
    """With biases, b_k is multiplied by alpha_1 ... alpha_k, and the last one stays."""
    net = MLP((3, 5, 4, 6, 2))
    teacher = teacher_student(net, 60, rng)
    alphas = rng.lognormal(size=4)
    alphas /= alphas.prod() ** (1 / 4)
    scaled = scale_layers(net, alphas)(teacher.params)
    naive = tuple(
        alpha * array for array, alpha in zip(teacher.params, np.repeat(alphas, 2), strict=True)
    )
    off = np.abs(net.predict(naive, teacher.inputs) - teacher.targets).max()
    return Check.all_of(
        "cumulative scaling of the biases keeps the function, layer by layer does not",
        [
            Check.equal("outputs", teacher.targets, net.predict(scaled, teacher.inputs)),
            Check.equal("the output bias stays", teacher.params[-1], scaled[-1]),
            Check.at_least(
                "b_k times alpha_k alone: another function, by",
                0.01,
                off / np.abs(teacher.targets).max(),
            ),
        ],
    )
