"""What the ranking experiment says about the two papers, from its stored table."""

import numpy as np

from flatlib.claims.check import Check
from flatlib.claims.registry import claim
from flatlib.claims.wu2017.volume_alike import ranked_alike
from flatlib.experiments import EXPERIMENTS
from flatlib.experiments.ranking import INVARIANT, RAW
from flatlib.experiments.ranks import Traces, rank_correlation


@claim(
    "EXT11",
    paper="beyond",
    place="Wu et al., section 5.3; Dinh et al., section 4",
    verdict="illustrated",
    page="reconciliation",
    tables=("attacked_alike", "ranking", "ranking_clean"),
)
def ranking(rng: np.random.Generator) -> Check:
    """Over nets attacked to different degrees curvature ranks test accuracy; scaling the nets at
    random undoes that, scaling them on purpose reverses it, and measures that no scaling moves
    keep it. Among nets attacked alike, or not at all, all of them say next to nothing, and the
    input gradient's size a little.
    """
    table, clean = (EXPERIMENTS[name].table() for name in ("ranking", "ranking_clean"))
    accuracy = table["test_accuracy"]
    pooled = {name: rank_correlation(table[name], accuracy) for name in (*RAW, *INVARIANT)}
    return Check.all_of(
        f"{len(table)} attacked nets and {len(clean)} clean ones",
        [
            _are_minima("attacked", table),
            _are_minima("clean", clean),
            Check.at_least("all fifteen, with the sign turned", 0.9, -max(pooled.values())),
            *_scaled(table, accuracy, rng),
            *_within(clean),
        ],
    )


def _are_minima(name: str, table) -> Check:
    """On 150 images the loss is 0 to rounding and no unit switches."""
    return Check.all_of(
        f"{name}: minima, away from kinks",
        [
            Check.at_least("minus log10 of the largest loss", 20.0,
                           -np.log10(table["train_loss"].max())),
            Check.at_least("distance of the nearest kink, over the largest residual", 10.0,
                           table["kink_distance"].min() / table["largest_residual"].max()),
        ],
    )  # fmt: skip


def _scaled(table, accuracy: np.ndarray, rng: np.random.Generator) -> list[Check]:
    traces, nets, width = Traces.of(table), len(table), table["incoming_traces"].shape[1]
    layers = [traces.scaled(1.5 * rng.normal(size=(nets, 1))) for _ in range(50)]
    units = [traces.scaled(1.5 * rng.normal(size=(nets, width))) for _ in range(50)]
    after = [
        np.mean([rank_correlation(some.total, accuracy) for some in kind])
        for kind in (layers, units)
    ]
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
        Check.at_least("random layers: |correlation| falls below a half, by", 0.0, 0.5 + after[0]),
        Check.at_least("random units: it falls by", 0.2,
                       after[1] - rank_correlation(traces.total, accuracy)),
        Check.equal("layers on purpose: it is the order of", ranks,
                    np.argsort(np.argsort(chosen.total, kind="stable"))),
    ]  # fmt: skip


def _within(clean) -> list[Check]:
    """Nets attacked alike; clean nets, on the same images and on new ones."""
    halves = [clean.where(images=images) for images in ("same", "new")]
    names = [name for name in (*RAW, *INVARIANT) if name in clean.columns]
    plain = {
        name: [rank_correlation(half[name], half["test_accuracy"]) for half in halves]
        for name in names
    }
    strongest = np.abs(list(plain.values())).max(axis=0)
    return [
        ranked_alike("all fifteen", (*RAW, *INVARIANT)),
        Check.at_least("clean: all correlations weak", strongest.max(), 0.4),
        Check.at_least("clean: that of the input gradient, with the sign turned", 0.1,
                       -max(plain["complexity"])),
        Check.at_least("clean: it is the strongest in either half", strongest,
                       np.abs(plain["complexity"])),
    ]  # fmt: skip
