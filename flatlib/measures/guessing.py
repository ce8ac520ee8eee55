"""The volume of the solutions by guessing: draw networks, and count those that fit."""

import numpy as np

from flatlib._guards import require_count, require_generator
from flatlib._types import ArrayLike
from flatlib.estimate import Estimate
from flatlib.measures._many import BATCH, Outputs, Start, labelled
from flatlib.networks import MLP


def guess_and_check(
    classifier: MLP | Outputs,
    inputs: ArrayLike,
    labels: ArrayLike,
    rng: np.random.Generator,
    *,
    size: int | None = None,
    start: Start | None = None,
    margin: ArrayLike = 0.0,
    num_guesses: int = 100_000,
) -> Estimate:
    """The same mass as the share of so many networks, drawn and not trained, that fit all labels.

    Exact up to chance, and hopeless for more than a dozen labels. Page:
    ``book/volume_is_accuracy``.

    Args:
        classifier: as for `solution_volume`, like the next three.
        inputs: shape (N, d).
        labels: shape (N,).
        rng: draws the networks.
        size: as for `solution_volume`, like ``start``.
        start: from normal numbers to parameters.
        margin: as for `solution_volume`.
        num_guesses: how many networks, at least 2.

    Returns:
        A `flatlib.Estimate` at the price of the networks. The trap: a share of 0 has an error of 0.

    Raises:
        ValueError, TypeError: as `solution_volume` does.

    Example:
        >>> net, rng = MLP((2, 1), bias=False), np.random.default_rng(0)
        >>> found = guess_and_check(net, np.eye(2), [1, 1], rng)
        >>> abs(found.value - 0.25) < 4 * found.standard_error
        True
    """
    problem = labelled(classifier, inputs, labels, size, start, margin)
    total = require_count(num_guesses, "num_guesses", minimum=2)
    require_generator(rng)
    batch, fits = max(BATCH // (problem.size * len(problem.labels)), 1), 0
    for first in range(0, total, batch):
        normals = rng.normal(size=(min(batch, total - first), problem.size))
        fits += int(problem.right(normals, slice(None)).all(axis=1).sum())
    share = fits / total
    error = float(np.sqrt(share * (1 - share) / (total - 1)))
    return Estimate("volume", share, error, total, "networks")
