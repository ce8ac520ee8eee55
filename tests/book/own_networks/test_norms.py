"""What is said of ResNet-32 against a made-up table whose answers are known, and the stored one."""

import nbformat
import numpy as np
import pytest
from pages import ROOT

import flatbook
from flatbook.own_networks import block_shares
from flatbook.own_networks import experiment_resnet32_cifar10 as experiment
from flatbook.own_networks.norms import nets, norm
from flatlib.networks import resnet_parts
from flatlib.training import Table

STORED = flatbook.table("resnet32_cifar10")


def row(number, value, accuracy, labels="wrong"):
    """A net with this squared norm, 1 % of spread, whose (14) turns the order round."""
    samples = value * np.array([0.99, 1.0, 1.01])
    return {
        "labels": labels, "others": 100 * number, "seed": 0,
        "train_loss": 0.01, "train_accuracy": 1.0, "others_accuracy": 1.0,
        "test_accuracy": accuracy, "shares": np.full(17, 1 / 17),
        "shares_rescaled": np.eye(17)[number],
        "exact": samples, "printed": 1 / samples,
        "exact_rescaled": samples, "printed_rescaled": 4.0 + 0.01 * number + np.arange(3),
    }  # fmt: skip


MADE_UP = Table(
    (*(row(k, 10.0**k, 0.5 - 0.1 * k) for k in range(4)), row(4, 1.0, 0.6, "right")),
    {"settings": ["labels", "others"]},
)


def test_a_norm_is_the_root_of_the_mean_and_its_error_is_half_as_large():
    samples = np.random.default_rng(0).normal(9.0, 0.3, size=2000)
    found, roots = norm(samples), []
    for k in range(200):
        roots.append(np.sqrt(np.random.default_rng(k).normal(9.0, 0.3, size=2000).mean()))
    assert abs(found.value - 3.0) < 4 * found.standard_error
    # the spread of 200 is known to 5 %
    np.testing.assert_allclose(found.standard_error, np.std(roots), rtol=0.2)


def test_the_figure_holds_what_the_table_does():
    left, right = block_shares(STORED).figure().axes
    for panel, name in ((left, "shares"), (right, "shares_rescaled")):
        np.testing.assert_allclose([line.get_ydata() for line in panel.lines], STORED[name])


def test_the_stored_rows_belong_together():
    for found in STORED:
        for name in ("shares", "shares_rescaled"):
            np.testing.assert_allclose(found[name].sum(), 1.0, rtol=1e-9)
        assert found["factors"].min() >= 0.1
        assert found["factors"].max() <= 10.0
        assert found["output_change"] < 1e-3  # float32, outputs of some 10
        assert len(found["shares"]) == 2 + len(found["factors"])
        # hundreds: accuracies are of 1000 images
        np.testing.assert_allclose(1000 * found["test_accuracy"] % 1, 0, atol=1e-9)
    assert len(nets(STORED).rows) == len(STORED)


def test_what_the_page_says_of_the_net_without_others():
    (found,) = STORED.where(others=0, seed=0)
    exact, printed, rescaled = (norm(found[way]) for way in ("exact", "printed", "exact_rescaled"))
    assert printed.value > np.sqrt(2) * exact.value  # kinks add to it
    assert 9 < rescaled.value / exact.value < 12
    assert found["train_accuracy"] == 1.0
    assert found["shares"][11:16].sum() > 0.5  # blocks 11 to 15, the last stage
    most = found["shares_rescaled"].argmax()
    assert found["factors"][most - 1] < 0.25


def test_norms_are_written_to_the_first_digit_of_their_errors():
    found = nets(MADE_UP).rows
    assert found[0][5] == "1.000 ± 0.003"  # 1 % of the square, of three: half of it by root 3
    assert found[3][5] == "31.62 ± 0.09"


def test_numbers_of_the_prose_are_those_of_the_experiment():
    cells = nbformat.read(ROOT / "book/own_networks.ipynb", 4).cells
    text = " ".join(cell.source for cell in cells)
    step = experiment.STEP * np.sqrt(sum(resnet_parts("ResNet-32").values()))
    assert rf"10^{{-5}}\sqrt P = {step:.3f}$" in text
    assert "three directions" in text
    assert {len(row["exact"]) for row in STORED} == {experiment.NUM_SAMPLES} == {3}
    asked = experiment.RESNET32_CIFAR10
    largest = max(setting["others"] for setting in asked.settings)
    assert f"the first {experiment.CLEAN:,} images, up to {largest:,} of the next" in text


def test_a_planted_norm_is_seen():
    planted = Table(({**STORED[0], "exact": 4 * STORED[0]["exact"]},), STORED.provenance)
    with pytest.raises(AssertionError):
        np.testing.assert_allclose(norm(planted[0]["exact"]).value, norm(STORED[0]["exact"]).value)
