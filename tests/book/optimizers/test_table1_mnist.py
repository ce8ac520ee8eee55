"""Table 1 on MNIST: a small net comes out again, and the stored nets are as the table says."""

import re

import numpy as np
import pytest

from flatbook import experiments, table
from flatbook.mnist_sample import mnist_sample
from flatbook.optimizers import experiment_table1_mnist as experiment
from flatbook.optimizers import runs_mnist
from flatbook.optimizers.experiment_table1_mnist import LOSS, NETS, RATES
from flatlib.data import _cache
from flatlib.objective import Objective
from flatlib.training import Table, sweep
from flatlib.training._machine import machine

EXPERIMENT = experiments()["table1_mnist"]
# A loss in float32 is a difference of outputs, which are of size 10: their roundings remain in it.
ROUNDING = 10 * np.finfo(np.float32).eps
SMALL = {"role": "mLeNet", "batch": "mini", "rate": 0.05, "images": 40}


@pytest.fixture(scope="module")
def own():
    return table("table1_mnist")


@pytest.fixture
def small(monkeypatch):
    """The images that travel with the book, and PyTorch on one thread."""
    torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
    torch.set_num_threads(1)
    monkeypatch.setattr(experiment, "images_of_mnist", mnist_sample)


def no_network(url, size):
    raise OSError("tests fetch nothing")


@pytest.mark.parametrize("batch", ["full", "mini"])
def test_a_stored_row_of_a_small_net_can_be_had_again(small, tmp_path, batch):
    """By the same function, to the last digit; and its loss is the one asked for, to float32."""
    stored = sweep(
        experiment.net, [SMALL | {"batch": batch}], (0,), tmp_path, jobs=1, progress=False
    )
    row, again = stored[0], stored.recompute(experiment.net, 0)
    for name in EXPERIMENT.tolerances:
        assert again[name] == row[name]
    assert set(again) - set(SMALL) - {"seed"} == set(EXPERIMENT.tolerances)
    assert row["reached"]
    np.testing.assert_allclose(row["loss"], LOSS, rtol=0, atol=ROUNDING)


def test_a_descent_that_is_given_up_says_so(small, monkeypatch):
    monkeypatch.setattr(experiment, "FURTHEST", 0.1)
    found = experiment.net(np.random.default_rng(0), **SMALL)
    assert (found["steps"], found["reached"]) == (2, False)
    assert found["loss"] > LOSS


@pytest.mark.parametrize("count", [1, 499, 500, 501])
def test_an_accuracy_by_parts_is_that_of_all(count):
    images, net = mnist_sample(), NETS["mLeNet"]()
    params = net.init(np.random.default_rng(0))
    few = images.train_inputs[:count], images.train_labels[:count]
    objective = Objective(net, "cross_entropy", *few)
    expected = objective.accuracy(params)
    np.testing.assert_allclose(experiment.accuracy(objective, params), expected, rtol=1e-12)


def test_nets_end_at_the_loss_or_were_given_up_after_as_many_steps_as_are_allowed(own):
    there = own["reached"].astype(bool)
    np.testing.assert_allclose(own["loss"][there], LOSS, rtol=0, atol=ROUNDING)
    assert (own["loss"][~there] > LOSS).all()
    most = np.round(experiment.FURTHEST / own["rate"])
    assert (own["steps"] <= most).all()
    np.testing.assert_array_equal(own["steps"][~there], most[~there])


def test_each_start_has_all_its_nets(own):
    """A part of the table would compare means over other starts."""
    assert set(own["seed"]) == set(EXPERIMENT.seeds)
    assert len(own) == len(EXPERIMENT.settings) * len(EXPERIMENT.seeds)


def test_each_net_says_how_long_it_took_and_on_what(own):
    each = np.array([own.provenance["each"][n] for n in ("seconds", "processor_seconds")])
    assert each.shape == (2, len(own))
    assert (each > 0).all()
    assert all("cores" in one for one in own.provenance["machines"])


def test_rows_of_the_page_are_differences_start_by_start(own):
    """By hand, from the rows, of those starts from which both nets reached the loss."""
    rows = [*runs_mnist.by_batch(own), *runs_mnist.by_rate(own)]
    fast, slow = RATES
    pairs = [
        *(({"role": role, "batch": "full", "rate": rate}, {"role": role, "batch": "mini",
           "rate": rate}) for role in NETS for rate in RATES),
        *(({"role": role, "batch": batch, "rate": fast}, {"role": role, "batch": batch,
           "rate": slow}) for role in NETS for batch in ("full", "mini")),
    ]  # fmt: skip
    ours = [row for row in rows if "[" in "".join(row)]
    assert len(ours) == len(pairs)
    for row, pair in zip(ours, pairs, strict=True):
        first, second = (
            {net["seed"]: net for net in own if kind.items() <= net.items()} for kind in pair
        )
        gains = [
            100 * (second[seed]["test_accuracy"] - net["test_accuracy"])
            for seed, net in first.items()
            if net["reached"] and second[seed]["reached"]
        ]
        (cell,) = (cell for cell in row if "[" in cell)
        said = float(re.match(r"[+-][\d.]+", cell)[0])
        np.testing.assert_allclose(said, np.mean(gains), atol=0.00501)


def test_a_start_that_one_of_the_two_did_not_finish_is_left_out():
    nets = [("full", 0, 0.9, True), ("full", 1, 0.1, False), ("mini", 0, 0.92, True),
            ("mini", 1, 0.95, True)]  # fmt: skip
    names = ("batch", "seed", "test_accuracy", "reached")
    made = Table(tuple(dict(zip(names, net, strict=True)) for net in nets), {})
    full, mini = runs_mnist.reached(made, {"batch": "full"}, {"batch": "mini"})
    np.testing.assert_allclose([full, mini], [[90.0], [92.0]])


def test_a_net_of_the_table_comes_out_again(own, monkeypatch):
    """Half a minute, where MNIST has been fetched, and on a processor that made the table."""
    torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
    monkeypatch.setattr(_cache, "download", no_network)
    try:
        digests = experiment.images_of_mnist().digests()
    except ConnectionError as error:
        pytest.skip(f"its images are not here: {error}")
    assert digests == own.provenance["data"]
    if machine() not in own.provenance["machines"]:
        pytest.skip("another processor leads to another net")
    torch.set_num_threads(1)
    quick = own.where(role="LeNet", batch="mini", rate=RATES[0])[0]
    EXPERIMENT.check(own, own.rows.index(quick))
