"""What may come in, in which form; and what is seen to be meaningless although nothing fails."""

import copy

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch_oracles import by_func  # noqa: E402

from flatlib.pytorch import (  # noqa: E402
    dense_hessian,
    fisher_rao,
    hessian_operator,
    parameters_of,
    path_norm,
    relative_operator,
    to_objective,
)


def chain(middle=None):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(1)
        layers = [nn.Linear(4, 5), middle or nn.Tanh(), nn.Linear(5, 3)]
        return nn.Sequential(*layers).double()


NET = chain()
INPUTS = torch.randn(12, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
LABELS = torch.arange(12) % 3


def matrix(module=NET, loss="cross_entropy", inputs=INPUTS, targets=LABELS, **options):
    operator = hessian_operator(module, loss, inputs, targets, **options)
    return operator @ np.eye(operator.shape[0])


TRUE = by_func(NET, nn.functional.cross_entropy, INPUTS, LABELS)


def assert_same(found, true=TRUE):
    np.testing.assert_allclose(found, true, rtol=0, atol=1e-12 * np.abs(true).max())


FORMS = {
    "uint8": LABELS.to(torch.uint8),
    "int32": LABELS.int(),
    "int16": LABELS.short(),
    "array": LABELS.numpy(),
    "list": LABELS.tolist(),
    "one-hot rows": nn.functional.one_hot(LABELS).double(),
}


@pytest.mark.parametrize("form", FORMS)
def test_labels_of_any_form(form):
    assert_same(matrix(targets=FORMS[form]))
    objective, params = to_objective(NET, "cross_entropy", INPUTS, FORMS[form])
    theirs = nn.functional.cross_entropy(NET(INPUTS), LABELS).item()
    assert objective(params) == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("form", [INPUTS.numpy(), INPUTS.tolist(), list(INPUTS), INPUTS.T.T])
def test_inputs_of_any_form(form):
    assert_same(matrix(inputs=form))
    assert len(to_objective(NET, "cross_entropy", form, LABELS)[0].inputs) == 12


def test_an_array_is_made_of_the_type_of_the_parameters():
    operator = hessian_operator(chain().float(), "cross_entropy", INPUTS.numpy(), LABELS)
    np.testing.assert_allclose(operator @ np.eye(len(TRUE)), TRUE, atol=1e-4 * TRUE.max())


class Next(nn.Module):
    """The next of three letters from two, with a letter for nothing."""

    def __init__(self, **options):
        super().__init__()
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(4)
            self.letters = nn.Embedding(5, 2, **options)
            self.letters.weight.data.normal_()
            self.head = nn.Linear(4, 3)
        self.double()

    def forward(self, tokens):
        return self.head(torch.tanh(self.letters(tokens)).flatten(1))


TOKENS = torch.stack([torch.arange(12) % 4, torch.arange(12) % 3], dim=1)


@pytest.mark.parametrize(
    "options", [{}, {"padding_idx": 0}, {"scale_grad_by_freq": True}, {"sparse": True}]
)
def test_tokens_and_options_that_change_gradients_only(options):
    """The Hessian is that of the function, which the options of an embedding do not change."""
    true = by_func(Next(), nn.functional.cross_entropy, TOKENS, LABELS)
    assert np.abs(true[0]).max() > 1e-3  # the row of the letter for nothing
    for tokens in (TOKENS, TOKENS.int(), TOKENS.numpy()):
        assert_same(matrix(Next(**options), inputs=tokens), true)


@pytest.mark.parametrize("around", [torch.no_grad, torch.inference_mode])
def test_the_surroundings_of_the_call_do_not_matter(around):
    with around(), torch.autocast("cpu", dtype=torch.bfloat16):
        operator = hessian_operator(NET, "cross_entropy", INPUTS.clone(), LABELS.clone())
        assert_same(operator @ np.eye(len(TRUE)))
        assert_same(dense_hessian(copy.deepcopy(NET), "cross_entropy", INPUTS, LABELS))
        made_here = chain()
        inputs = INPUTS * 1
    assert_same(matrix(made_here, inputs=inputs))


def test_frozen_parameters_are_left_out_and_said_or_asked_for():
    module = chain()
    module[0].requires_grad_(False)
    assert_same(matrix(module, params=module))
    for found in (
        matrix(module, batch_size=5),
        dense_hessian(module, "cross_entropy", INPUTS, LABELS),
    ):
        assert_same(found, TRUE[25:, 25:])
    theta = parameters_of(module)
    np.testing.assert_array_equal(theta, parameters_of(module, params=module)[25:])
    assert relative_operator(TRUE[25:, 25:], theta).shape == (18, 18)
    assert [p.requires_grad for p in module.parameters()] == [False, False, True, True]
    operator = hessian_operator(module, "cross_entropy", INPUTS, LABELS)
    assert operator.frozen == ("0.weight", "0.bias")
    assert "2 frozen parameters left out" in repr(operator)
    assert hessian_operator(NET, "cross_entropy", INPUTS, LABELS).frozen == ()


class Spare(nn.Module):
    """A parameter that nothing depends on, in front of a chain."""

    def __init__(self):
        super().__init__()
        self.unused, self.net = nn.Parameter(torch.ones(2).double()), chain()

    def forward(self, inputs):
        return self.net(inputs)


def test_an_unused_parameter_has_no_curvature():
    found = matrix(Spare())
    np.testing.assert_array_equal(found[:2], 0)
    assert_same(found[2:, 2:])


def test_measures_ask_at_the_same_door():
    spoiled = INPUTS.clone()
    spoiled[0, 0] = torch.inf
    for call in (
        lambda: fisher_rao(NET, "cross_entropy", spoiled, LABELS),
        lambda: dense_hessian(NET, "cross_entropy", spoiled, LABELS),
        lambda: path_norm(chain(nn.ReLU()), spoiled),
        lambda: to_objective(NET, "cross_entropy", spoiled, LABELS),
    ):
        with pytest.raises(ValueError, match="inputs must be finite, got 1 NaN or infinite"):
            call()
