"""Integrate Wu's product over all networks that fit, and no rescaling is left in it."""

from itertools import combinations

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.product_over_orbit import fibre
from flatlib import MLP, leaky_relu
from flatlib.measures import log_product
from flatlib.transforms import alpha_scale

INPUTS, OUTPUTS = np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([0.5, 0.7])
LOGS = np.linspace(-6, 6, 97)


@claim(
    "SR10",
    paper="beyond",
    place="to Wu et al., equation (13), and Dinh et al., Theorem 2",
    verdict="holds",
    page="product_over_orbit",
)
def product_over_the_fibre(rng: np.random.Generator) -> Check:
    """The integral of the density of the start times exp(-V(N)/2), over all networks with N given
    outputs, is (N/2)^(N/2) times the density of these outputs, which no rescaling moves; and
    guessing and checking finds these networks with this weight.
    """
    return Check.all_of(
        "one unit, two inputs, two units, guesses, changed laws, and an orbit",
        [*_closed_forms(), *_guesses(rng), *_moved(rng), *_orbit(rng)],
    )


def _closed_forms() -> list[Check]:
    targets = (0.3, 1.0, 3.0)
    fibres = [fibre.unit_fibre(target) for target in targets]
    return [
        Check.equal("one unit, one input: Bessel's K_0 over 2 pi",
                    [fibre.unit_law(target) for target in targets],
                    [_integral(*found) for found in fibres], tolerance=1e-10),
        Check.equal("one unit, two inputs: half of what a linear unit has",
                    fibre.linear_law(1, INPUTS, OUTPUTS) / 2, _integral(*_two_inputs()),
                    tolerance=1e-10),
        Check.equal("two linear units, one input: exp(-|y|) / 2",
                    np.exp(-0.7) / 2, _integral(*_two_units(0.7)), tolerance=1e-6),
    ]  # fmt: skip


def _integral(objective, points, tangents, cell, **law) -> float:
    return float(fibre.masses(objective, points, tangents, **law).sum() * cell)


def _two_inputs():
    """The fibre of one rectified unit that both inputs reach, by the log of its last weight."""
    last, weights = np.exp(LOGS)[:, None], np.linalg.solve(INPUTS, OUTPUTS)
    points = np.hstack([weights / last, last])
    tangents = np.hstack([-weights / last, last])[:, None, :]
    objective = fibre.fitting(MLP((2, 1, 1), bias=False), INPUTS, OUTPUTS)
    return objective, points, tangents, LOGS[1] - LOGS[0]


def _two_units(target: float):
    """A fibre of three dimensions: length and angle of the last layer, and what is normal to it.

    No mass depends on the angle, so one stands for all.
    """
    logs, normals = np.linspace(-3.3, 2.2, 23), np.linspace(-5.5, 5.5, 16)
    r, t = (part.ravel() for part in np.meshgrid(np.exp(logs), normals))
    zero, one = np.zeros_like(r), np.ones_like(r)
    points = np.stack([target / r, t, r, zero], 1)
    by_angle = np.stack([-t, target / r, zero, r], 1)
    by_log = np.stack([-target / r, zero, r, zero], 1)
    tangents = np.stack([by_angle, by_log, np.stack([zero, one, zero, zero], 1)], 1)
    network = MLP((1, 2, 1), activation="linear", bias=False)
    cell = 2 * np.pi * (logs[1] - logs[0]) * (normals[1] - normals[0])
    return fibre.fitting(network, [[1.0]], [target]), points, tangents, cell


def _guesses(rng: np.random.Generator) -> list[Check]:
    guesses, tolerance = rng.normal(size=(1_000_000, 2)), 0.1
    found = fibre.kept(guesses, 1.0, tolerance)
    share, square = len(found) / len(guesses), found[:, 0] ** 2
    objective, points, tangents, _ = fibre.unit_fibre(1.0)
    mass = fibre.masses(objective, points, tangents)
    predicted = (mass * points[:, 0] ** 2).sum() / mass.sum()
    return [
        Check.equal("guesses within 0.1 of the output 1, a unit of length", fibre.unit_law(1.0),
                    share / (2 * tolerance), tolerance=5 / np.sqrt(len(found))),
        Check.equal("the square of their first weight", predicted, square.mean(),
                    tolerance=5 * square.std() / np.sqrt(len(found)) / predicted),
    ]  # fmt: skip


def _moved(rng: np.random.Generator) -> list[Check]:
    """T_alpha takes the density of the start along; the outputs have the law they had."""
    objective, points, tangents, cell = _two_inputs()
    laws = [_integral(objective, points, tangents, cell, density=_carried(alpha))
            for alpha in (0.3, 3.0)]  # fmt: skip
    cases = [_linear_case(rng) for _ in range(100)]
    return [
        Check.equal("the law of the start carried along by T_alpha: the same density",
                    np.full(2, fibre.linear_law(1, INPUTS, OUTPUTS) / 2), laws, tolerance=1e-8),
        Check.equal("100 linear maps: surface over the root of det J J^T, carried",
                    np.ones(100), cases, tolerance=1e-7),
    ]  # fmt: skip


def _carried(alpha: float):
    """The density whose image under T_alpha is normal: three weights, two of the first layer."""
    factors = np.array([alpha, alpha, 1 / alpha])
    return lambda points: fibre.normal(points * factors) * jacobian(factors)


def jacobian(factors: np.ndarray) -> float:
    """The volume factor of a scaling."""
    return float(np.prod(factors))


def _linear_case(rng: np.random.Generator) -> float:
    """Volume factor of A on the kernel of J A, against |det A| and the two Gram determinants."""
    rows, matrix = rng.normal(size=(2, 5)), rng.normal(size=(5, 5))
    pulled = rows @ matrix
    kernel = np.linalg.svd(pulled)[2][2:].T
    image = matrix @ kernel
    factor = np.sqrt(np.linalg.det(image.T @ image))
    grams = np.linalg.det(rows @ rows.T) / np.linalg.det(pulled @ pulled.T)
    return factor / (abs(np.linalg.det(matrix)) * np.sqrt(grams))


def _orbit(rng: np.random.Generator) -> list[Check]:
    """V(N) along the orbit of a leaky net with three inputs, a polynomial by Cauchy and Binet."""
    network = MLP((2, 2, 1), activation=leaky_relu(0.3), bias=False)
    inputs, params = _independent(network, rng)
    objective = fibre.fitting(network, inputs, network.predict(params, inputs))
    squares, alphas = _coefficients(inputs, params), np.geomspace(0.2, 5, 7)
    predicted = [3 * np.log(2 / 3) + np.log(polynomial(squares, alpha)) for alpha in alphas]
    found = [log_product(objective, alpha_scale(network, a)(params), 3) for a in alphas]
    far = np.log([polynomial(squares, 1e3 * scale) for scale in (1.0, np.e)])
    return [
        Check.equal("V(N) at seven points of an orbit", predicted, found, tolerance=1e-6),
        Check.equal("its slope for large alpha, 2 (2 r_2 - N), ranks 3 and 2 of N = 3",
                    2.0, far[1] - far[0], tolerance=1e-4),
    ]  # fmt: skip


def _independent(network: MLP, rng: np.random.Generator):
    """Three inputs and a network whose outputs on them have independent gradients."""
    while True:
        inputs, params = rng.normal(size=(3, 2)), network.init(rng)
        if min(_coefficients(inputs, params)[1::2]) > 0.1:  # ranks 2 and 3, well off less
            return inputs, params


def _coefficients(inputs: np.ndarray, params) -> list[float]:
    """c_j: sum of the squared minors of J with j columns of the first layer."""
    incoming, outgoing = (np.asarray(part) for part in params)
    z = inputs @ incoming
    slopes = np.where(z > 0, 1.0, 0.3) * outgoing[:, 0]
    first = (inputs[:, :, None] * slopes[:, None, :]).reshape(3, 4)
    columns = np.hstack([first, np.where(z > 0, z, 0.3 * z)])
    sums = [0.0] * 4
    for chosen in combinations(range(6), 3):
        sums[sum(c < 4 for c in chosen)] += np.linalg.det(columns[:, chosen]) ** 2
    return sums


def polynomial(squares: list[float], alpha: float) -> float:
    """The determinant of J J^T at T_alpha theta: the sum of c_j alpha^(2 (N - 2 j))."""
    count = len(squares) - 1
    return sum(c * alpha ** (2.0 * (count - 2 * j)) for j, c in enumerate(squares))
