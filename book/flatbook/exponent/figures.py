"""What the page draws: two spectra on their orbits, and volumes that shrink side by side."""

from collections.abc import Sequence

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.exponent.experiment_volumes import ALPHAS
from flatbook.exponent.spectra import NBETA, Fitted
from flatbook.style import COLORS
from flatlib.measures import learning_coefficient
from flatlib.training import Table

_GAMMA, _STAYS = 100.0, 3.0
_ORBITS = (
    "Two networks on the same 150 images, their scalings apart. Left, their eigenvalues; one on "
    "the line counts half as much as one can. Right, the estimate along both orbits: the bad "
    "network stays at α = 3, the good one moves."
)
_VOLUMES = (
    "The share of a small cloud of weights in which the loss is below ε, around networks that fit "
    "four points. $T_\\alpha$ moves a line sideways and does not turn it: the pale lines are at "
    "α = 1. The dotted one is for four points on two rays, whose gradients are dependent."
)
_GRID = np.geomspace(0.05, 20, 50)
_LINES = {"teacher": COLORS["function"], "random": COLORS["hessian"]}


def two_orbits(
    good: Fitted, bad: Fitted, alphas: Sequence[float], *, caption: str = _ORBITS
) -> Explorable:
    """The estimate of a good network that T_alpha moves, beside a bad one that stays.

    Page: ``book/exponent``.

    Args:
        good: fits the right labels and nothing else.
        bad: fits wrong labels as well.
        alphas: values of the slider.
        caption: the claim in a sentence.
    """
    stays = estimate(bad, _STAYS)
    curves = [[estimate(net, alpha) for alpha in _GRID] for net in (good, bad)]

    def background(axes):
        _draw_spectrum(axes[0], bad, _STAYS, COLORS["hessian"])
        axes[0].axhline(_GAMMA / NBETA, color=COLORS["ink"], linewidth=1)
        axes[0].set(xlabel="number", ylabel="eigenvalue", xlim=(0, 150), ylim=(1e-3, 1e4))
        _draw_estimates(axes[1], *curves)
        axes[1].plot(_STAYS, stays, "o", color=COLORS["hessian"])

    def draw(axes, alpha):
        found = estimate(good, alpha)
        _draw_spectrum(axes[0], good, alpha, COLORS["function"])
        axes[1].plot(alpha, found, "o", color=COLORS["function"], markersize=9)
        axes[0].set_title(f"good {found:.1f}, bad {stays:.1f}")
        more = "good" if found > stays else "bad"
        return (
            f"With the good network at alpha {alpha:g} its estimate is {found:.1f}; that of the "
            f"bad one, at alpha {_STAYS:g}, is {stays:.1f}. The {more} one looks more complex."
        )

    return explore(draw, background=background, panels=2, caption=caption, alpha=list(alphas))


def estimate(net: Fitted, alpha: float) -> float:
    """At T_alpha of the network, at the pull of the figure."""
    return learning_coefficient(net.spectrum(alpha), nbeta=NBETA, gamma=_GAMMA)


def _draw_spectrum(panel, net: Fitted, alpha: float, color: str) -> None:
    """Eigenvalues at T_alpha of the network, the largest first."""
    panel.semilogy(np.arange(1, len(net.inputs) + 1), net.spectrum(alpha)[::-1], color=color)


def _draw_estimates(panel, good: list[float], bad: list[float]) -> None:
    """Along both orbits."""
    panel.semilogx(_GRID, good, color=COLORS["function"])
    panel.semilogx(_GRID, bad, color=COLORS["hessian"])
    panel.set(xlabel="α", ylabel="estimate", xlim=(0.05, 20), ylim=(0, 80))
    panel.set_xticks([0.1, 1, 10], ["0.1", "1", "10"])
    panel.text(0.6, 50, "bad", color=COLORS["hessian"])
    panel.text(0.06, 15, "good", color=COLORS["function"])


def parallel(table: Table, *, caption: str = _VOLUMES) -> Explorable:
    """Volumes below a loss, against the loss, at five points of an orbit.

    Page: ``book/exponent``.

    Args:
        table: of the experiment ``volumes_of_nets``.
        caption: the claim in a sentence.
    """

    def line(labels, alpha):
        levels = table.where(labels=labels, alpha=alpha)["log_levels"].mean(axis=0) / np.log(10)
        return levels, -np.log10(2) * np.arange(1, len(levels) + 1)

    def background(axes):
        for labels, color in _LINES.items():
            axes.plot(*line(labels, 1.0), color=color, alpha=0.3)
        axes.plot(*line("two rays", 1.0), ":", color=COLORS["ink"])
        axes.set(xlabel="log₁₀ ε", ylabel="log₁₀ volume", xlim=(-10, 1), ylim=(-12, 0))

    def draw(axes, alpha):
        ends = {}
        for labels, color in _LINES.items():
            levels, volumes = line(labels, alpha)
            axes.plot(levels, volumes, color=color, label=f"labels: {labels}")
            ends[labels] = np.polyfit(levels[15:], volumes[15:], 1)[0]
        axes.legend(loc="lower right")
        return (
            f"At alpha {alpha:g} the slope is {ends['teacher']:.2f} for a teacher's labels and "
            f"{ends['random']:.2f} for random ones: half of four."
        )

    return explore(draw, background=background, size="wide", caption=caption, alpha=list(ALPHAS))
