"""What the page draws: singular values as measurements are added, and forty interpolants."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.ticker import NullLocator

from flatbook.explore import Explorable, explore
from flatbook.low_rank.factors import MEASURES
from flatbook.low_rank.sensing import draw, flattest_interpolant
from flatbook.style import COLORS
from flatlib.measures import spearman

_SPECTRUM = (
    "Singular values of the truth, of the flattest interpolant and of the one of least norm. From "
    "some number of measurements on the flattest one is the truth."
)
_FORTY = (
    "Forty interpolants of the same 60 measurements. The cloud becomes a line when all changes of "
    "basis are taken out, and not before."
)
_NAMES = {"raw": "as it is", "units": "least over units", "linear": "least over all G"}


def spectrum(counts: Sequence[int], *, seed: int = 0, caption: str = _SPECTRUM) -> Explorable:
    """Singular values of three matrices that agree with the first m measurements of 100 entries.

    Page: ``book/low_rank``.

    Args:
        counts: values of the slider, m.
        seed: of the measurements.
        caption: the claim in a sentence.
    """
    found = {count: _recovered(count, np.random.default_rng(seed)) for count in counts}
    top = 1.1 * max(values[0] for all_of, _, _ in found.values() for values in all_of)

    def background(axes):
        axes.set(xlim=(0.4, 10.6), ylim=(0, top), xlabel="number", ylabel="singular value")

    def draw_one(axes, m):
        values, error, error_norm = found[m]
        kinds = (("truth", "data"), ("flattest", "function"), ("least norm", "alpha"))
        for shift, (name, color), own in zip((-0.27, 0, 0.27), kinds, values, strict=True):
            axes.bar(np.arange(1, 11) + shift, own, width=0.25, color=COLORS[color], label=name)
        axes.legend(loc="upper right", frameon=False)
        axes.set_title(f"error {error:.2f}, of least norm {error_norm:.2f}")
        return (
            f"With {m} measurements of 100 numbers the flattest interpolant has an error of "
            f"{error:.2f}, the one of least norm {error_norm:.2f}. The truth has one."
        )

    return explore(draw_one, background=background, caption=caption, start=counts[0],
                   labels={"m": "measurements"}, m=list(counts))  # fmt: skip


def _recovered(count: int, rng: np.random.Generator) -> tuple[list[np.ndarray], float, float]:
    """Singular values of truth, flattest and shortest interpolant, and the errors of the last."""
    sensing = draw(rng, shape=(10, 10), num=count, rank=1)
    flat, short = flattest_interpolant(sensing).matrix, sensing.least_norm()
    values = [np.linalg.svd(w, compute_uv=False) for w in (sensing.truth, flat, short)]
    return values, sensing.error(flat), sensing.error(short)


def forty(row: Mapping[str, Any], *, caption: str = _FORTY) -> Explorable:
    """Error against trace, the trace as it is, least over units, and least over all G.

    Page: ``book/low_rank``.

    Args:
        row: of the stored ``interpolants``.
        caption: the claim in a sentence.
    """
    errors, names = np.array(row["error"]), list(MEASURES)

    def background(axes):
        _scales(axes, np.concatenate([row[name] for name in names]), errors)
        axes.plot(row["linear"], errors, "o", color=COLORS["muted"], alpha=0.4)

    def draw_one(axes, group):
        name = names[int(group)]
        found = spearman(np.array(row[name]), errors)
        axes.plot(row[name], errors, "o", color=COLORS["function"])
        axes.set_title(f"{_NAMES[name]}: rank correlation {found:.2f}")
        return (
            f"Forty interpolants, the trace {_NAMES[name]}: its rank correlation with the error "
            f"is {found:.2f}."
        )

    def label(group):
        return _NAMES[names[int(group)]]

    return explore(draw_one, background=background, caption=caption, start=0, group=[0, 1, 2],
                   labels={"group": "trace"}, formats={"group": label})  # fmt: skip


def _scales(axes, traces: np.ndarray, errors: np.ndarray) -> None:
    axes.set(xscale="log", yscale="log", xlabel="trace", ylabel="error",
             xlim=(0.9 * traces.min(), 1.1 * traces.max()),
             ylim=(0.8 * errors.min(), 1.3 * errors.max()))  # fmt: skip
    ticks = [t for t in (0.1, 0.2, 0.5, 1, 2, 5, 10) if errors.min() < t < errors.max()]
    axes.set_yticks(ticks, [str(tick) for tick in ticks])
    axes.yaxis.set_minor_locator(NullLocator())
