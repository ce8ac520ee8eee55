"""Section 4.2, Theorem 4: a minimum made as sharp as one likes, and its proof step by step."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.sharpest_direction.scenes import minima
from flatbook.three_notions.scenes import taught
from flatlib.curvature import certify, hessian
from flatlib.measures import frobenius_norm, hessian_trace, sharpening_alpha, spectral_norm
from flatlib.networks import MLP, Conv, ConvNet, Dense, MaxPool
from flatlib.objective import Objective
from flatlib.transforms import alpha_scale

_dinh = partial(claim, paper="dinh2017", page="sharpest_direction")
TARGETS = (1e2, 1e4, 1e8)
RULES = ("norm", "entry", "paper")


@_dinh("DINH-T4", place="section 4.2, Theorem 4", verdict="holds")
def as_sharp_as_you_like(rng: np.random.Generator) -> Check:
    """For a minimum whose Hessian is not 0 and every M there is an alpha such that the Hessian at
    T_alpha theta has spectral norm at least M.

    The Hessian is computed anew at the scaled weights. That the Hessian has no negative eigenvalue
    is essential: the last part is a saddle whose Hessian is the same all along its orbit.
    """
    cases = minima(rng)
    certified = sum(
        certify(objective, params).verdict == "minimum" for _, objective, params in cases
    )
    parts = [Check.equal("minima with certificate", len(cases), certified, tolerance=0.0)]
    for name, objective, params in cases:
        for rule in RULES:
            parts.append(_reached(f"{name}, rule of the {rule}", objective, params, rule))
    return Check.all_of(
        "norm, Frobenius norm and trace reach 1e2, 1e4 and 1e8; outputs stay",
        [*parts, *_convolutional(rng), _saddle_that_stays()],
    )


def _reached(name: str, objective: Objective, params, rule: str) -> Check:
    """All three numbers over M, and the outputs of the scaled network."""
    network, ratios, outputs = objective.network, [], []
    for target in TARGETS:
        alpha = sharpening_alpha(objective, params, target, rule=rule)
        scaled = alpha_scale(network, alpha)(params)
        numbers = [f(objective, scaled) for f in (spectral_norm, frobenius_norm, hessian_trace)]
        ratios.append(np.array(numbers) / target)
        outputs.append(objective.outputs(scaled))
    before = np.tile(objective.outputs(params), (len(TARGETS), 1, 1))
    parts = [
        Check.at_least("over M", np.ones((len(TARGETS), 3)), np.array(ratios)),
        Check.equal("outputs", before, np.array(outputs)),
    ]
    if rule == "norm":
        # |H12| + alpha^2 |H22|, a few tens at most, over M
        parts.append(Check.equal("norm over 1e8: no more", 1.0, ratios[-1][0], tolerance=1e-6))
    return Check.all_of(name, parts)


def _convolutional(rng: np.random.Generator) -> list[Check]:
    """A convolution, then a dense layer: the same block bound, the arrays scaled by hand."""
    net = ConvNet((6, 6, 1), [Conv(3, 3), MaxPool(2), Dense(2)])
    objective, params = taught(net, 80, rng)
    parts, (kernel, bias, dense, last) = [], params
    size = kernel.size + bias.size
    block = np.linalg.norm(hessian(objective, params)[:size, :size], 2)
    for target in TARGETS:
        alpha = np.sqrt(block / target)
        scaled = (alpha * kernel, alpha * bias, dense / alpha, last)
        norm = spectral_norm(objective, scaled)
        parts += [
            Check.at_least(f"convolutional net, norm over {target:g}", 1.0, norm / target),
            Check.equal("its outputs", objective.targets, objective.outputs(scaled)),
        ]
    return parts


def _saddle_that_stays() -> Check:
    """C6 of the proofs: f = x theta_1 theta_2 where x theta_1 = 0 = theta_2 but theta_1 is not."""
    net = MLP((2, 1, 1), activation="linear", bias=False)
    objective = Objective(net, "squared", [[1.0, 0.0]], [[1.0]])
    params = ([[0.0], [1.0]], [[0.0]])
    matrices = [hessian(objective, alpha_scale(net, a)(params)) for a in (1e-3, 1.0, 1e3)]
    return Check.equal(
        "a saddle that no alpha sharpens: eigenvalues -1, 0, 1 all along the orbit",
        np.tile([-1.0, 0.0, 1.0], (3, 1)),
        np.linalg.eigvalsh(matrices),
    )


@_dinh("S5", place="section 4.2, proof of Theorem 4", verdict="holds")
def equivalence_of_norms_is_not_needed(rng: np.random.Generator) -> Check:
    """The proof's constant r is 1/sqrt(P), and it is not needed: an entry of a matrix is at most
    its spectral norm, so alpha = sqrt(gamma/M) suffices, larger than the paper's by P^(1/4).
    """
    net = MLP((4, 6, 1), bias=False)
    objective, params = taught(net, 60, rng)
    target, n = 1e4, net.num_params
    alphas = {rule: sharpening_alpha(objective, params, target, rule=rule) for rule in RULES}
    points = {rule: alpha_scale(net, alpha)(params) for rule, alpha in alphas.items()}
    norms = {rule: spectral_norm(objective, at) / target for rule, at in points.items()}
    matrix = hessian(objective, params)
    gamma = np.diag(matrix)[:24].max()
    rest = np.linalg.norm(matrix[:24, 24:], 2) + alphas["norm"] ** 2 * np.linalg.norm(matrix, 2)
    return Check.all_of(
        "three choices of alpha for M = 1e4, 30 parameters",
        [
            _frobenius_over_norm(rng, n),
            Check.equal("sqrt(gamma/M)", np.sqrt(gamma / target), alphas["entry"]),
            Check.equal(
                "larger than the paper's by P^(1/4)", n**0.25, alphas["entry"] / alphas["paper"]
            ),
            Check.at_least("it suffices: norm over M", 1.0, norms["entry"]),
            Check.at_least("the paper's overshoots by sqrt(P) or more", np.sqrt(n), norms["paper"]),
            Check.at_most("the block's norm overshoots least", norms["entry"], norms["norm"]),
            Check.at_most("by |H12| + alpha^2 |H22| or less", 1 + rest / target, norms["norm"]),
            Check.at_least("and never falls short", 1.0, norms["norm"]),
        ],
    )


def _frobenius_over_norm(rng: np.random.Generator, n: int) -> Check:
    """|A|_F <= sqrt(P) |A|_2, with equality for the identity: so r = 1/sqrt(P) is the best."""
    drawn = rng.normal(size=(200, n, n))
    drawn = drawn + drawn.transpose(0, 2, 1)
    ratios = np.linalg.norm(drawn, axis=(1, 2)) / np.abs(np.linalg.eigvalsh(drawn)).max(axis=1)
    return Check.all_of(
        "r = 1/sqrt(P) is right, and no larger r is",
        [
            Check.at_most(
                "200 symmetric matrices: |A|_F over |A|_2, to sqrt(P)", n**0.5, ratios.max()
            ),
            Check.equal("equal for the identity", n**0.5, frobenius_norm(_bowl, np.zeros(n))),
        ],
    )


def _bowl(p):
    return (p**2).sum() / 2
