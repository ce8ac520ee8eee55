"""Section 5.1: weight normalization, w = s v / |v|, and the orbit v -> alpha v."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import on_noise
from flatbook.weight_normalization.scenes import quartic
from flatlib.curvature import hessian
from flatlib.measures import epsilon_sharpness
from flatlib.networks import MLP
from flatlib.params import block_sizes
from flatlib.transforms import VectorNormalization, WeightNormalization

_ALPHAS = np.array([1e-3, 0.1, 10.0, 1e3])


@claim(
    "DINH-WN",
    paper="dinh2017",
    place="section 5.1, weight normalization",
    verdict="holds",
    page="weight_normalization",
)
def directions_can_be_scaled(rng: np.random.Generator) -> Check:
    """With w = s v / |v| the loss does not see alpha in v -> alpha v; with respect to v alone every
    minimum has infinite volume, can be made as sharp or as flat as one likes, and sharpness can be
    made arbitrarily low or high.

    Read with alpha > 0, see S9. The paper has the two other conditions: w is "a nonzero weight", so
    that s is not 0, and the eigenvalues are the "nonzero eigenvalues", so that H curves across w.
    """
    loss, w, H = quartic(rng, size=4)
    g = VectorNormalization(4)
    eta = (np.linalg.norm(w), rng.uniform(0.5, 2) * w)
    return Check.all_of(
        "the Hessian in (s, v), its blocks along the orbit, and what that does to the three rulers",
        [
            *_blocks_at_a_minimum(g.objective(loss), eta, w, H),
            *_orbit_of_a_layer(rng),
            *_volume(g, loss, eta, rng),
            *_sharpness(g, loss, eta, rng),
        ],
    )


def _blocks_at_a_minimum(composed, eta, w, H) -> list[Check]:
    """Ours: the three blocks in closed form, with P the projection across v."""
    length, (s, v) = np.linalg.norm(eta[1]), eta
    u, measured = w / np.linalg.norm(w), hessian(composed, eta)
    P = np.eye(len(u)) - np.outer(u, u)
    return [
        Check.equal("ours: s block, u H u^T", u @ H @ u, measured[0, 0], tolerance=1e-10),
        Check.equal(
            "ours: cross block, (s/|v|) u H P",
            s / length * (u @ H @ P),
            measured[0, 1:],
            tolerance=1e-10,
        ),
        Check.equal(
            "ours: v block, (s/|v|)^2 P H P",
            (s / length) ** 2 * P @ H @ P,
            measured[1:, 1:],
            tolerance=1e-10,
        ),
        Check.equal("v itself is a null vector", np.zeros(5), measured[:, 1:] @ v),
    ]


def _orbit_of_a_layer(rng) -> list[Check]:
    """Networks, at points that are no minima: outputs, and the blocks of the Hessian."""
    parts = []
    for sizes, bias, layer in [((4, 5, 3), True, 1), ((3, 4, 4, 2), False, 2)]:
        net = MLP(sizes, bias=bias)
        objective, g = on_noise(net, 30, rng), WeightNormalization(net, layer=layer)
        params = tuple(rng.normal(size=shape) for shape in net.param_shapes)
        name, eta = f"{len(sizes) - 1} layers, layer {layer}", g.inverse(params)
        outputs = [objective.outputs(g(g.stretch(eta, alpha))) for alpha in _ALPHAS]
        expected = np.tile(objective.outputs(params), (len(_ALPHAS), 1, 1))
        parts.append(Check.equal(f"{name}: outputs", expected, np.array(outputs)))
        parts += _scaled_blocks(name, g, g.objective(objective), eta)
    return parts


def _scaled_blocks(name, g, composed, eta) -> list[Check]:
    """V block times alpha^2 and cross block times alpha are what they were."""
    before, parts = hessian(composed, eta), []
    for alpha in _ALPHAS:
        d = np.where(g.is_direction, 1 / alpha, 1.0)
        after = hessian(composed, g.stretch(eta, alpha)) / np.outer(d, d)
        words = f"{name}, alpha = {alpha:g}: blocks scale"
        parts.append(Check.equal(words, before, after, tolerance=1e-10, sizes=block_sizes(eta)))
    return parts


def _volume(g, loss, eta, rng) -> list[Check]:
    """Boxes around (s, alpha v): all below the level, disjoint, and their volumes do not shrink."""
    shifts = rng.uniform(-0.05, 0.05, size=(200, 5))
    boxes = [
        np.array([loss(g((eta[0] + d[0], alpha * (eta[1] + d[1:])))) for d in shifts])
        for alpha in (1.0, *_ALPHAS)
    ]
    length = np.linalg.norm(eta[1])
    return [
        Check.equal(
            "the same losses in a box around v and in the box stretched by alpha",
            np.tile(boxes[0], (4, 1)),
            np.array(boxes[1:]),
            tolerance=1e-9,
        ),
        Check.at_least(
            "stretched by powers of 2 they never meet: infinite volume",
            1.0,
            2 * (length - 0.1) / (length + 0.1),
        ),
    ]


def _sharpness(g, loss, eta, rng) -> list[Check]:
    """In v alone: towards 0 for large alpha; for small alpha the worst loss over the sphere |s|."""
    radius = 0.1

    def in_v(alpha):
        return epsilon_sharpness(
            lambda v: loss(g((eta[0], v))), alpha * eta[1], radius, rng, num_restarts=4
        )

    curved = hessian(lambda v: loss(g((eta[0], v))), eta[1])
    base = 1 + loss(g(eta))
    second = np.linalg.eigvalsh(curved)[-1] * radius**2 / (2 * base)
    worst = eta[0] * _directions(rng, 4)
    return [
        Check.equal(
            "sharpness in v falls like alpha^(-2)",
            [1e-4, 1e-6],
            [in_v(1e2) / second, in_v(1e3) / second],
            tolerance=1e-2,
        ),
        Check.at_least(
            "and rises to the worst loss on the sphere, 2000 points of it",
            max(loss(w) - loss(g(eta)) for w in worst) / base,
            in_v(1e-3) * (1 + 1e-9),
        ),
    ]


def _directions(rng, size):
    rows = rng.normal(size=(2000, size))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
