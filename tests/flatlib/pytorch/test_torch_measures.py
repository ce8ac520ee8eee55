"""Measures that no scaling moves, against sums by hand; and the page's small network."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch import nn  # noqa: E402
from torch_modules import MODULES, build  # noqa: E402

import flatlib  # noqa: E402
from flatlib.pytorch import (  # noqa: E402
    dense_hessian,
    examples,
    fisher_rao,
    hessian_operator,
    measures,
    parameters_of,
    path_norm,
    random_scales,
    relative_operator,
    report,
    rescaled,
)

LABELS = torch.arange(12) % 2
KEPT = ("largest relative eigenvalue", "squared Fisher–Rao norm", "path norm")


def test_the_path_norm_is_the_sum_over_paths():
    module, inputs = build("mlp")
    total, weights = np.ones(3), iter(p.detach().numpy() for p in module.parameters())
    for weight, bias in zip(weights, weights, strict=False):
        total = np.abs(weight) @ total + np.abs(bias)
    assert path_norm(module, inputs) == pytest.approx(total.sum(), rel=1e-12)


def test_the_path_norm_of_a_normalization_is_that_of_its_affine_map():
    layer = nn.BatchNorm1d(2).double().eval()
    module = nn.Sequential(layer)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([-3.0, 2.0]))
        layer.bias.copy_(torch.tensor([1.0, 0.0]))
        layer.running_mean.copy_(torch.tensor([4.0, 5.0]))
        layer.running_var.copy_(torch.tensor([4.0, 1.0]).double() - layer.eps)
    # x -> -1.5 x + 7 and 2 x - 10
    assert path_norm(module, torch.ones(1, 2).double()) == pytest.approx(20.5, rel=1e-12)
    bare = nn.Sequential(nn.BatchNorm1d(2, affine=False), nn.Linear(2, 1, bias=False))
    bare = bare.double().eval()
    with torch.no_grad():
        bare[0].running_mean.copy_(torch.tensor([4.0, -5.0]))
        bare[0].running_var.copy_(torch.tensor([4.0, 1.0]).double() - bare[0].eps)
        bare[1].weight.copy_(torch.tensor([[1.0, -1.0]]))
    assert path_norm(bare, torch.ones(1, 2).double()) == pytest.approx(8.5, rel=1e-12)


def test_fisher_rao_of_a_net_without_biases_is_that_of_its_outputs():
    module = nn.Sequential(
        nn.Linear(3, 6, bias=False), nn.ReLU(), nn.Linear(6, 2, bias=False)
    ).double()
    inputs, targets = torch.randn(9, 3).double(), torch.zeros(9, 2).double()
    squares = module(inputs).square().sum(dim=1).mean().item()
    found = fisher_rao(module, "squared", inputs, targets)
    assert found == pytest.approx(2**2 * squares, rel=1e-10)


def test_the_relative_matrix_is_the_weights_times_the_hessian():
    module, inputs = build("mlp")
    theta = parameters_of(module)
    exact = dense_hessian(module, "cross_entropy", inputs, LABELS)
    operator = relative_operator(exact, theta)
    by_hand = np.abs(theta)[:, None] * exact * np.abs(theta)
    np.testing.assert_allclose(operator @ np.eye(len(theta)), by_hand, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("name", MODULES)
def test_what_is_to_stay_stays_and_what_is_to_move_moves(name):
    module, inputs = build(name)
    scales = random_scales(module, np.random.default_rng(3), decades=1.5)
    scaled = rescaled(module, scales)
    data = ("cross_entropy", inputs, LABELS)
    reports = [report(net, *data, np.random.default_rng(0)).values for net in (module, scaled)]
    for measure in KEPT:
        before, after = (values[measure] for values in reports)
        assert after == pytest.approx(before, rel=1e-8), measure
    for measure in set(reports[0]) - set(KEPT):
        before, after = (abs(values[measure]) for values in reports)
        assert max(after / before, before / after) > 1.2, measure
    assert len(reports[0]) == 6


def test_the_report_says_what_the_matrix_says():
    module, inputs = build("resnet")
    exact = dense_hessian(module, "cross_entropy", inputs, LABELS)
    found = report(module, "cross_entropy", inputs, LABELS, np.random.default_rng(0))
    values, errors = found.values, found.errors
    assert values["largest eigenvalue"] == pytest.approx(np.linalg.eigvalsh(exact)[-1], rel=1e-8)
    assert abs(values["trace"] - np.trace(exact)) < 4 * errors["trace"]
    norm = np.linalg.norm(exact)
    assert abs(values["Frobenius norm"] - norm) < 4 * errors["Frobenius norm"]
    assert str(found).count("\n") == 5
    assert "trace" in str(found) and "±" in str(found)


def test_a_path_norm_that_forgets_the_signs_is_seen(monkeypatch):
    module, inputs = build("mlp")
    honest = path_norm(module, inputs)
    monkeypatch.setattr(measures, "_make_positive", lambda layer: layer.weight.abs_())
    assert path_norm(module, inputs) < 0.999 * honest


def test_the_network_of_the_page_learns_in_seconds_and_the_same_each_time():
    digits = flatlib.data.digits()
    images = torch.as_tensor(digits.train_inputs).reshape(-1, 1, 8, 8)[:320]
    labels = torch.as_tensor(digits.train_labels)[:320]
    nets = [
        examples.train(
            examples.small_resnet(np.random.default_rng(0), channels=4),
            images,
            labels,
            np.random.default_rng(0),
            epochs=30,
        )
        for _ in range(2)
    ]
    assert examples.accuracy(nets[0], images, labels) > 0.9
    assert not nets[0].training
    for one, other in zip(nets[0].parameters(), nets[1].parameters(), strict=True):
        assert torch.equal(one, other)
    top = flatlib.top_eigenvalues(hessian_operator(nets[0], "cross_entropy", images, labels), 1)
    assert top[0] > 0
