"""Section 3 and supplement B: homogeneity and what it does to the parameters."""

from functools import partial
from itertools import pairwise

import numpy as np

from flatlib.activations import ACTIVATIONS, homogeneity_error, leaky_relu
from flatlib.claims.check import Check
from flatlib.claims.registry import claim
from flatlib.data import teacher_student
from flatlib.networks import MLP
from flatlib.objective import Objective
from flatlib.params import flatten
from flatlib.transforms import alpha_scale, scale_layers, scale_neurons

ALPHAS = 10.0 ** np.arange(-3, 4)
_dinh = partial(claim, paper="dinh2017", page="symmetries")


@_dinh("DINH-D4", place="section 3, Definition 4", verdict="holds")
def homogeneous_of_degree_one(rng: np.random.Generator) -> Check:
    """A map is non-negative homogeneous if phi(alpha z) = alpha phi(z) for all z and alpha >= 0."""
    z, alphas = rng.normal(size=1000), ALPHAS[:, None]
    parts = [
        Check.equal(f"{name} is", alphas * phi(z), phi(alphas * z))
        for name, phi in ACTIVATIONS.items()
        if phi.degree == 1
    ]
    parts += [
        Check.at_least(
            f"{name} is not: largest relative error",
            0.1,
            max(homogeneity_error(phi, z, alpha) for alpha in ALPHAS),
        )
        for name, phi in ACTIVATIONS.items()
        if phi.degree != 1
    ]
    return Check.all_of("the definition separates relu, leaky relu and linear from the rest", parts)


@_dinh("DINH-T1", place="section 3, Theorem 1", verdict="holds")
def relu_is_homogeneous(rng: np.random.Generator) -> Check:
    """The rectifier relu(z) = max(z, 0) is non-negative homogeneous."""
    relu, z = ACTIVATIONS["relu"], rng.normal(size=1000)
    alphas = np.append(0.0, ALPHAS)[:, None]
    a, b = rng.normal(size=2)
    kinked = leaky_relu(b / a)
    return Check.all_of(
        "relu(alpha z) = alpha relu(z) for alpha from 0 to 1000",
        [
            Check.equal("relu, 1000 points, 8 scales", alphas * relu(z), relu(alphas * z)),
            Check.equal(
                "so is a max(z, 0) + b min(z, 0), for any a and b",
                alphas * (a * np.maximum(z, 0) + b * np.minimum(z, 0)),
                a * kinked(alphas * z),
            ),
            Check.at_least(
                "alpha = -1 is excluded for good reason",
                0.5,
                np.abs(relu(-z) + relu(z)).max() / np.abs(z).max(),
            ),
        ],
    )


@_dinh("DINH-E2", place="section 3, displayed equation after Theorem 1", verdict="holds")
def scale_moves_between_layers(rng: np.random.Generator) -> Check:
    """phi(x alpha theta_1) theta_2 = phi(x theta_1) (alpha theta_2): either layer can carry it."""
    net = MLP((5, 8, 3), bias=False)
    theta_1, theta_2 = net.init(rng)
    inputs = rng.normal(size=(50, 5))
    first = [net.predict((alpha * theta_1, theta_2), inputs) for alpha in ALPHAS]
    second = [net.predict((theta_1, alpha * theta_2), inputs) for alpha in ALPHAS]
    return Check.all_of(
        "(alpha theta_1, theta_2) and (theta_1, alpha theta_2) are the same function",
        [
            Check.equal(f"alpha = {alpha:g}", one, two)
            for alpha, one, two in zip(ALPHAS, first, second, strict=True)
        ],
    )


@_dinh(
    "DINH-R2",
    place="section 3, last remark",
    verdict="holds, with a condition the paper leaves out",
)
def other_maps_share_it(rng: np.random.Generator) -> Check:
    """Deep linear networks, leaky rectifiers and maxout networks share the property.

    The condition left out: maxout (and a leaky rectifier) with a bias needs the bias scaled too.
    """
    inputs, alpha = rng.normal(size=(50, 4)), 10.0
    pieces, offsets, theta_2 = (rng.normal(size=s) for s in [(3, 4, 6), (3, 1, 6), (6, 2)])
    before = _maxout(inputs, pieces, offsets, theta_2)
    naive = _maxout(inputs, alpha * pieces, offsets, theta_2 / alpha)
    leaky, linear = MLP((4, 6, 2), "leaky_relu"), MLP((4, 6, 2), "linear", bias=False)
    teacher, params = teacher_student(leaky, 50, rng), linear.init(rng)
    mixing = rng.normal(size=(6, 6))
    mixed = (params[0] @ mixing, np.linalg.solve(mixing, params[1]))
    return Check.all_of(
        "the same scaling works for leaky, linear and maxout nets, biases included",
        [
            Check.equal(
                "leaky relu with biases",
                teacher.targets,
                leaky.predict(alpha_scale(leaky, alpha)(teacher.params), teacher.inputs),
            ),
            Check.equal(
                "deep linear: theta_1 A and A^-1 theta_2 for any invertible matrix A",
                linear.predict(params, inputs),
                linear.predict(mixed, inputs),
                tolerance=1e-10,
            ),
            Check.equal(
                "maxout, bias scaled",
                before,
                _maxout(inputs, alpha * pieces, alpha * offsets, theta_2 / alpha),
            ),
            Check.at_least(
                "maxout, bias left alone: another function, by",
                0.01,
                np.abs(naive - before).max() / np.abs(before).max(),
            ),
        ],
    )


def _maxout(inputs, pieces, offsets, theta_2):
    """One maxout layer (the largest of three affine maps for each unit) and a linear one."""
    return (inputs @ pieces + offsets).max(axis=0) @ theta_2


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
            losses = [objective(alpha_scale(net, alpha, layers)(params)) for alpha in ALPHAS]
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
