"""A way from a good minimum to a bad one: what the nets on it say, and the loss that stays 0."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from flatbook.explore import Explorable, explore
from flatbook.reconciliation.experiment_connection import LIMIT, accuracies, loss_on_the_line
from flatbook.reconciliation.ways import Way
from flatbook.style import COLORS
from flatbook.volume_and_accuracy.experiment_ranking import NETWORK

_CAPTION = (
    "From the network without a wrong label to the one with 600, in 100 steps. Left: the share of "
    "unused images that are read right. Middle: the highest loss on each step, and in grey the "
    "loss on the straight line between the two. Right: an unused image, and what it is called."
)
_ALONG = np.linspace(0, 1, 101)


def connected(
    way: Any,
    fitted: tuple[np.ndarray, np.ndarray],
    unused: tuple[np.ndarray, np.ndarray],
    stations: Sequence[int],
    *,
    caption: str = _CAPTION,
) -> Explorable:
    """Accuracy and highest loss along a way, and an image whose answer changes.

    Page: ``book/reconciliation``.

    Args:
        way: what ``walk`` of ``flatbook.reconciliation.experiment_connection`` returns.
        fitted: inputs, shape (N, 64), and targets of the images that all nets fit.
        unused: inputs and right answers, 1 for odd and -1 for even, of other images; for one of
            them the first net is right and the last is wrong.
        stations: steps at which the slider can stop, rising.
        caption: the claim in a sentence.
    """
    parts = _Connected(way, fitted, unused)
    return explore(
        parts.draw,
        background=parts.background,
        size=(6.4, 2.9),
        panels=3,
        start=int(stations[0]),
        labels={"step": "step"},
        formats={"step": "{:.0f}"},
        caption=caption,
        step=[int(step) for step in stations],
    )


@dataclass(frozen=True)
class _Connected:
    way: Way
    fitted: tuple[np.ndarray, np.ndarray]
    unused: tuple[np.ndarray, np.ndarray]

    @cached_property
    def begun(self) -> list:
        return [self.way.nets[number] for number in self.way.steps]

    @cached_property
    def accuracy(self) -> np.ndarray:
        return accuracies(self.begun, self.unused)

    @cached_property
    def highest(self) -> np.ndarray:
        """On the step to each net, and for the first net on the step from it."""
        steps = self.way.highest_of_steps()
        return np.concatenate([steps[:1], steps])

    @cached_property
    def image(self) -> int:
        """Right for the first net and wrong for the last, both sure, and turning near half-way."""
        inputs, answers = self.unused
        sure = [NETWORK.predict(net, inputs)[:, 0] * answers for net in self.begun]
        turns = (np.array(sure) > 0).sum(axis=0)
        clear = (sure[0] > 0.5) & (sure[-1] < -0.5)
        return int(np.argmin(np.where(clear, np.abs(turns - len(sure) / 2), np.inf)))

    def background(self, axes) -> None:
        left, middle, right = axes
        steps, straight = (
            np.arange(len(self.begun)),
            loss_on_the_line(self.way.nets[0], self.way.nets[-1], self.fitted, _ALONG),
        )
        left.plot(steps, 100 * self.accuracy, color=COLORS["muted"], linewidth=1.5)
        left.set(xlabel="step", ylim=(0, 104), title="right, in %", xticks=[0, 50, 100])
        middle.plot(steps, straight, color=COLORS["muted"], linewidth=1.5)
        middle.axhline(LIMIT, color=COLORS["ink"], linewidth=0.9)
        middle.plot(steps, self.highest, color=COLORS["loss"], linewidth=1.5)
        middle.set(xlabel="step", yscale="log", ylim=(1e-9, 10), title="loss on the 150")
        middle.set(xticks=[0, 50, 100], yticks=[1e-8, 1e-5, 1e-2])
        middle.minorticks_off()
        middle.text(50, 0.03, "straight", color=COLORS["data"], ha="center", va="center")
        right.imshow(self.unused[0][self.image].reshape(8, 8), cmap="gray_r", vmax=1.3)
        right.set_axis_off()

    def draw(self, axes, step: int) -> str:
        left, middle, right = axes
        inputs, answers = self.unused
        said = float(NETWORK.predict(self.begun[step], inputs[self.image][None])[0, 0])
        hit, word = said * answers[self.image] > 0, "odd" if said > 0 else "even"
        left.plot(step, 100 * self.accuracy[step], "o", color=COLORS["function"])
        middle.plot(step, self.highest[step], "o", color=COLORS["loss"])
        right.set_title(f"“{word}”", color=COLORS["function" if hit else "alpha"])
        return (
            f"Step {step} of {len(self.begun) - 1}: {self.accuracy[step]:.0%} of the unused images "
            f"are read right, the highest loss on the step is {self.highest[step]:.0e}, and the "
            f"network calls the image shown {word}, which is {'right' if hit else 'wrong'}."
        )
