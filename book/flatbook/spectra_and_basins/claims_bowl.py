"""Section 5.2: the product of the top eigenvalues, and the volume that it stands for."""

from functools import partial

import numpy as np
from scipy.stats import ortho_group

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.spectra_and_basins.scenes import linear_problem
from flatlib.measures import bowl_log_volume, log_product, sum_of_logs

_wu = partial(claim, paper="wu2017", page="spectra_and_basins")


@_wu(
    "WU-E13",
    place="section 5.2, equation (13)",
    verdict="holds",
    quote="the product of top-k positive eigenvalues to quantify the inverse volume of the "
    "attractor",
)
def product_of_the_top_eigenvalues(rng: np.random.Generator) -> Check:
    """V(k), the sum of the logarithms of the k largest eigenvalues, stands for the logarithm of one
    over a basin's volume.

    k is at most the number of positive eigenvalues, as the paper says in passing; the logarithm of
    the formula is natural, that of Figure 3 decimal.
    """
    objective, params = linear_problem(rng)
    values = np.linalg.svd(objective.inputs, compute_uv=False) ** 2 / 20
    natural = [log_product(objective, params, k) for k in range(1, 7)]
    dead = np.append(values, [0.0, -1e-20])
    return Check.all_of(
        "a linear model with six weights, then with two more that nothing depends on",
        [
            Check.equal("from the singular values", np.cumsum(np.log(values)), natural),
            Check.equal(
                "decimal over natural",
                1 / np.log(10),
                log_product(objective, params, 6, base="10") / natural[-1],
            ),
            Check.equal("all six positive ones can be had", natural[-1], sum_of_logs(dead, 6)),
            Check.equal("seven are refused", 1.0, float(_is_refused(dead, 7))),
        ],
    )


def _is_refused(values: np.ndarray, k: int) -> bool:
    try:
        sum_of_logs(values, k)
    except ValueError:
        return True
    return False


@_wu("S20", place="section 5.2, equation (13)", verdict="holds")
def half_of_it(rng: np.random.Generator) -> Check:
    """For a quadratic loss the logarithm of one over the volume of the bowl is half of V(k), up to
    a constant: the half is missing.

    Of a bowl with a flat direction the volume is infinite; V(k) belongs to its section by the top k
    eigenvectors.
    """
    values, height = rng.uniform(0.5, 5.0, size=(2, 4)), 0.3
    volumes = [bowl_log_volume(v, height) for v in values]
    products = [sum_of_logs(v, 4) for v in values]
    top = np.sort(values[0])[2:]
    valley = bowl_log_volume([1.0, 0.0], height)
    return Check.all_of(
        "bowls of four dimensions, loss up to 0.3",
        [
            _sampled(np.exp(volumes[0]), values[0], height, rng),
            Check.equal(
                "between two bowls: gap of log volumes over gap of V(4)",
                -0.5,
                np.subtract(*volumes) / np.subtract(*products),
            ),
            Check.equal(
                "section by the top two eigenvectors: an ellipse of half-axes sqrt(2 eps / lambda)",
                np.pi * np.prod(np.sqrt(2 * height / top)),
                np.exp(bowl_log_volume(top, height)),
            ),
            Check.equal("with a flat direction: 1 over the volume", 0.0, np.exp(-valley)),
        ],
    )


def _sampled(volume: float, values: np.ndarray, height: float, rng: np.random.Generator) -> Check:
    """The volume of a turned bowl, from points in the axis-parallel box around it."""
    turn, num = ortho_group.rvs(4, random_state=rng), 200_000
    matrix = (turn * values) @ turn.T
    box = np.sqrt(2 * height * np.diag(np.linalg.inv(matrix)))
    points = rng.uniform(-box, box, size=(num, 4))
    inside = np.mean(np.einsum("ni,ij,nj->n", points, matrix, points) <= 2 * height)
    return Check.equal(
        "volume, from 200000 points, within 4 standard errors",
        volume,
        np.prod(2 * box) * inside,
        tolerance=4 * np.sqrt((1 - inside) / (inside * num)),
    )
