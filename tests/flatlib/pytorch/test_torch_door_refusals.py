"""What the door of the measures refuses: data, labels, losses, and modules that hide something."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from refusals import assert_refused  # noqa: E402
from test_torch_copies import Keeps, pruned  # noqa: E402
from test_torch_door import INPUTS, LABELS, NET, Next, chain  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch_hiding import (  # noqa: E402
    Cached,
    Forward,
    Holds,
    Others,
    Straight,
    frozen,
    penalized,
    spoiled,
    without_gradients,
)

from flatlib import pytorch  # noqa: E402

T, V = TypeError, ValueError


def operator(module=NET, loss="cross_entropy", inputs=INPUTS, targets=LABELS, **options):
    return pytorch.hessian_operator(module, loss, inputs, targets, **options)


def run(module):
    module(INPUTS)
    return module


ONE_NAN = INPUTS.clone()
ONE_NAN[3, 1] = torch.nan
MASKED = torch.full((12,), -100)
HINGE = nn.MultiMarginLoss()

CASES = [
    ("nan weights", lambda: operator(spoiled(0, 0)), V, "1 NaN or infinite entries in '0.weight'"),
    ("an infinite weight", lambda: pytorch.path_norm(spoiled(1, value=torch.inf), INPUTS), V, ""),
    ("nan inputs", lambda: operator(inputs=ONE_NAN), V, "inputs must be finite, got 1"),
    ("nan targets", lambda: operator(loss="squared", targets=ONE_NAN[:, :3]), V, "targets must be"),
    ("overflow", lambda: operator(nn.Sequential(NET, nn.Linear(3, 3).double()),
     lambda o, t: (1e200 * o).square().mean()), V, "loss must be finite, got inf"),
    ("a root at 0", lambda: operator(loss=lambda o, t: (0 * o).norm()), V, "a norm of 0"),
    ("one example", lambda: operator(inputs=INPUTS[0], targets=LABELS[0]), V, "axis of examples"),
    ("one example into a copy of it", lambda: operator(nn.Linear(4, 4).double(), "squared",
     INPUTS[0], INPUTS[0]), V, "shape (N, C), got (4,)"),
    ("no examples", lambda: operator(inputs=INPUTS[:0], targets=LABELS[:0]), V, "0 and 0"),
    ("another type", lambda: operator(inputs=INPUTS.float()), V, "got torch.float32"),
    ("bool labels", lambda: operator(targets=LABELS > 0), T, "got dtype torch.bool"),
    ("float labels", lambda: operator(targets=LABELS.double()), T, "got dtype torch.float64"),
    ("labels (N, 1)", lambda: operator(targets=LABELS[:, None]), V, "shape (12,), got (12, 1)"),
    ("labels from 1", lambda: operator(targets=LABELS + 1), V, "values from 1 to 3"),
    ("labels below 0", lambda: operator(targets=LABELS - 1), V, "values from -1 to 1"),
    ("nothing counts", lambda: operator(targets=MASKED), V, "got -100 only"),
    ("floats for tokens", lambda: operator(Next(), inputs=INPUTS[:, :2]), V, "tokens are integers"),
    ("other width", lambda: operator(inputs=INPUTS[:, :3]), V, "take inputs of shape (12, 3)"),
    ("a tuple", lambda: operator(Forward(lambda m, x: (m.net(x), x))), V, "got a tuple"),
    ("max_norm", lambda: operator(Next(max_norm=1.0), inputs=LABELS[:, None].expand(12, 2)), V,
     "'letters' must keep its weights"),
    ("chance", lambda: operator(Forward(lambda m, x: functional.dropout(m.net(x)))), V,
     "the same outputs twice"),
    ("memory", lambda: operator(Forward(lambda m, x: m.net(x) * m.count)), V,
     "the same outputs twice"),
    ("a batch mean", lambda: operator(Forward(lambda m, x: m.net(x - x.mean(0))), batch_size=5), V,
     "treat each example alone"),
    ("flat rows", lambda: operator(Forward(lambda m, x: m.net(x).flatten()),
     lambda o, t: o.square().mean(), batch_size=5), V, "one row for each example"),
    ("no_grad inside", lambda: operator(Forward(without_gradients)), V, "'net.0.weight' cut off"),
    ("detach", lambda: operator(Forward(lambda m, x: m.net(x).detach())), V, "all of them"),
    ("a scale detached", lambda: operator(Forward(lambda m, x: m.net(x) * m.scale.detach())), V,
     "'scale' cut off"),
    ("a tensor of an earlier run", lambda: operator(Cached()), V, "'doubled' from an earlier run"),
    ("a list of outputs", lambda: operator(run(Holds())), V, "copy.deepcopy copies"),
    ("a wrong gradient", lambda: operator(Forward(lambda m, x: m.net[2](Straight.apply(
     m.net[0](x))))), V, "symmetric second derivative"),
    ("frozen", lambda: operator(chain().requires_grad_(False)), V,
     "have parameters that train"),
    ("an unknown part", lambda: operator(params="last"), V, "got 'last'. Pass one of 0, 2,"),
    ("a part without parameters", lambda: operator(params=["0", "1"]), V, "got '1'"),
    ("another module's", lambda: operator(params=chain()), V, "got a Sequential"),
    ("nothing chosen", lambda: operator(params=lambda name, p: p.ndim > 2), V, "must choose"),
    ("params of a number", lambda: operator(params=3), T, "got an int"),
    ("a part that is not there", lambda: operator().block("1"), V, "got '1': none such"),
    ("a part that is frozen", lambda: operator(params=None, module=frozen()).block("0"), V,
     "got '0': it is frozen"),
    ("a report of a matrix", lambda: pytorch.block_report(np.eye(3), np.random.default_rng(0)), T,
     "got a ndarray"),
    ("batches used up", lambda: operator(inputs=iter([(INPUTS, LABELS)]), targets=None), T,
     "used up by one. Pass list(batches)"),
    ("no pairs", lambda: operator(inputs=[INPUTS], targets=None), T, "pairs (inputs, targets)"),
    ("no targets", lambda: operator(targets=None), T, "must be batches of both, got a Tensor"),
    ("no batches", lambda: operator(inputs=[], targets=None), V, "one at least, got none"),
    ("an uneven pair", lambda: operator(inputs=[(INPUTS, LABELS[1:])], targets=None), V,
     "12 and 11"),
    ("nan in a batch", lambda: operator(inputs=[(ONE_NAN, LABELS)], targets=None), V, "finite"),
    ("batches and their size", lambda: operator(inputs=[(INPUTS, LABELS)], targets=None,
     batch_size=3), V, "batch_size must be left out"),
    ("other batches each time", lambda: operator(inputs=Others(), targets=None), V,
     "the same in every pass"),
    ("parameters of a list", lambda: pytorch.parameters_of([1]), T, "torch.nn.Module"),
    ("lazy", lambda: operator(nn.Sequential(nn.LazyLinear(3))), V, "'0.weight' without"),
    ("meta", lambda: operator(nn.Linear(4, 3, device="meta")), V, "'weight' without"),
    ("a penalty in the loss", lambda: operator(loss=penalized), V, "one of parameters too"),
    ("a loss of each", lambda: operator(loss=lambda o, t: o.square()), V, "got shape (12, 3)"),
    ("a float", lambda: operator(loss=lambda o, t: o.sum().item()), V, "one number as a tensor"),
    ("a detached loss", lambda: operator(loss=lambda o, t: o.detach().sum()), V, "cut off"),
    ("a loss that fails", lambda: operator(loss=nn.BCEWithLogitsLoss()), V, "loss must take"),
    ("reduction none", lambda: operator(loss=nn.MSELoss(reduction="none")), V, "/ len(targets)"),
    ("a hinge", lambda: operator(loss=HINGE), V, "loss must have second derivatives in PyTorch"),
    ("path norm of one number", lambda: pytorch.path_norm(chain(nn.ReLU()), 1.0), T, "a float"),
    ("path norm of another width", lambda: pytorch.path_norm(chain(nn.ReLU()), INPUTS[:, :2]), V,
     "take inputs of shape (1, 2)"),
    ("rescale a pruned net", lambda: pytorch.rescaled(pruned(), 2.0), V, "hooks"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "kind", "words"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_it_is_refused_in_one_line_that_says_what_to_do(call, kind, words):
    assert_refused(call, kind, words, longest=260)


@pytest.mark.parametrize("place", ["0", "1", ""])
def test_a_hook_on_any_layer_is_refused_by_what_follows_layers(place):
    """A hook on a ReLU changes the function, too; torch.fx does not look inside."""
    module = chain(nn.ReLU())
    module.get_submodule(place).register_forward_hook(lambda layer, inputs, outputs: outputs + 1)
    for call in (pytorch.rescaled, pytorch.to_flatlib):
        with pytest.raises(V, match=r"must be a plain layer|a call of add"):
            call(module, *([2.0] if call is pytorch.rescaled else []))
    # products run the module, hook and all
    found = operator(module) @ np.eye(43)
    assert np.isfinite(found).all()


def test_what_is_kept_and_made_anew_is_no_matter():
    assert operator(run(Keeps())).shape == (43, 43)
