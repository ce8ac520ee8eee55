"""Parts of a module are blocks of its Hessian."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from product_cases import written_out  # noqa: E402
from test_torch_door import INPUTS, LABELS, NET, TRUE, assert_same, chain  # noqa: E402
from torch import nn  # noqa: E402
from torch.nn import functional  # noqa: E402
from torch_oracles import by_func  # noqa: E402

from flatlib.pytorch import (  # noqa: E402
    block_report,
    dense_hessian,
    hessian_operator,
)

CHOICES = {
    "a part by name": ("2", slice(25, 43)),
    "a parameter by name": ("0.bias", slice(20, 25)),
    "names": (["0.weight", "0.bias"], slice(0, 25)),
    "a module": (NET[2], slice(25, 43)),
    "a parameter": (NET[2].bias, slice(40, 43)),
    "modules and names": ([NET[2], "0.bias"], slice(20, 43)),
    "a question": (lambda name, parameter: parameter.ndim == 2, np.r_[0:20, 25:40]),
    "everything": (NET, slice(0, 43)),
}


@pytest.mark.parametrize("name", CHOICES)
def test_parameters_are_chosen_by_name_module_or_question(name):
    params, rows = CHOICES[name]
    true = TRUE[rows][:, rows]
    assert_same(
        written_out(hessian_operator(NET, "cross_entropy", INPUTS, LABELS, params=params)), true
    )
    assert_same(dense_hessian(NET, "cross_entropy", INPUTS, LABELS, params=params), true)


def test_tied_parameters_have_both_names():
    module = nn.Sequential(nn.Linear(4, 4, bias=False), nn.Tanh(), nn.Linear(4, 4, bias=False))
    module = module.double()
    module[2].weight = module[0].weight
    operator = hessian_operator(module, "squared", INPUTS, INPUTS, params="2")
    assert operator.names == ("0.weight",)


def test_a_block_is_that_of_the_hessian():
    operator = hessian_operator(NET, "cross_entropy", INPUTS, LABELS)
    for part, rows in (("0", slice(0, 25)), ("2.bias", slice(40, 43))):
        assert_same(operator.block(part).matrix(), TRUE[rows, rows])
        np.testing.assert_array_equal(operator.rows(part), np.arange(43)[rows])


def test_a_report_names_each_part_and_says_what_is_left_out():
    module = nn.Sequential(chain(), nn.Linear(3, 3).double())
    module[1].requires_grad_(False)
    true = by_func(module, functional.cross_entropy, INPUTS, LABELS)[:43, :43]
    operator = hessian_operator(module, "cross_entropy", INPUTS, LABELS)
    report = block_report(operator, np.random.default_rng(0), parts=["0.0", "0.2"])
    for block, rows in zip(report.blocks, (slice(0, 25), slice(25, 43)), strict=True):
        part = true[rows, rows]
        assert block.size == len(part)
        assert block.trace.standard_error == 0  # computed whole
        assert block.trace.value == pytest.approx(np.trace(part), rel=1e-10)
        assert block.largest_eigenvalue == pytest.approx(np.linalg.eigvalsh(part)[-1], rel=1e-10)
    lines = str(report).splitlines()
    assert [line.split()[0] for line in lines[1:3]] == ["0.0", "0.2"]
    assert lines[3] == "left out, because frozen: 1.weight, 1.bias"
    (whole_net,) = block_report(operator, np.random.default_rng(0), num_products=20).blocks
    assert (whole_net.name, whole_net.size) == ("0", 43)
    off = abs(whole_net.trace.value - np.trace(true))
    assert 0 < off <= 4 * whole_net.trace.standard_error
    assert "±" in str(block_report(operator, np.random.default_rng(0), num_products=20))
