"""What is said of ResNet-32 against a made-up table whose answers are known, and the stored one."""

import nbformat
import numpy as np
import pytest
from pages import ROOT

import flatbook
from flatbook.own_networks import block_shares, norms_and_accuracy
from flatbook.own_networks import experiment_resnet32_cifar10 as experiment
from flatbook.own_networks.norms import GROUPS, WAYS, chosen, kinds, norm, norms, orders, pairs
from flatlib.networks import resnet_parts
from flatlib.training import Table

STORED = flatbook.table("resnet32_cifar10")


def row(number, labels, value, accuracy):
    """A net with this norm, 1 % of spread, whose (14) turns the order round."""
    samples = value**2 * np.array([0.99, 1.0, 1.01])
    return {
        "labels": labels, "others": 100 * number, "seed": 0, "train_loss": 0.001,
        "train_accuracy": 1.0, "others_accuracy": 1.0, "test_accuracy": accuracy,
        "shares": np.full(17, 1 / 17), "shares_rescaled": np.eye(17)[number],
        "exact": samples, "printed": 1 / samples, "exact_rescaled": 3 * samples,
        "exact_matched": samples[::-1] ** 2,
    }  # fmt: skip


MADE_UP = Table(
    (
        *(row(number, "wrong", 10.0**number, 0.5 - 0.1 * number) for number in range(4)),
        *(row(number, "right", 10.0**-number, 0.5 - 0.1 * number) for number in range(1, 4)),
    ),
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


def test_the_figure_of_shares_holds_what_the_table_does():
    left, right = block_shares(STORED).figure().axes
    for panel, name in ((left, "shares"), (right, "shares_rescaled")):
        drawn = {tuple(line.get_ydata()) for line in panel.lines}
        assert drawn == {tuple(shares) for shares in STORED[name]}


@pytest.mark.parametrize("place", range(len(WAYS)))
def test_the_figure_of_norms_holds_what_the_table_does(place):
    figure = norms_and_accuracy(STORED).figure(way=place)
    drawn = np.concatenate([line.get_xydata() for line in figure.axes[0].lines])
    expected = norms(STORED, list(WAYS)[place])[:, 0], 100 * STORED["test_accuracy"]
    np.testing.assert_allclose(np.unique(drawn, axis=0), np.unique(np.transpose(expected), axis=0))


def test_the_orders_are_those_of_the_groups():
    found = orders(MADE_UP, np.random.default_rng(0))
    assert found.heads == ("", *GROUPS)
    trained, matched, rescaled, printed, loss = found.rows
    assert trained[2] == matched[2] == rescaled[2] == "-1.00 [-1.00, -1.00]"
    assert printed[2] == trained[3] == "+1.00 [+1.00, +1.00]"
    assert loss[2] == "+0.00 [+0.00, +0.00]"  # it is one and the same


def test_groups_have_the_nets_that_their_names_say():
    assert [len(chosen(MADE_UP, is_one)) for is_one in GROUPS.values()] == [7, 4, 4]


def test_pairs_are_ratios_of_one_number_of_others():
    found = pairs(MADE_UP).rows
    assert found[0] == ("100", "100.0", "10000.0")  # norms 10 and 0.1, and their squares
    assert [cells[0] for cells in found] == ["100", "200", "300"]


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


def test_norms_are_listed_to_two_digits():
    found = kinds(MADE_UP).rows
    assert [cells[0] for cells in found[:2]] == ["none", "100 wrong"]
    both = Table((MADE_UP[0], {**MADE_UP[0], "exact": 153.1 * MADE_UP[0]["exact"]}), {})
    assert kinds(both).rows[0][3] == "1, 12"


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
