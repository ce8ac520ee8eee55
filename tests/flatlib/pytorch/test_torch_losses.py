"""The loss is that of all examples, however they are put into batches; and it may be one's own."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from test_torch_door import INPUTS, LABELS, NET, assert_same, matrix  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch_oracles import by_func  # noqa: E402

from flatlib.pytorch import gauss_newton_operator, hessian_operator  # noqa: E402

IGNORED = torch.where(torch.arange(12) < 4, -100, LABELS)
WEIGHT = torch.tensor([1.0, 5.0, 0.2]).double()


def focal(outputs, labels):
    p = functional.log_softmax(outputs, 1).gather(1, labels[:, None])[:, 0]
    return (-((1 - p.exp()) ** 2) * p).mean()


class Focal(nn.Module):
    def forward(self, outputs, labels):
        return focal(outputs, labels)


def contrast(outputs, labels):
    """A loss that looks at pairs of examples: no mean over them."""
    distances = (outputs[:, None] - outputs[None]).square().sum(dim=2)
    same = labels[:, None] == labels[None]
    return torch.where(same, distances, torch.exp(-distances)).mean()


LOSSES = {
    "by name": ("cross_entropy", LABELS, functional.cross_entropy),
    "class weights": (nn.CrossEntropyLoss(WEIGHT), LABELS, nn.CrossEntropyLoss(WEIGHT)),
    "ignored labels": ("cross_entropy", IGNORED, functional.cross_entropy),
    "both": (
        nn.CrossEntropyLoss(WEIGHT, ignore_index=1), LABELS,
        nn.CrossEntropyLoss(WEIGHT, ignore_index=1),
    ),
    "a module": (Focal(), LABELS, focal),
    "a function": (focal, LABELS, focal),
    "pairs": (contrast, LABELS, contrast),
    "an expression": (
        lambda o, t: functional.cross_entropy(o, t, reduction="sum") / len(t), LABELS,
        functional.cross_entropy,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LOSSES)
def test_no_batch_size_changes_the_hessian(name):
    loss, targets, theirs = LOSSES[name]
    true = by_func(NET, theirs, INPUTS, targets)
    for batch_size in (None, 1, 5, 100):
        assert_same(matrix(loss=loss, targets=targets, batch_size=batch_size), true)


@pytest.mark.parametrize("name", LOSSES)
def test_no_batch_size_changes_the_gauss_newton_matrix(name):
    """By hand: the Jacobian of all outputs, and the loss's Hessian in all of them."""
    loss, targets, theirs = LOSSES[name]
    weights = dict(NET.named_parameters())
    jacobian = torch.func.jacrev(lambda w: torch.func.functional_call(NET, w, INPUTS))(weights)
    rows = torch.cat([part.flatten(2) for part in jacobian.values()], dim=2).detach()
    outputs = NET(INPUTS).detach()
    bends = torch.func.hessian(lambda o: theirs(o, targets))(outputs)
    by_hand = torch.einsum("ncp,ncmd,mdq->pq", rows, bends, rows).numpy()
    for batch_size in (None, 5):
        operator = gauss_newton_operator(NET, loss, INPUTS, targets, batch_size=batch_size)
        assert_same(operator @ np.eye(len(by_hand)), by_hand)


def test_masks_of_images():
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        module = nn.Sequential(nn.Conv2d(1, 2, 3, padding=1), nn.Tanh(), nn.Conv2d(2, 3, 1))
        module, images = module.double(), torch.randn(6, 1, 3, 3, dtype=torch.float64)
        masks = torch.randint(0, 3, (6, 3, 3), dtype=torch.uint8)
    masks[0] = 255
    loss = nn.CrossEntropyLoss(ignore_index=255)
    true = by_func(module, loss, images, masks.long())
    for batch_size in (None, 4):
        assert_same(matrix(module, loss, images, masks, batch_size=batch_size), true)


def test_a_broadcast_in_a_loss_of_pytorch_is_its_own_and_warned_of():
    one = nn.Sequential(NET, nn.Linear(3, 1).double())
    targets = INPUTS[:, 0]
    for batch_size in (None, 5):
        with pytest.warns(UserWarning, match="target size"):
            found = matrix(one, nn.MSELoss(), INPUTS, targets, batch_size=batch_size)
        with pytest.warns(UserWarning, match="target size"):
            true = by_func(one, nn.MSELoss(), INPUTS, targets)
        assert_same(found, true)


def test_a_loss_of_labels_does_not_count_those_it_ignores():
    kept = IGNORED != -100
    with_them = matrix(targets=IGNORED, batch_size=3)
    without = hessian_operator(NET, "cross_entropy", INPUTS[kept], LABELS[kept])
    assert_same(with_them, without @ np.eye(len(with_them)))
