"""Figure 3 of Wu et al.: whether V(50) and the Frobenius norm order nets by test accuracy."""

from itertools import product

import numpy as np

from flatlib.claims.check import Check
from flatlib.claims.registry import claim
from flatlib.experiments import EXPERIMENTS
from flatlib.measures import rank_correlation
from flatlib.training import Table


@claim(
    "WU-F3",
    paper="wu2017",
    place="section 5.3, Figure 3",
    verdict="illustrated",
    page="volume_and_accuracy",
    tables=("volume_alike", "volume_digits", "volume_noise", "volume_signals"),
)
def volume_and_accuracy(rng: np.random.Generator) -> Check:
    """Minima with a larger product of the top 50 eigenvalues of the Hessian, that is with a
    smaller volume, have the lower test accuracy, though the product does not tell equally good
    minima apart.

    On digits and on MNIST-1D, dense and convolutional nets: so it is, with the training loss
    matched as well, as long as nobody rescales the weights. What the product follows is how many
    labels a net has memorized, even where that does no harm. The Frobenius norm does the same on
    digits; on MNIST-1D with the loss matched its intervals include 0.
    """
    digits = {
        name: EXPERIMENTS["volume_digits"].table().where(regime=name)
        for name in ("epochs", "matched", "squared")
    }
    return Check.all_of(
        "Spearman's coefficients, by the end of their intervals that is nearer to 0",
        [
            *(
                _falls(f"digits, {name}: V(50) and accuracy", table, "log_product", rng, 0.8)
                for name, table in digits.items()
            ),
            *(
                _falls(f"digits, {name}: Frobenius norm", table, "frobenius", rng, 0.6)
                for name, table in digits.items()
            ),
            *_signals(rng),
            *_loss_in_disguise(digits, rng),
            *_equally_good(rng),
            *_noise(digits["matched"]),
            *_rescaled(digits["matched"], rng),
        ],
    )


def _falls(what: str, table: Table, column: str, rng: np.random.Generator, least: float) -> Check:
    """The accuracy falls as the column rises: the whole interval is below -least."""
    found = rank_correlation(table[column], table["accuracy"], rng)
    return Check.at_least(f"{what}: falls, {found}", least, -found.high)


def _signals(rng: np.random.Generator) -> list[Check]:
    """Four groups of 16 nets: no interval reaches 0."""
    table, found = EXPERIMENTS["volume_signals"].table(), {}
    for network, regime in product(("dense", "convolutional"), ("epochs", "matched")):
        group = table.where(network=network, regime=regime)
        found[f"{network}, {regime}"] = rank_correlation(
            group["log_product"], group["accuracy"], rng
        )
    return [
        Check.at_least(f"MNIST-1D, {name}, {one}: 1 - upper end", 1.0, 1 - one.high)
        for name, one in found.items()
    ]


def _loss_in_disguise(digits: dict[str, Table], rng: np.random.Generator) -> list[Check]:
    """After equally many epochs V is all but the training loss; matching takes half the range."""
    free, matched = digits["epochs"], digits["matched"]
    found = rank_correlation(free["log_product"], free["train_loss"], rng)
    ranges = [np.ptp(table["log_product"]) / np.log(10) for table in (free, matched)]
    return [
        Check.at_least(f"after 300 epochs: V(50) and the training loss, {found}", 0.9, found.low),
        Check.equal("matched: training loss", np.full(len(matched), 0.01), matched["train_loss"],
                    tolerance=0.08),
        Check.at_least("range of V(50) in log10, after 300 epochs", 100.0, ranges[0]),
        Check.at_least("and over that of the matched nets", 2.0, ranges[0] / ranges[1]),
    ]  # fmt: skip


def _equally_good(rng: np.random.Generator) -> list[Check]:
    """Nets alike but for the seed: no interval lies below 0."""
    table = EXPERIMENTS["volume_alike"].table()
    kinds = (("matched", 0), ("matched", 50), ("squared", 0))
    groups = [table.where(regime=regime, attack=attack) for regime, attack in kinds]
    found = [rank_correlation(g["log_product"], g["accuracy"], rng) for g in groups]
    return [
        Check.at_least(f"{one.count} nets alike, {one}: upper end + 1", 1.0, one.high + 1)
        for one in found
    ]


def _noise(matched: Table) -> list[Check]:
    """Noise memorized: V goes up to where attacked nets are, the accuracy stays with the clean."""
    noise, attacked = EXPERIMENTS["volume_noise"].table(), matched.where(attack=25)
    clean = matched.where(attack=0)
    gain = (np.median(noise["log_product"]) - np.median(clean["log_product"])) / np.log(10)
    return [
        Check.at_least("noise memorized: V(50) in log10 above that of clean nets", 5.0, gain),
        Check.at_least(
            "the worst of these over the best with 25 wrong labels, in test accuracy",
            1.05,
            noise["accuracy"].min() / attacked["accuracy"].max(),
        ),
    ]


def _rescaled(matched: Table, rng: np.random.Generator) -> list[Check]:
    """A random alpha of about ten either way, and an adversary's."""
    drawn = rank_correlation(matched["scaled"][:, -1], matched["accuracy"], rng)
    chosen = rank_correlation(matched["reversed"], matched["accuracy"], rng)
    return [
        Check.at_least(f"after a random rescaling, {drawn}: upper end + 1", 1.0, drawn.high + 1),
        Check.at_least(f"after an adversary's, {chosen}: lower end", 0.99, chosen.low),
    ]
