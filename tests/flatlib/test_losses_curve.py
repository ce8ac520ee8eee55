"""What products take of a loss: its curvature times tangents, and a root of it."""

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


@pytest.fixture(params=LOSSES)
def loss_values_targets(request):
    outputs = 1 if request.param == "logistic" else 3
    values = np.random.default_rng(0).normal(size=(EXAMPLES, outputs))
    return LOSSES[request.param], values, np.full_like(values, 1 / outputs)


def test_it_multiplies_by_the_curvature_over_the_scale(loss_values_targets):
    loss, values, targets = loss_values_targets
    tangents = np.random.default_rng(1).normal(size=(values.shape[1], DIRECTIONS, EXAMPLES))
    dense = np.einsum("njk,kcn->jcn", loss.curvature(values, targets), tangents) / SCALE
    found = loss.curve(values, targets, SCALE)(tangents.copy())
    np.testing.assert_allclose(found, dense, rtol=1e-12, atol=1e-14)


def test_its_root_squares_to_the_curvature(loss_values_targets):
    loss, values, targets = loss_values_targets
    root, signs = loss.root(values, targets)
    signed = root if signs is None else root * signs[:, None, :]
    square = signed @ root.transpose(0, 2, 1)
    np.testing.assert_allclose(square, loss.curvature(values, targets), rtol=1e-12, atol=1e-14)


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
