"""A loss of PyTorch's, by name or as an object, has its twin here."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch_modules import chain  # noqa: E402

import flatlib  # noqa: E402
from flatlib.pytorch import (  # noqa: E402
    SquaredLoss,
    dense_hessian,
    parameter_order,
    to_objective,
)


class Chain(nn.Sequential):
    """As many people write it: a constructor of its own, and nothing else."""

    def __init__(self):
        super().__init__(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))


@pytest.mark.parametrize(
    "loss", ["cross_entropy", nn.CrossEntropyLoss(), SquaredLoss(), nn.MSELoss()]
)
def test_a_loss_by_name_or_as_an_object(loss):
    module, inputs = Chain().double(), torch.randn(6, 4, dtype=torch.float64)
    labels = torch.arange(6) % 2
    of_labels = loss == "cross_entropy" or isinstance(loss, nn.CrossEntropyLoss)
    targets = labels if of_labels else inputs[:, :2] + 1
    objective, params = to_objective(module, loss, inputs, targets)
    theirs = nn.functional.cross_entropy if loss == "cross_entropy" else loss
    assert objective(params) == pytest.approx(theirs(module(inputs), targets).item(), rel=1e-12)


LABELS = torch.tensor([0, 2, 1, 0, 0, 2])
WEIGHTS = torch.tensor([0.5, 3.0, 1.25]).double()
ROWS = nn.functional.one_hot(LABELS, 3).double()
COLUMN = torch.tensor([[1.0], [0], [0], [1], [1], [0]]).double()
#: a loss of PyTorch's that ours is told apart from by a factor, and its targets
MORE = {
    "weights": (nn.CrossEntropyLoss(WEIGHTS), LABELS),
    "smoothing": (nn.CrossEntropyLoss(label_smoothing=0.2), LABELS),
    "both": (nn.CrossEntropyLoss(WEIGHTS, label_smoothing=0.2), LABELS),
    "ignored": (nn.CrossEntropyLoss(WEIGHTS, ignore_index=0), LABELS),
    "weights, rows": (nn.CrossEntropyLoss(WEIGHTS, label_smoothing=0.2), ROWS),
    "huber": (nn.HuberLoss(delta=0.7), ROWS),
    "smooth l1": (nn.SmoothL1Loss(beta=0.7), ROWS),
    "logistic": (nn.BCEWithLogitsLoss(), COLUMN),
    "soft margin": (nn.SoftMarginLoss(), 2 * COLUMN - 1),
}


@pytest.mark.parametrize("name", MORE)
def test_a_loss_of_pytorch_has_the_same_value_and_hessian_here(name):
    loss, targets = MORE[name]
    outputs = 1 if targets.shape == (6, 1) else 3
    module = chain(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, outputs))
    inputs = torch.randn(6, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    objective, params = to_objective(module, loss, inputs, targets)
    assert objective(params) == pytest.approx(loss(module(inputs), targets).item(), rel=1e-12)
    theirs, order = dense_hessian(module, loss, inputs, targets), parameter_order(module)
    np.testing.assert_allclose(
        flatlib.hessian(objective, params), theirs[np.ix_(order, order)], rtol=0,
        atol=1e-12 * np.abs(theirs).max(),
    )  # fmt: skip
