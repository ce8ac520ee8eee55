"""Figure 3 on MNIST: the table is of nets as it says, and the page says of it what is in it."""

import numpy as np
import pytest

from flatbook import experiments, table
from flatbook.mnist_sample import mnist_sample
from flatbook.spectra_and_basins.scenes import solution
from flatbook.volume_and_accuracy import made_on_mnist, on_mnist, volume_mnist
from flatbook.volume_and_accuracy.experiment_figure3_mnist import LOSS, K
from flatbook.volume_and_accuracy.stops import FITTED
from flatlib.curvature import hessian_operator
from flatlib.data import _cache, mnist
from flatlib.networks import mlenet
from flatlib.objective import Objective
from flatlib.training import Table

EXPERIMENT = experiments()["figure3_mnist"]


@pytest.fixture(scope="module")
def own():
    return table("figure3_mnist")


def test_every_net_is_at_its_stops_and_none_is_flatter_than_the_least(own):
    # params are rounded to four decimals after the stop: two images of 512, and 1 % of the loss
    fitted = np.minimum(own["train_accuracy"], own["others_accuracy"])
    assert (fitted >= FITTED - 2 / 512).all()
    assert (own["matched_train_loss"] <= 1.01 * LOSS).all()
    assert (own["epochs"] <= own["matched_epochs"]).all()
    for before in ("", "matched_"):
        assert (own[before + "least"] <= own[before + "log_product"]).all()


def test_each_net_says_how_long_it_took_and_on_what(own):
    about = own.provenance
    each = np.array([about["each"]["seconds"], about["each"]["processor_seconds"]])
    assert each.shape == (2, len(own))
    assert (each > 0).all()
    assert all("cores" in machine for machine in about["machines"])


def test_the_digests_of_the_test_images_are_those_of_mnist(own, monkeypatch):
    def no_network(url, size):
        raise OSError("tests fetch nothing")

    monkeypatch.setattr(_cache, "download", no_network)
    try:
        found = mnist(num_train=1).digests()  # all training images would take 5 s
    except ConnectionError as error:
        pytest.skip(f"the official files are not here: {error}")
    for name in ("test_inputs", "test_labels"):
        assert own.provenance["data"][name] == found[name]


def test_a_net_is_what_its_row_says(own):
    """By the images in the book, and by products alone, with no Hessian in sight.

    That its Hessian gives the row's numbers is for `tests/book/test_experiments.py`.
    """
    number = EXPERIMENT.checkable(own)[0]
    row, sample = own[number], mnist_sample()
    theta = row["theta"]
    objective = Objective(mlenet(), "cross_entropy", sample.train_inputs, sample.train_labels)
    np.testing.assert_allclose(objective(solution(theta)), row["train_loss"], atol=1e-12)
    rng = np.random.default_rng(0)
    probes = rng.choice([-1.0, 1.0], size=(len(theta), 20))
    products = hessian_operator(objective, solution(theta)) @ probes
    # where a few eigenvalues are most of the norm, its square is known to a third from 20 probes
    np.testing.assert_allclose((products**2).sum(0).mean() ** 0.5, row["frobenius"], rtol=0.4)
    assert row["log_product"] < K * np.log(row["frobenius"])


def test_the_picture_says_the_correlations_of_both_stops(own):
    (alt,) = volume_mnist(own).alts
    for of in on_mnist.STOPS.values():
        for nets in (of(own).where(labels="wrong"), on_mnist.beside_right(of(own))):
            assert str(on_mnist.ordered(nets)) in alt


def test_of_three_nets_no_correlation_is_told(own):
    few = Table(own.rows[:3], own.provenance)
    told = [*next(iter(on_mnist.correlations(few)))]
    assert told[2:] == ["too few nets"] * 3


def test_between_two_stops_the_line_is_straight_in_the_logarithm_of_the_loss():
    losses = np.array([0.04, 0.0025])
    products, norms = 3 + 20 * np.log(losses), 5 * losses**0.7
    row = {"labels": "wrong", "number": 9, "seed": 0, "train_accuracy": 1.0}
    for before, k in (("", 0), ("matched_", 1)):
        row |= {f"{before}{name}": products[k] for name in ("log_product", "least")}
        row |= {f"{before}train_loss": losses[k], f"{before}frobenius": norms[k]}
    row["matched_test_accuracy"] = 0.5
    (found,) = on_mnist.at_loss(Table((row,), {}))
    assert (found["accuracy"], found["train_loss"]) == (0.5, losses[1])
    np.testing.assert_allclose(found["log_product"], 3 + 20 * np.log(LOSS), rtol=1e-12)
    np.testing.assert_allclose(found["frobenius"], 5 * LOSS**0.7, rtol=1e-12)


def test_a_net_that_is_there_at_the_first_stop_is_taken_as_it_is():
    row = {"labels": "wrong", "number": 9, "seed": 0, "train_accuracy": 1.0, "log_product": 2.0}
    row |= {"least": 1.0, "frobenius": 3.0, "train_loss": LOSS / 2}
    names = ("log_product", "least", "frobenius", "train_loss")
    row |= {f"matched_{name}": row[name] for name in names} | {"matched_test_accuracy": 0.5}
    (found,) = on_mnist.at_loss(Table((row,), {}))
    for name in names:
        np.testing.assert_allclose(found[name], row[name], rtol=1e-12)


def test_rows_of_the_page_are_means_and_correlations_of_the_table(own):
    rows, stops = list(on_mnist.means(own)), {"99 %": "", "0.01": "matched_"}
    for stop, others, count, accuracy, loss, *_ in rows:
        number, _, labels = others.partition(" ")
        kind = {"labels": labels or "wrong", "number": int(number) if labels else 0}
        nets = own.where(**kind)
        assert count == len(nets)
        accuracies, losses = (nets[f"{stops[stop]}{x}"] for x in ("test_accuracy", "train_loss"))
        np.testing.assert_allclose([accuracy, loss], [100 * accuracies.mean(), losses.mean()])
    assert len(rows) == 2 * len(EXPERIMENT.settings)
    said = [(stop, measure) for stop, measure, *_ in on_mnist.correlations(own)]
    assert len(said) == len(set(said)) == 2 * len(on_mnist.MEASURES) - 1


def test_the_line_below_the_tables_says_what_the_provenance_says(own):
    said, each = made_on_mnist.made(own), own.provenance["each"]
    assert said.startswith(f"{len(own)} nets, ")
    for seconds in (each["processor_seconds"], each["seconds"]):
        assert f"{min(seconds):.0f} to {max(seconds):.0f} s" in said
    assert own.provenance["data"]["train_inputs"].startswith(said.rpartition(" ")[2])
