"""What the ranking experiment says about the two papers, from its stored table."""

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.reconciliation.traces import Traces
from flatbook.volume_and_accuracy.compared import compared, within
from flatbook.volume_and_accuracy.experiment_attacked_alike import ATTACKED_ALIKE
from flatbook.volume_and_accuracy.experiment_ranking import (
    IMAGES,
    INVARIANT,
    MEASURES,
    MORE,
    RANKING,
    RANKING_CLEAN,
    RANKING_RIGHT,
    RAW,
)
from flatlib.measures import spearman

NETS = (RANKING, ATTACKED_ALIKE, RANKING_CLEAN, RANKING_RIGHT)
TABLES = tuple(experiment.name for experiment in NETS)


@claim(
    "EXT11",
    paper="beyond",
    place="Wu et al., section 5.3; Dinh et al., section 4",
    verdict="illustrated",
    page="reconciliation",
    tables=TABLES,
)
def ranking(rng: np.random.Generator) -> Check:
    """Over nets attacked to different degrees curvature ranks test accuracy; scaling the nets at
    random undoes that, scaling them on purpose reverses it, and measures that no scaling moves
    keep it. Among nets attacked alike, or not at all, all of them say next to nothing, and the
    input gradient's size a little. With more right labels in place of wrong ones the order turns:
    all measures rise, and so does the accuracy.
    """
    table, alike, clean, better = (experiment.table() for experiment in NETS)
    accuracy = table["test_accuracy"]
    pooled = {name: spearman(table[name], accuracy) for name in (*RAW, *INVARIANT)}
    return Check.all_of(
        f"{sum(map(len, (table, alike, clean, better)))} nets that fit 150 digits",
        [
            *(
                _are_minima(*pair)
                for pair in zip(TABLES, (table, alike, clean, better), strict=True)
            ),
            Check.at_most("all fifteen rank them", np.full(len(pooled), -0.9), [*pooled.values()]),
            *_scaled(table, accuracy, rng),
            *_within(alike, rng),
            *_clean(clean, rng),
            *_right(better, rng),
        ],
    )


def _are_minima(name: str, table) -> Check:
    """On 150 images the loss is 0 to rounding and no unit switches."""
    return Check.all_of(
        f"{name}: minima, away from kinks",
        [
            Check.at_most("losses", np.full(len(table), 1e-20), table["train_loss"]),
            Check.at_most("largest residual, over the distance of the nearest kink", 0.1,
                          table["largest_residual"].max() / table["kink_distance"].min()),
        ],
    )  # fmt: skip


def _scaled(table, accuracy: np.ndarray, rng: np.random.Generator) -> list[Check]:
    traces, nets, width = Traces.of(table), len(table), table["incoming_traces"].shape[1]
    layers = [traces.scaled(1.5 * rng.normal(size=(nets, 1))) for _ in range(50)]
    units = [traces.scaled(1.5 * rng.normal(size=(nets, width))) for _ in range(50)]
    after = [np.mean([spearman(some.total, accuracy) for some in kind]) for kind in (layers, units)]
    # any increasing targets above all floors; the better the net, the larger its trace
    ranks = np.argsort(np.argsort(accuracy, kind="stable"))
    wanted = 2 * table["layer_trace"].max() * 1.05**ranks
    chosen = traces.scaled(traces.towards(wanted))
    moved = np.concatenate([some.least for some in (layers[0], units[0], chosen)])
    return [
        # stored with six digits
        Check.equal("traces, from those of the units", table["trace"], traces.total,
                    tolerance=1e-5),
        Check.equal("least traces on the orbits do not move", np.tile(traces.least, 3), moved),
        Check.at_least("of layers only: units do move it, by a part of", 0.1,
                       np.abs(units[0].least_of_layers / traces.least_of_layers - 1).min()),
        Check.equal("of layers only: layers do not", traces.least_of_layers,
                    layers[0].least_of_layers),
        Check.at_least("layers scaled at random: mean correlation of the trace", -0.5, after[0]),
        Check.at_least("units scaled at random: it rises by", 0.2,
                       after[1] - spearman(traces.total, accuracy)),
        Check.equal("layers on purpose: it is the order of", ranks,
                    np.argsort(np.argsort(chosen.total, kind="stable"))),
    ]  # fmt: skip


def _within(alike, rng: np.random.Generator) -> list[Check]:
    """Sixty nets of each of four attacks: the mean of the four correlations."""
    names = (*RAW, *INVARIANT)
    found = np.array([mean.value for mean in within(alike, names, rng, resamples=1)])
    return [
        Check.at_most("attacked alike: size of the mean correlations", np.full(len(names), 0.2),
                      np.abs(found)),
    ]  # fmt: skip


def _clean(clean, rng: np.random.Generator) -> list[Check]:
    """200 nets on the same images, 200 on others each: 20,000 samples of nets."""
    same, new = (
        compared(clean.where(images=images), tuple(MEASURES), "complexity", rng)
        for images in IMAGES
    )
    sizes = np.array([[abs(row.correlation.value) for row in half] for half in (same, new)])
    own = [row.correlation.high for half in (same, new) for row in half if row.difference is None]
    below, unclear = (
        np.array([row.difference.high for row in half if row.difference]) for half in (same, new)
    )
    return [
        Check.at_most("clean: size of the correlations", np.full(sizes.shape, 0.5), sizes),
        Check.at_most("of the input gradient: upper end of the interval, same images and new",
                      np.zeros(2), own),
        Check.at_most("same images: upper ends of how far it is below the nine others",
                      np.zeros(9), below),
        Check.at_least("new images: measures that it cannot be told from", 1, (unclear > 0).sum()),
    ]  # fmt: skip


def _right(better, rng: np.random.Generator) -> list[Check]:
    """The same 150 images beside 0 to 600 others with their right labels, ten draws of each."""
    few, many = (better.where(more=more) for more in (MORE[0], MORE[-1]))
    rises = np.array([many[name] - few[name] for name in MEASURES])
    rows = compared(better, tuple(MEASURES), "complexity", rng)
    return [
        Check.at_least("600 right labels more: ten measures rise, each in ten draws",
                       np.zeros(rises.shape), rises),
        Check.at_least("and so does the accuracy", np.full(10, 0.01),
                       many["unused_accuracy"] - few["unused_accuracy"]),
        Check.at_least("over all fifty: lower ends of the correlations", np.zeros(len(rows)),
                       [row.correlation.low for row in rows]),
    ]  # fmt: skip
