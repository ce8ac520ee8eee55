"""Figure 3 of Wu et al.: whether V(50) and the Frobenius norm order nets by test accuracy."""

from itertools import product

import numpy as np

from flatbook.attack_sets.experiment_volume_beside import VOLUME_BESIDE, three_kinds
from flatbook.attack_sets.experiment_volume_digits import SIZES, VOLUME_ALIKE, VOLUME_DIGITS
from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_and_accuracy.compared import within
from flatbook.volume_and_accuracy.experiment_attacked_alike import ATTACKED_ALIKE
from flatbook.volume_and_accuracy.experiment_volume_signals import VOLUME_SIGNALS
from flatbook.volume_and_accuracy.rescaled import rescaled_correlations
from flatlib.measures import rank_correlation
from flatlib.training import Table

# Three standard errors of a mean of four coefficients of 60 nets each: that of one, among ranks
# without any relation, is 1 / sqrt(59).
LITTLE = 0.2


@claim(
    "WU-F3",
    paper="wu2017",
    place="section 5.3, Figure 3",
    verdict="illustrated",
    page="volume_and_accuracy",
    tables=("attacked_alike", "volume_alike", "volume_beside", "volume_digits", "volume_signals"),
)
def volume_and_accuracy(rng: np.random.Generator) -> Check:
    """Minima with a larger product of the top 50 eigenvalues of the Hessian, that is with a
    smaller volume, have the lower test accuracy, though the product does not tell equally good
    minima apart.

    On digits and on MNIST-1D, dense and convolutional nets: so it is among nets with attack sets of
    different sizes, with the training loss matched as well, as long as nobody rescales the weights.
    Among nets with attack sets of one size no order is found. Beside equally many images the
    product rises most with wrong labels, less with labels of noise and least with right ones; but
    it does rise with right ones, and there the better nets have the larger product. The Frobenius
    norm orders attacked nets on digits; on MNIST-1D with the loss matched its intervals include 0.
    """
    digits = {
        name: VOLUME_DIGITS.table().where(regime=name) for name in ("epochs", "matched", "squared")
    }
    return Check.all_of(
        "Spearman's coefficients with intervals at 95 %, and what else was compared",
        [
            *(
                _falls(f"digits, {name}: V(50) and accuracy", table, "log_product", rng, -0.8)
                for name, table in digits.items()
            ),
            *(
                _falls(f"digits, {name}: Frobenius norm", table, "frobenius", rng, -0.6)
                for name, table in digits.items()
            ),
            *_signals(rng),
            *_loss_in_disguise(digits, rng),
            *_equally_good(rng),
            *_beside(digits["matched"], rng),
            *_rescaled(digits["matched"], rng),
        ],
    )


def _falls(what: str, table: Table, column: str, rng: np.random.Generator, most: float) -> Check:
    """The accuracy falls as the column rises: the whole interval is below ``most``."""
    found = rank_correlation(table[column], table["accuracy"], rng)
    return Check.at_most(f"{what}, {found}: upper end", most, found.high)


def _signals(rng: np.random.Generator) -> list[Check]:
    """Four groups of 16 nets: no interval of V(50) reaches 0."""
    table, groups = VOLUME_SIGNALS.table(), []
    for network, regime in product(("dense", "convolutional"), ("epochs", "matched")):
        group, name = table.where(network=network, regime=regime), f"{network}, {regime}"
        groups.append(_falls(f"MNIST-1D, {name}: V(50)", group, "log_product", rng, 0.0))
    return groups


def _loss_in_disguise(digits: dict[str, Table], rng: np.random.Generator) -> list[Check]:
    """After equally many epochs V is all but the training loss; matching takes half the range."""
    free, matched = digits["epochs"], digits["matched"]
    found = rank_correlation(free["log_product"], free["train_loss"], rng)
    ranges = [np.ptp(table["log_product"]) / np.log(10) for table in (free, matched)]
    return [
        Check.at_least(f"after 300 epochs: V(50) and the training loss, {found}: lower end",
                       0.9, found.low),
        Check.equal("matched: training loss of each", np.full(len(matched), 0.01),
                    matched["train_loss"], tolerance=0.08),
        Check.at_least("range of V(50) in log10, after 300 epochs", 100.0, ranges[0]),
        Check.at_most("range of V(50) in log10, matched", ranges[0] / 2, ranges[1]),
    ]  # fmt: skip


def _equally_good(rng: np.random.Generator) -> list[Check]:
    """Nets alike but for the seed, in three groups; and parities, alike in four: 0 is inside."""
    table = VOLUME_ALIKE.table()
    kinds = (("matched", 0), ("matched", 50), ("squared", 0))
    groups = [table.where(regime=regime, attack=attack) for regime, attack in kinds]
    found = [rank_correlation(g["log_product"], g["accuracy"], rng) for g in groups]
    parities = ATTACKED_ALIKE.table()
    means = within(parities, ("log_volume", "trace"), rng, resamples=1)
    return [
        *(Check.at_least(f"nets alike, {one}: upper end", 0.0, one.high) for one in found),
        Check.at_most(
            "V(50) and trace, nets attacked alike: size of the mean of four coefficients",
            np.full(2, LITTLE),
            [abs(one.value) for one in means],
        ),
    ]


def _beside(matched: Table, rng: np.random.Generator) -> list[Check]:
    """Beside equally many images: wrong labels, labels of noise, right labels."""
    rises, spared = [], []
    for number in SIZES[1:]:
        kinds = three_kinds(number)
        wrong, noise = (kinds[kind]["log_product"] / np.log(10) for kind in ("wrong", "noise"))
        rises.append(wrong.min() - noise.max())
        spared.append(kinds["noise"]["accuracy"].min() - kinds["wrong"]["accuracy"].max())
    clean = matched.where(attack=0)
    right = VOLUME_BESIDE.table().where(beside="right")
    pair = [np.concatenate([clean[name], right[name]]) for name in ("log_product", "accuracy")]
    found = rank_correlation(*pair, rng)
    return [
        Check.at_least("V(50) in log10, least with wrong labels above most with noise",
                       np.full(len(rises), 5.0), rises),
        Check.at_least("test accuracy, least with noise above most with wrong labels",
                       np.full(len(spared), 0.1), spared),
        Check.at_least(f"right labels: V(50) and accuracy, {found}: lower end", 0.4, found.low),
    ]  # fmt: skip


def _rescaled(matched: Table, rng: np.random.Generator) -> list[Check]:
    """Random alphas of about three and of about ten either way, in 400 draws; an adversary's."""
    some, more = (rescaled_correlations(matched, spread, rng) for spread in (0.5, 1.0))
    chosen = rank_correlation(matched["reversed"], matched["accuracy"], rng)
    return [
        Check.at_least("rescaled by half a decade: mean correlation", -0.6, some.mean()),
        Check.at_least("by a decade", -0.4, more.mean()),
        Check.at_most("by half a decade: what is left", -0.3, some.mean()),
        Check.at_least(f"after an adversary's, {chosen}: lower end", 0.99, chosen.low),
    ]
