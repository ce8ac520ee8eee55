"""Erratum S9: two words on weight normalization, and what its length keeps."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import on_noise
from flatbook.weight_normalization.scenes import quartic
from flatlib.curvature import gradient, hessian
from flatlib.measures import epsilon_sharpness, hessian_trace, spectral_norm
from flatlib.networks import MLP
from flatlib.transforms import VectorNormalization, WeightNormalization

_RADIUS = 0.1


@claim(
    "S9",
    paper="dinh2017",
    place="section 5.1, weight normalization",
    verdict="false as printed",
    page="weight_normalization",
    quote="for α ≠ 0 ... every minimum has infinite volume ε-sharpness",
)
def floors_and_signs(rng: np.random.Generator) -> Check:
    """T'_alpha keeps the function for alpha > 0 only, and what is infinite is volume flatness and
    not sharpness.

    Ours, beyond what the paper says "with respect to v": with s counted in neither curvature nor
    sharpness can fall below a floor, and sharpness has a ceiling.
    """
    loss, w, H = quartic(rng, size=3)
    g, u = VectorNormalization(3), w / np.linalg.norm(w)
    s, v = np.linalg.norm(w), w
    return Check.all_of(
        "a negative alpha; ours: the floor of s, and the formula at s = 0 and in one dimension",
        [
            Check.equal(
                "printed for alpha not 0: alpha = -2 gives the loss of -w",
                loss(-w),
                loss(g((s, -2 * v))),
            ),
            Check.at_least("and that is another loss", 0.1, loss(-w) - loss(w)),
            *_spectrum(g.objective(loss), s, v, u @ H @ u),
            _floor_of_a_layer(rng),
            *_sharpness(g.objective(loss), loss, s, v, rng),
            *_where_it_stops(rng),
        ],
    )


def _spectrum(composed, s, v, floor) -> list[Check]:
    """Norm and trace of the whole Hessian along the orbit, in units of the floor u H u^T."""
    alphas = np.geomspace(1e-2, 1e4, 25)
    norms = [spectral_norm(composed, (s, alpha * v)) for alpha in alphas]
    return [
        Check.at_least(
            "ours: full norm over u H u^T, 25 values of alpha", np.ones(25), np.array(norms) / floor
        ),
        Check.equal(
            "ours: and for alpha = 1e4 norm and trace are u H u^T",
            [floor, floor],
            [norms[-1], hessian_trace(composed, (s, 1e4 * v))],
            tolerance=1e-6,
        ),
    ]


def _floor_of_a_layer(rng) -> Check:
    """A network, at no minimum: for long directions the norm is that of the block without V."""
    net = MLP((3, 4, 2))
    objective = on_noise(net, 30, rng)
    g = WeightNormalization(net)
    eta = g.inverse(tuple(rng.normal(size=shape) for shape in net.param_shapes))
    matrix, rest = hessian(g.objective(objective), g.stretch(eta, 1e4)), ~g.is_direction
    before = hessian(g.objective(objective), eta)
    return Check.equal(
        "ours: a layer of a net, alpha = 1e4: the norm of the block without V",
        np.linalg.norm(before[np.ix_(rest, rest)], 2),
        np.linalg.norm(matrix, 2),
        tolerance=1e-5,
    )


def _sharpness(composed, loss, s, v, rng) -> list[Check]:
    """The full one, times 1 + L: between what s alone can do and the worst of a shell."""
    u, base = v / np.linalg.norm(v), loss(s * v / np.linalg.norm(v))
    along = max(loss((s + sign * _RADIUS) * u) for sign in (-1, 1)) - base
    rises = {
        alpha: (1 + base)
        * epsilon_sharpness(composed, (s, alpha * v), _RADIUS, rng, num_restarts=4)
        for alpha in (1e2, 1e-3)
    }
    shell = (s + _RADIUS) * _sphere(2001)
    return [
        Check.equal(
            "ours: full sharpness for alpha = 100: what moving s alone does",
            along,
            rises[1e2],
            tolerance=1e-3,
        ),
        Check.at_most(
            "ours: bounded, however small alpha is: by the worst loss of the shell",
            (max(loss(x) for x in shell) - base) * (1 + 1e-3),
            rises[1e-3],
        ),
    ]


def _sphere(number):
    """Points evenly spread over the unit sphere in three dimensions."""
    height = np.linspace(-1, 1, number)
    turn, width = np.arange(number) * np.pi * (3 - 5**0.5), np.sqrt(1 - height**2)
    return np.stack([width * np.cos(turn), width * np.sin(turn), height], axis=1)


def _where_it_stops(rng) -> list[Check]:
    """S = 0 across a slope: no gradient, a cross block; and one dimension: nothing across."""
    slope, across = np.array([3.0, 0.0]), np.array([0.0, rng.uniform(1, 2)])
    tilted = VectorNormalization(2).objective(lambda x: x @ slope + (x @ x) / 2)
    one = VectorNormalization(1).objective(lambda x: (x[0] - 2.0) ** 2)
    return [
        Check.equal(
            "ours: s = 0 and v across the slope: gradient 0",
            np.zeros(3),
            gradient(tilted, (0.0, across)),
        ),
        Check.equal(
            "ours: but a cross block, slope / |v|, where the formula says 0",
            3.0 / across[1],
            hessian(tilted, (0.0, across))[0, 1],
        ),
        Check.equal(
            "ours: in one dimension v has no curvature to scale",
            [[2.0, 0.0], [0.0, 0.0]],
            hessian(one, (2.0, np.array([0.5]))),
        ),
    ]
