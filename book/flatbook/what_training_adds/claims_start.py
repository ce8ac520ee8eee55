"""Linear models: the law of where descent ends is the law of the start among what fits."""

from functools import partial

import numpy as np

from flatbook.check import Check
from flatbook.claim import claim
from flatbook.volume_is_accuracy import task
from flatbook.what_training_adds import linear

_beyond = partial(claim, paper="beyond", page="what_training_adds", verdict="holds")
_SCALE = 1.3


@_beyond("SR7", place="to Wu et al., section 3, equation (5)")
def descent_and_guessing_are_one_law(rng: np.random.Generator) -> Check:
    """For a linear model with squared loss and an isotropic normal start, descent ends with the law
    of the start among the parameters that fit: normal about the solution of least norm.

    So at each input one draw is right with a chance that the scale of the start takes towards one
    half, and the vote of many draws is the solution of least norm, whatever the scale.
    """
    features, labels = rng.normal(size=(5, 12)), rng.choice([-1.0, 1.0], size=5)
    fresh = rng.normal(size=(6, 12))
    found = linear.ends(features, labels, _SCALE * rng.normal(size=(4000, 12)))
    mean, spread = linear.law(features, labels, fresh)
    shares = (found @ fresh.T > 0).mean(axis=0)
    return Check.all_of(
        "4,000 descents, starts that fit by chance, and digits (tolerance: 4.5 standard errors)",
        [
            Check.equal("what all of them fit", np.tile(labels, (4000, 1)), found @ features.T,
                        tolerance=1e-8),
            *_moments("ends of descent", mean, _SCALE * spread, found @ fresh.T),
            Check.at_most("share of descents with a positive output, off the formula by",
                          np.full(6, 4.5 * 0.5 / np.sqrt(4000)),
                          np.abs(shares - linear.accuracies(mean, spread, np.ones(6), _SCALE))),
            *_by_chance(rng),
            *_digits(rng),
        ],
    )  # fmt: skip


def _moments(what: str, mean: np.ndarray, spread: np.ndarray, samples: np.ndarray) -> list[Check]:
    count = len(samples)
    return [
        Check.at_most(f"{what}: means at fresh inputs, off by, in standard errors", 4.5,
                      (np.abs(samples.mean(axis=0) - mean) * np.sqrt(count) / spread).max()),
        Check.at_most(f"{what}: standard deviations, off by, in standard errors", 4.5,
                      (np.abs(samples.std(axis=0) / spread - 1) * np.sqrt(2 * count)).max()),
    ]  # fmt: skip


def _by_chance(rng: np.random.Generator) -> list[Check]:
    """Draw, and keep what fits one example to a hundredth: no descent at all."""
    features, fresh = rng.normal(size=(1, 3)), rng.normal(size=(4, 3))
    starts = rng.normal(size=(500_000, 3))
    kept = starts[np.abs(starts @ features[0] - 1) < 0.01]
    law = linear.law(features, np.ones(1), fresh)
    return _moments("starts that fit", *law, kept @ fresh.T)


def _digits(rng: np.random.Generator) -> list[Check]:
    digits, scales = task("3 or 8"), (0.1, 0.3, 1.0, 3.0)
    features, labels = digits.first(16)
    fresh, answers = digits.inputs[64:], digits.labels[64:]
    mean, spread = linear.law(features, labels.astype(float), fresh)
    normals = rng.normal(size=(1000, 65))
    inverse = np.linalg.pinv(features)
    left = normals - normals @ features.T @ inverse.T
    outputs = {s: (inverse @ labels + s * left) @ fresh.T for s in scales}
    counted = [((out * answers) > 0).mean() for out in outputs.values()]
    formula = [linear.accuracies(mean, spread, answers, s).mean() for s in scales]
    clear = np.abs(mean) > 0.3 * spread  # so clear that a thousand draws do not miss it
    votes = np.sign(np.median(outputs[3.0][:, clear], axis=0)) if clear.any() else np.ones(0)
    far = linear.accuracies(mean, spread, answers, 1e6)
    return [
        Check.at_most("threes and eights, four scales: accuracy of a draw, off the formula by",
                      np.full(4, 0.02), np.abs(np.subtract(counted, formula))),
        Check.at_least("accuracy lost from each scale to the next", np.zeros(3),
                       -np.diff(formula)),
        Check.equal("a very large start: all accuracies", np.full(len(far), 0.5), far,
                    tolerance=1e-3),
        Check.equal("the vote where the mean is clear: the solution of least norm",
                    np.sign(mean[clear]), votes, tolerance=0.0),
    ]  # fmt: skip
