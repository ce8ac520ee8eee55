"""Figure 3 on MNIST: the table is of nets as it says, and the page says of it what is in it."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from flatbook import experiments, table
from flatbook.mnist_sample import mnist_sample
from flatbook.spectra_and_basins.scenes import solution
from flatbook.volume_and_accuracy import on_mnist, volume_mnist
from flatbook.volume_and_accuracy.experiment_figure3_mnist import LOSS, K, measure_sample
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


def test_a_net_is_what_its_row_says_and_another_row_is_caught(own):
    """By the images in the book; V(50) and the norm by products alone, with no Hessian in sight."""
    number = EXPERIMENT.checkable(own)[0]
    row, sample = own[number], mnist_sample()
    theta = row["theta"]
    objective = Objective(mlenet(), "cross_entropy", sample.train_inputs, sample.train_labels)
    np.testing.assert_allclose(objective(solution(theta)), row["train_loss"], atol=1e-12)
    found = measure_sample(theta)
    for name in found:
        tolerance = EXPERIMENT.tolerances[name]
        np.testing.assert_allclose(found[name], row[name], rtol=0, atol=tolerance)
    rng = np.random.default_rng(0)
    probes = rng.choice([-1.0, 1.0], size=(len(theta), 20))
    products = hessian_operator(objective, solution(theta)) @ probes
    # where a few eigenvalues are most of the norm, its square is known to a third from 20 probes
    np.testing.assert_allclose((products**2).sum(0).mean() ** 0.5, row["frobenius"], rtol=0.4)
    assert found["log_product"] < K * np.log(found["frobenius"])


def correlation(nets, column):
    return spearmanr(nets[column], nets["accuracy"]).statistic


def conclusions(own):
    """What the page says in words, each by its name."""
    first, second = (on_mnist.at_stop(own, before) for before in on_mnist.STOPS.values())
    wrong, later = (nets.where(labels="wrong") for nets in (first, second))
    most, clean = (own.where(labels="wrong", number=n) for n in (own["number"].max(), 0))
    right = own.where(labels="right", number=own["number"].max())
    return {
        "V(50) orders attacked nets at both stops": max(
            correlation(nets, "log_product") for nets in (wrong, later)
        )
        < -0.7,
        "so does the least V(50) of the orbit": max(
            correlation(nets, "least") for nets in (wrong, later)
        )
        < -0.7,
        "the estimate puts them in the wrong order": correlation(wrong, "estimate") > 0,
        "the clean nets have the larger estimate": clean["estimate"].mean()
        > most["estimate"].mean(),
        "nets with right labels are sharper and better": (
            right["matched_log_product"].mean() > clean["matched_log_product"].mean()
            and right["matched_test_accuracy"].mean() > clean["matched_test_accuracy"].mean()
        ),
        "the norm grows by less than half": most["frobenius"].mean()
        < 1.5 * clean["frobenius"].mean(),
    }


def test_the_page_says_what_is_in_the_table(own):
    assert [name for name, holds in conclusions(own).items() if not holds] == []


@pytest.mark.parametrize("column", ["test_accuracy", "log_product", "least", "estimate"])
def test_a_table_turned_round_is_caught(own, column):
    """The planted error: one column with its values in the opposite order."""
    values = -np.array(own[column]) if "accuracy" not in column else 1 - own[column]
    rows = tuple(row | {column: value} for row, value in zip(own, values, strict=True))
    assert not all(conclusions(Table(rows, own.provenance)).values())


def test_the_picture_says_the_correlations_of_both_stops(own):
    (alt,) = volume_mnist(own).alts
    for before in on_mnist.STOPS.values():
        assert str(on_mnist.ordered(on_mnist.at_stop(own, before).where(labels="wrong"))) in alt


def test_of_three_nets_no_correlation_is_told(own):
    few = Table(own.rows[:3], own.provenance)
    told = [*next(iter(on_mnist.correlations(few)))]
    assert told[2:] == ["too few nets"] * 3


def test_rows_of_the_page_are_means_and_correlations_of_the_table(own):
    for labels, number, count, accuracy, product, *_ in on_mnist.means(own):
        rows = [r for r in own if (r["labels"], r["number"]) == (labels, number)]
        assert count == len(rows)
        np.testing.assert_allclose(accuracy, np.mean([r["test_accuracy"] for r in rows]))
        expected = np.mean([r["log_product"] / np.log(10) for r in rows])
        np.testing.assert_allclose(product, expected)
    said = [(stop, measure) for stop, measure, *_ in on_mnist.correlations(own)]
    assert len(said) == len(set(said)) == 2 * len(on_mnist.MEASURES) - 1
