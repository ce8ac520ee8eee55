"""What products take of a loss: its curvature over the number of examples, times tangents."""

import numpy as np
import pytest

from flatlib import CrossEntropyLoss, HuberLoss, LogisticLoss, SquaredLoss

LOSSES = {
    "squared": SquaredLoss(1.5),
    "huber": HuberLoss(0.7, factor=2.0),
    "cross-entropy": CrossEntropyLoss(),
    "smoothed": CrossEntropyLoss(smoothing=0.1),
    "logistic": LogisticLoss(),
}
EXAMPLES, DIRECTIONS, SCALE = 7, 4, 5.0


@pytest.mark.parametrize("name", LOSSES)
def test_it_multiplies_by_the_curvature_over_the_scale(name):
    loss, rng = LOSSES[name], np.random.default_rng(0)
    outputs = 1 if name == "logistic" else 3
    values = rng.normal(size=(EXAMPLES, outputs))
    targets = np.full_like(values, 1 / outputs)
    tangents = rng.normal(size=(outputs, DIRECTIONS, EXAMPLES))
    dense = np.einsum("njk,kcn->jcn", loss.curvature(values, targets), tangents) / SCALE
    found = loss.curve(values, targets, SCALE)(tangents.copy())
    np.testing.assert_allclose(found, dense, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize(
    ("outputs", "count", "words"),
    [
        (1, EXAMPLES, "targets.reshape"),
        (2, EXAMPLES, "one row for each example"),
        (1, EXAMPLES - 1, "one row for each example"),
    ],
)
def test_targets_in_a_row_are_refused_with_what_helps(outputs, count, words):
    with pytest.raises(ValueError, match=words):
        SquaredLoss().prepare(np.zeros(count), EXAMPLES, outputs)
