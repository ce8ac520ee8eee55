"""V(k) of Wu et al. along the orbit of a minimum: it can be set to almost anything."""

import numpy as np

from flatbook.attack_sets.experiment_volume_digits import VOLUME_DIGITS
from flatbook.check import Check
from flatbook.claim import claim
from flatbook.three_notions.scenes import taught
from flatlib.curvature import hessian, hessian_block
from flatlib.measures import log_of_product
from flatlib.networks import MLP
from flatlib.transforms import alpha_scale

ALPHA = 0.01
RANGES = {"MNIST": 400.0, "SVHN": 180.0}  # width of the axes of Figure 3, in log10


@claim(
    "EXT14",
    paper="beyond",
    place="to Wu et al., equation (13) and Figure 3",
    verdict="holds",
    page="volume_and_accuracy",
    tables=("volume_digits",),
)
def log_product_along_the_orbit(rng: np.random.Generator) -> Check:
    """If the first layer's block of a Hessian has k positive eigenvalues or more, none negative,
    then V(k) at T_alpha theta is V(k) of that block minus 2 k log alpha, up to O(alpha^2): 100 more
    in log10 for each decade, at k = 50, so that the whole range of Figure 3 is one rescaling.
    """
    return Check.all_of(
        "random matrices, a net at its minimum, 108 trained nets, and the paper's axes",
        [*_matrices(rng), *_net(rng), *_trained_nets(), *_axes()],
    )


def log_product(matrix: np.ndarray, k: int) -> float:
    """V(k): the sum of the logarithms of the k largest eigenvalues, -inf if one is not positive."""
    return log_of_product(np.linalg.eigvalsh(matrix)[-k:])


def asymptote(matrix: np.ndarray, size: int, rank: int, k: int, alpha: float) -> float:
    """What V(k) tends to: ``size`` parameters in the first layer, whose block has ``rank``."""
    first, cross, second = matrix[:size, :size], matrix[:size, size:], matrix[size:, size:]
    if k <= rank:
        return log_product(first, k) - 2 * k * np.log(alpha)
    rest = second - cross.T @ np.linalg.pinv(first, rcond=1e-10, hermitian=True) @ cross
    product = log_product(first, rank) + log_product(rest, k - rank)
    return product - 2 * (2 * rank - k) * np.log(alpha)


def moved(matrix: np.ndarray, size: int, alpha: float) -> np.ndarray:
    """D H D with D = diag(1/alpha, alpha): the Hessian at T_alpha theta."""
    factors = np.r_[np.full(size, 1 / alpha), np.full(len(matrix) - size, alpha)]
    return matrix * np.outer(factors, factors)


def _matrices(rng: np.random.Generator) -> list[Check]:
    """Rank 7 with a first block of rank 4, k below and above; and an indefinite one."""
    root = np.hstack([rng.normal(size=(7, 4)) @ rng.normal(size=(4, 6)), rng.normal(size=(7, 5))])
    matrix = root.T @ root
    parts = [
        Check.equal(
            f"rank 4 of 7, k = {k}",
            asymptote(matrix, 6, 4, k, ALPHA),
            log_product(moved(matrix, 6, ALPHA), k),
            tolerance=1e-6,
        )
        for k in (2, 4, 6)
    ]
    indefinite = np.diag([1.0, -1.0, 5.0])
    products = [log_product(moved(indefinite, 2, alpha), 2) for alpha in (0.1, 0.01, 0.001)]
    return [*parts, Check.equal("diag(1, -1 | 5), k = 2: stays", np.full(3, np.log(5)), products)]


def _net(rng: np.random.Generator) -> list[Check]:
    """A relu teacher at its own minimum: the Hessian there against the block it starts from."""
    net = MLP((6, 8, 3), bias=False)
    objective, params = taught(net, 60, rng)
    block, k = hessian_block(objective, params, (1, 1)), 10
    at = {a: hessian(objective, alpha_scale(net, a)(params)) for a in (ALPHA, ALPHA / 10)}
    products = {alpha: log_product(matrix, k) for alpha, matrix in at.items()}
    return [
        Check.equal(
            "a relu net, k = 10",
            log_product(block, k) - 2 * k * np.log(ALPHA),
            products[ALPHA],
            tolerance=1e-6,
        ),
        Check.equal(
            "in log10, ten times sharper by alpha",
            2.0 * k,
            (products[ALPHA / 10] - products[ALPHA]) / np.log(10),
            tolerance=1e-6,
        ),
    ]


def _trained_nets() -> list[Check]:
    """Nets of Figure 3, each sent to the product that an adversary has asked for."""
    table = VOLUME_DIGITS.table()
    asked = 100 * (1 + table["accuracy"]) * np.log(10)
    sharper = (table["far"] - table["log_product"]) / np.log(10)
    return [
        Check.equal("V(50) where it was asked for", asked, table["reversed"], tolerance=1e-6),
        Check.at_least("gain in log10 at alpha = 0.001", np.full(len(table), 200.0), sharper),
    ]


def _axes() -> list[Check]:
    """The alpha that moves a net across a whole axis of Figure 3."""
    alphas = {name: 10 ** (-width / 100) for name, width in RANGES.items()}
    return [
        Check.equal("alpha across the MNIST axis", 1e-4, alphas["MNIST"]),
        Check.equal("alpha across the SVHN axis", 0.016, alphas["SVHN"], tolerance=0.01),
    ]
