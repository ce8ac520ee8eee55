"""What people ask for in the threads of other libraries, each as a newcomer would write it here."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch.utils.data import DataLoader, TensorDataset  # noqa: E402
from torch_oracles import by_func  # noqa: E402

import flatlib  # noqa: E402
from flatlib import curvature, pytorch  # noqa: E402


@pytest.fixture(scope="module")
def work():
    """A trained-looking net of two stages, its data, and its whole Hessian by another road."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        stages = {
            "stage1": nn.Sequential(nn.Linear(4, 8), nn.Tanh()),
            "stage2": nn.Sequential(nn.Linear(8, 6), nn.Tanh()),
        }
        net = nn.Sequential()
        for name, stage in (*stages.items(), ("head", nn.Linear(6, 3))):
            net.add_module(name, stage)
        x, y = torch.randn(20, 4).double(), torch.arange(20) % 3
    net = net.double()
    return net, x, y, by_func(net, nn.functional.cross_entropy, x, y)


def test_the_same_top_eigenvalue_in_each_of_ten_runs(work):
    """PyHessian 5: from 159 to 1587 in ten runs."""
    net, x, y, true = work
    operator = pytorch.hessian_operator(net, "cross_entropy", x, y)
    tops = [flatlib.top_eigenvalues(operator, 1)[0] for _ in range(10)]
    np.testing.assert_allclose(tops, np.linalg.eigvalsh(true)[-1], rtol=1e-10)


def test_fifty_eigenvalues_of_some_hundred_parameters(work):
    """PyHessian 6: 45 s; hessian-eigenthings 22: test against numpy.linalg on small nets."""
    net, x, y, true = work
    operator = pytorch.hessian_operator(net, "cross_entropy", x, y)
    found = flatlib.top_eigenvalues(operator, 50)
    expected = np.sort(np.linalg.eigvalsh(true))[::-1][:50]
    np.testing.assert_allclose(np.sort(found)[::-1], expected, atol=1e-10 * expected[0])


def test_eigenvalues_of_each_layer(work):
    """PyHessian 10."""
    net, x, y, true = work
    operator = pytorch.hessian_operator(net, "cross_entropy", x, y)
    top = flatlib.top_eigenvalues(operator.block("stage2.0"), 1)[0]
    rows = operator.rows("stage2.0")
    np.testing.assert_allclose(top, np.linalg.eigvalsh(true[np.ix_(rows, rows)])[-1], rtol=1e-9)


def test_the_trace_of_each_stage(work):
    """PyHessian 9."""
    net, x, y, true = work
    operator = pytorch.hessian_operator(net, "cross_entropy", x, y)
    report = pytorch.block_report(operator, np.random.default_rng(0))
    assert [block.name for block in report.blocks] == ["stage1", "stage2", "head"]
    traces = [block.trace.value for block in report.blocks]
    np.testing.assert_allclose(sum(traces), np.trace(true), rtol=1e-9)


def test_the_sum_of_the_squared_entries_of_the_diagonal(work):
    """PyHessian 14."""
    net, x, y, true = work
    objective, params = pytorch.to_objective(net, "cross_entropy", x, y)
    diagonal = flatlib.hessian_diagonal(objective, params)
    np.testing.assert_allclose((diagonal**2).sum(), (np.diag(true) ** 2).sum(), rtol=1e-10)


def test_curvature_in_an_activation(work):
    """PyHessian 13: the Hessian with respect to what a layer puts out, not to weights."""
    net, x, y, _ = work

    class FromHere(nn.Module):
        def __init__(self, hidden):
            super().__init__()
            self.hidden, self.rest = nn.Parameter(hidden), nn.Sequential(net.stage2, net.head)

        def forward(self, examples):
            return self.rest(self.hidden[examples])

    hidden = net.stage1(x).detach()
    found = pytorch.dense_hessian(
        FromHere(hidden), "cross_entropy", torch.arange(20), y, params="hidden"
    )
    true = torch.func.hessian(
        lambda h: nn.functional.cross_entropy(net.head(net.stage2(h)), y)
    )(hidden).reshape(160, 160)  # fmt: skip
    np.testing.assert_allclose(found, true.detach().numpy(), rtol=0, atol=1e-12)


def test_the_matrix_of_each_layer(work):
    """gknilsen/pyhessian 1."""
    net, x, y, true = work
    operator = pytorch.hessian_operator(net, "cross_entropy", x, y)
    matrices = {name: operator.block(name).matrix() for name in operator.names}
    assert matrices["head.weight"].shape == (18, 18)
    np.testing.assert_allclose(matrices["stage1.0.weight"], true[:32, :32], rtol=0, atol=1e-12)


def test_only_the_last_layer(work):
    """Laplace 189: which block."""
    net, x, y, true = work
    found = pytorch.gauss_newton_operator(net, "cross_entropy", x, y, params=net.head).matrix()
    # of the last layer the outputs are linear, so that it is the Hessian's own block
    np.testing.assert_allclose(found, true[-21:, -21:], rtol=0, atol=1e-12)


def test_a_frozen_backbone(work):
    """What is fine-tuned is what is measured."""
    net, x, y, true = work
    net.stage1.requires_grad_(False)
    operator = pytorch.hessian_operator(net, "cross_entropy", x, y)
    net.stage1.requires_grad_(True)
    assert operator.frozen == ("stage1.0.weight", "stage1.0.bias")
    np.testing.assert_allclose(operator.matrix(), true[40:, 40:], rtol=0, atol=1e-12)


def test_a_loader_in_place_of_a_noisy_batch(work):
    """devinterp 39: a loss from one batch; Laplace 232: out of memory with all data at once."""
    net, x, y, true = work
    loader = DataLoader(TensorDataset(x, y), batch_size=6, shuffle=True)
    trace = curvature.hutch_plus_plus(
        pytorch.hessian_operator(net, "cross_entropy", loader), np.random.default_rng(0),
        num_products=60,
    )  # fmt: skip
    assert abs(trace.value - np.trace(true)) <= 4 * trace.standard_error + 1e-9


def test_a_loss_of_ones_own(work):
    """However it is written: here with label smoothing, a temperature and a margin."""
    net, x, y, _ = work

    def loss(outputs, labels):
        return nn.functional.cross_entropy(outputs / 2 + 0.1, labels, label_smoothing=0.1)

    found = pytorch.dense_hessian(net, loss, x, y)
    np.testing.assert_allclose(found, by_func(net, loss, x, y), rtol=0, atol=1e-12)


def test_the_exact_hessian_and_a_certificate(work):
    """pytorch-minimize 39: the explicit matrix, and whether it is a minimum."""
    net, x, y, true = work
    objective, params = pytorch.to_objective(net, nn.CrossEntropyLoss(), x, y)
    order = pytorch.parameter_order(net)
    exact = flatlib.hessian(objective, params)
    np.testing.assert_allclose(exact, true[np.ix_(order, order)], rtol=0, atol=1e-12)
    assert flatlib.certify(objective, params).verdict == "not critical"
