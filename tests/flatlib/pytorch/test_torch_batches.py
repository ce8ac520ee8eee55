"""Batches from a loader are what the tensors are."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from product_cases import written_out  # noqa: E402
from test_torch_door import INPUTS, LABELS, NET, TRUE, assert_same  # noqa: E402
from test_torch_losses import LOSSES, contrast  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402
from torch_oracles import by_func  # noqa: E402

from flatlib.pytorch import (  # noqa: E402
    _door,
    dense_hessian,
    fisher_rao,
    gauss_newton_operator,
    hessian_operator,
)


def pairs(targets=LABELS, size=5):
    return list(zip(INPUTS.split(size), targets.split(size), strict=True))


class Anew:
    """Batches made anew in each pass, and how many passes there were."""

    def __init__(self, pairs):
        self.pairs, self.passes = pairs, 0

    def __iter__(self):
        self.passes += 1
        return iter(self.pairs)


@pytest.mark.parametrize("name", LOSSES)
def test_batches_have_the_hessian_of_all_examples(name):
    loss, targets, theirs = LOSSES[name]
    true = by_func(NET, theirs, INPUTS, targets)
    for size in (3, 5, 12):
        assert_same(written_out(hessian_operator(NET, loss, pairs(targets, size))), true)


def test_a_loader_is_a_source_of_batches_also_one_that_shuffles():
    data = TensorDataset(INPUTS, LABELS)
    for options in ({}, {"shuffle": True}, {"batch_size": 7}):
        loader = DataLoader(data, **{"batch_size": 4, **options})
        operator = hessian_operator(NET, "cross_entropy", loader)
        torch.rand(3)  # somebody else draws in between
        assert_same(written_out(operator), TRUE)
        assert_same(dense_hessian(NET, "cross_entropy", loader), TRUE)
    gauss_newton = written_out(gauss_newton_operator(NET, "cross_entropy", INPUTS, LABELS))
    assert_same(written_out(gauss_newton_operator(NET, "cross_entropy", loader)), gauss_newton)
    expected = fisher_rao(NET, "cross_entropy", INPUTS, LABELS)
    assert fisher_rao(NET, "cross_entropy", loader) == pytest.approx(expected, rel=1e-12)


def test_the_callers_chance_is_left_alone():
    torch.manual_seed(3)
    expected = torch.rand(2)
    torch.manual_seed(3)
    loader = DataLoader(TensorDataset(INPUTS, LABELS), batch_size=4, shuffle=True)
    hessian_operator(NET, "cross_entropy", loader)
    assert torch.equal(torch.rand(2), expected)


def test_floats_of_batches_are_made_those_of_the_parameters():
    batches = [(one.numpy().tolist(), other.numpy()) for one, other in pairs()]
    assert_same(written_out(hessian_operator(NET, "cross_entropy", batches)), TRUE)
    single = [(one.float(), other) for one, other in pairs()]
    found = written_out(hessian_operator(NET, "cross_entropy", single))
    np.testing.assert_allclose(found, TRUE, atol=1e-6 * np.abs(TRUE).max())


@pytest.mark.parametrize(("loss", "passes"), [("cross_entropy", 1), (contrast, 2)])
def test_a_product_is_one_pass_and_one_run_of_each_batch(loss, passes, monkeypatch):
    """Two where the loss looks at pairs of examples, which may lie in two batches."""
    batches, runs = Anew(pairs()), []
    operator = hessian_operator(NET, loss, batches)
    before, honest = batches.passes, _door.Problem.run
    monkeypatch.setattr(_door.Problem, "run", lambda self, x: runs.append(1) or honest(self, x))
    operator @ np.ones(43)
    assert (batches.passes - before, len(runs)) == (passes, 3 * passes)


def test_the_graph_of_a_single_batch_is_kept():
    batches = Anew(pairs(size=12))
    operator = hessian_operator(NET, "cross_entropy", batches)
    assert batches.passes == 1
    assert_same(written_out(operator), TRUE)


def test_a_bar_is_shown_when_asked_for(capsys):
    operator = hessian_operator(NET, "cross_entropy", pairs(), progress=True)
    capsys.readouterr()
    operator @ np.ones(43)
    assert "/3 [" in capsys.readouterr().err
    hessian_operator(NET, "cross_entropy", pairs()) @ np.ones(43)
    assert capsys.readouterr().err == ""


class Reader(nn.Module):
    """Letters in, three scores for each place out."""

    def __init__(self):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(6)
            self.letters, self.head = nn.Embedding(5, 3), nn.Linear(3, 3)
        self.double()

    def forward(self, tokens):
        return self.head(torch.tanh(self.letters(tokens).cumsum(dim=1)))


def test_tokens_with_labels_that_are_ignored_at_other_numbers_of_places():
    """A language model: the mean is over the places that count, whatever batch they are in."""
    tokens = torch.arange(24).reshape(6, 4) % 5
    labels = torch.arange(24).reshape(6, 4) % 3
    labels[:2, 1:] = -100

    def loss(outputs, targets):
        return functional.cross_entropy(outputs.flatten(0, -2), targets.flatten())

    with pytest.raises(ValueError, match=r"pass lambda o, t: loss\(o.flatten\(0, -2\), t.fl"):
        hessian_operator(Reader(), "cross_entropy", tokens, labels)
    true = by_func(Reader(), loss, tokens, labels)
    batches = [(tokens[:2], labels[:2]), (tokens[2:], labels[2:])]
    assert_same(written_out(hessian_operator(Reader(), loss, batches)), true)
    assert_same(written_out(hessian_operator(Reader(), loss, tokens, labels, batch_size=4)), true)
    means = [by_func(Reader(), loss, *batch) for batch in batches]
    assert np.abs(np.mean(means, axis=0) - true).max() > 0.1 * np.abs(true).max()


def test_batches_of_several_lengths_are_asked_to_be_padded():
    batches = [(torch.arange(2 * n).reshape(2, n) % 5, torch.ones(2, n)) for n in (2, 3)]
    with pytest.raises(ValueError, match=r"got \(2, 3, 3\) after .*Pad them to one length"):
        hessian_operator(Reader(), lambda o, t: o.square().mean(), batches)
