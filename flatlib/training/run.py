"""What a descent has reached, and how it ended."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np


class IncompleteRun(RuntimeWarning):
    """A descent was interrupted or diverged: what it returns is the run up to there.

    Page: ``book/exact_hessians``. `flatlib.training.sweep` turns it into an error, so that no such
    net is kept; ``warnings.simplefilter("error", IncompleteRun)`` does so anywhere.
    """


@dataclass(frozen=True, eq=False)
class Run:
    """What a descent has reached, and how.

    Page: ``book/exact_hessians``.

    Attributes:
        params: the params reached. They are not a critical point unless `flatlib.certify` says so.
        losses: training loss on all examples before the first epoch and after each, shape
            (epochs + 1,).
        ended: ``"epochs"`` if all were run, ``"stop"`` if ``stop`` said so; ``"interrupted"`` by
            Ctrl-C or ``"diverged"``, and then params and losses are those after the last whole
            epoch that was finite and of a loss within reach of the first.
    """

    params: Any
    losses: np.ndarray
    ended: str

    def __repr__(self) -> str:
        """Where it began and where it ended."""
        early = "" if self.ended == "epochs" else f", {self.ended}"
        return (
            f"Run({len(self.losses) - 1} epochs, loss {self.losses[0]:.3g} to "
            f"{self.losses[-1]:.3g}{early})"
        )


_REMEDIES = {
    "interrupted": "Go on from run.params.",
    "diverged": "Pass a smaller learning_rate.",
}


def warn_if_incomplete(run: Run, rates: list[float]) -> Run:
    """Return the run; if it was cut short, say where."""
    if run.ended in _REMEDIES:
        epoch = len(run.losses)
        warnings.warn(
            f"the descent {'was ' * (run.ended == 'interrupted')}{run.ended} in epoch {epoch} of "
            f"{len(rates)}, learning_rate {rates[epoch - 1]:g}: this is the run before it. "
            + _REMEDIES[run.ended],
            IncompleteRun,
            stacklevel=3,
        )
    return run
