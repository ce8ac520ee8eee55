"""The exponent of volume: half the number of labels, for every network that fits them."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.exponent import known, splitting
from flatbook.exponent.experiment_estimates import COEFFICIENTS
from flatbook.exponent.experiment_volumes import ALPHAS, FITTED, LINEAR, NETS, SIZES
from flatbook.product_over_orbit import fibre
from flatlib.training import Table

_INPUTS, _OUTPUTS = np.array([[1.0, 0.4], [-0.3, 0.8]]), np.array([0.5, 0.7])


@claim(
    "SR11",
    paper="beyond",
    place="to Wu et al., equation (13), and Dinh et al., Theorem 2",
    verdict="holds",
    page="exponent",
    tables=("volumes_of_nets", "volumes_of_linear_layers", "coefficients"),
)
def exponent_of_volume(rng: np.random.Generator) -> Check:
    """Around every network that fits N C outputs with independent gradients, the volume below the
    loss epsilon shrinks like epsilon^(NC/2): for right labels and random ones, wherever T_alpha
    has taken the network.

    Where the gradients are dependent it is another power, and there may be a logarithm.
    """
    return Check.all_of(
        "products, guesses, small networks, linear layers and digits",
        [*_products(rng), _guesses(rng), *_networks(rng), *_linear(), _digits()],
    )


def _products(rng: np.random.Generator) -> list[Check]:
    roots = np.array([1e-4, 1e-6, 1e-8])
    masses = [known.product_mass(root**2) / root for root in roots]
    draws, sizes = np.abs(rng.uniform(-1, 1, size=(400_000, 2)).prod(axis=1)), (0.1, 0.01)
    shares = [(draws < size).mean() for size in sizes]
    least = min(size * (1 + np.log(1 / size)) for size in sizes)
    return [
        Check.equal("square of a product of two normal numbers: root times a logarithm",
                    2 / np.pi * (np.log(2 / roots) + 1 - np.euler_gamma), masses, tolerance=1e-6),
        Check.equal("of two uniform ones", [s * (1 + np.log(1 / s)) for s in sizes], shares,
                    tolerance=5 / np.sqrt(least * len(draws))),
    ]  # fmt: skip


def _guesses(rng: np.random.Generator) -> Check:
    """Two linear units, two inputs: the constant is the density of the outputs."""
    heights = np.array([0.01, 0.03])
    weights = rng.normal(size=(1_000_000, 2, 3))
    outputs = (weights[..., :2] * weights[..., 2:]).sum(axis=1) @ _INPUTS.T
    losses = ((outputs - _OUTPUTS) ** 2).mean(axis=1)
    shares = np.array([(losses < height).mean() for height in heights])
    law, power = fibre.linear_law(2, _INPUTS, _OUTPUTS), known.of_fitting(2)
    return Check.equal("a million guesses of two linear units: density times ball",
                       law * np.pi * (2 * heights) ** power, shares,
                       tolerance=5 / np.sqrt(shares[0] * len(weights)))  # fmt: skip


def measured(table: Table, multiplicity: int = 1) -> np.ndarray:
    """The exponent of each run in a table of volumes.

    Page: ``book/exponent``.

    Args:
        table: of the experiment ``volumes_of_nets`` or ``volumes_of_linear_layers``.
        multiplicity: the same for all.
    """
    return np.array([splitting.exponent_of(row["log_levels"], multiplicity) for row in table])


def _networks(rng: np.random.Generator) -> list[Check]:
    table, parts = NETS.table(), []
    for labels in FITTED:
        found = np.array([measured(table.where(labels=labels, alpha=a)) for a in ALPHAS])
        drawn = rng.choice(found.ravel(), size=found.size)
        levels = [table.where(labels=labels, alpha=a)["log_levels"][:, -1] for a in ALPHAS]
        parts += [
            Check.equal(f"{labels} labels: 20 runs, drawn again", known.of_fitting(4),
                        drawn.mean(), tolerance=0.03),
            Check.equal("wherever T_alpha took it", np.full(len(ALPHAS), known.of_fitting(4)),
                        found.mean(axis=1), tolerance=0.05),
            Check.at_least("levels of one volume that T_alpha moves, by", np.full(4, 0.5),
                           np.ptp(levels, axis=0)),
        ]  # fmt: skip
    rays = table.where(labels="two rays")
    return [*parts, Check.equal("four points on two rays, rank 2", known.of_fitting(2),
                                measured(rays).mean(), tolerance=0.03)]  # fmt: skip


def _linear() -> list[Check]:
    table, parts = LINEAR.table(), []
    for sizes in SIZES:
        exponent, multiplicity = known.two_linear_layers(*sizes)
        found = measured(table.where(sizes=sizes), multiplicity).mean()
        parts.append(Check.equal(f"linear layers {sizes}, logarithm to the {multiplicity - 1}",
                                 exponent, found, tolerance=0.04))  # fmt: skip
    return parts


def _digits() -> Check:
    ranks = COEFFICIENTS.table()["rank"]
    return Check.equal("40 networks that fit 150 digits: half the rank",
                       np.full(len(ranks), known.of_fitting(150)), ranks / 2)  # fmt: skip
