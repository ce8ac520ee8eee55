"""What the page says in words of the nets of figure 3 on MNIST is in their table."""

import re

import numpy as np
import pytest
from pages import ROOT
from scipy.stats import spearmanr

from flatbook import table
from flatbook.volume_and_accuracy import on_mnist
from flatbook.volume_and_accuracy.experiment_figure3_mnist import FURTHEST
from flatlib.measures import rank_correlation
from flatlib.training import Table

NORM_FITTED = ("99 %", "Frobenius norm")
SIZES = (50, 100, 200, 400, 800)


@pytest.fixture(scope="module")
def own():
    return table("figure3_mnist")


def correlation(nets, column):
    return spearmanr(nets[column], nets["accuracy"]).statistic


def mean(nets, column, labels, number):
    return nets.where(labels=labels, attack=number)[column].mean()


def intervals(own):
    """Lower and upper ends as printed: clean and wrong, within equal numbers, clean and right."""
    return {row[:2]: [_ends(cell) for cell in row[2:]] for row in on_mnist.correlations(own)}


def _ends(cell):
    return cell and tuple(map(float, re.search(r"\[(\S+), (\S+)\]", cell).groups()))


def of_norm(nets, column):
    """Over the clean nets and those with wrong labels."""
    wrong = nets.where(labels="wrong")
    return rank_correlation(wrong["frobenius"], wrong[column], np.random.default_rng(0))


def right_against_clean(nets, column):
    """Means beside right labels less that of the clean nets."""
    numbers = dict.fromkeys(nets.where(labels="right")["attack"])
    clean = mean(nets, column, "wrong", 0)
    return np.array([mean(nets, column, "right", int(number)) - clean for number in numbers])


def conclusions(own):
    """What the page says in words, each by its name."""
    ends = intervals(own)
    of_wrong_labels = at_one_loss(own) | when_fitted(own) | among_equally_many(ends)
    return of_wrong_labels | of_the_norm(own, ends) | of_right_labels(own, ends)


def at_one_loss(own):
    later = on_mnist.at_loss(own)
    wrong = later.where(labels="wrong")
    product, least = (
        (mean(later, column, "wrong", 800) - mean(later, column, "wrong", 0)) / np.log(10)
        for column in ("log_product", "least")
    )
    steps = [mean(later, "log_product", "wrong", number) for number in (0, *SIZES)]
    lower = (later["log_product"] - later["least"]) / np.log(10)
    return {
        "V(50) rises by 19.5 decades": 19.4 < product < 19.6,
        "at each step": (np.diff(steps) > 0).all(),
        "the least V(50) by 25": 24.5 < least < 25.5,
        "it is three to thirteen decades lower": lower.min() > 2.5 and lower.max() < 13.5,
        "at one loss V(50) orders the nets": correlation(wrong, "log_product") < -0.9,
        "so does the least V(50)": correlation(wrong, "least") < -0.9,
        "the number of labels does so as well": correlation(wrong, "attack") < -0.97,
    }


def when_fitted(own):
    fitted = on_mnist.as_fitted(own)
    losses = [mean(fitted, "train_loss", "wrong", number) for number in (0, *SIZES)]
    return {
        "when fitted the clean nets have the largest loss": np.argmax(losses) == 0,
        "and those with 50 wrong labels the smallest": np.argmin(losses) == 1,
        "and are flatter than the clean ones": mean(fitted, "log_product", "wrong", 50)
        < mean(fitted, "log_product", "wrong", 0),
    }


def among_equally_many(ends):
    both = [(stop, measure) for stop in on_mnist.STOPS for measure in ("V(50)", "Frobenius norm")]
    return {
        "among equally many wrong labels the flatter are the better": all(
            ends[stop, measure][1][1] < 0 for stop, measure in both
        ),
        "by the least V(50) as well only when fitted": ends["99 %", "least V(50)"][1][1]
        < 0
        < ends["0.01", "least V(50)"][1][1],
        "so are those with the smaller loss when fitted": ends["99 %", "training loss"][1][1] < 0,
    }


def of_the_norm(own, ends):
    fitted, later = on_mnist.as_fitted(own), on_mnist.at_loss(own)
    norms = [mean(later, "frobenius", "wrong", n) for n in (0, *SIZES)]
    low, high = ends["0.01", "Frobenius norm"][0]
    means = [row[-2:] for row in on_mnist.means(own) if row[-1] is not None]
    ratios = np.array([estimate / norm for norm, estimate in means])
    return {
        "the norm differs by less than a factor of two": max(norms) < 2 * min(norms),
        "it is largest for the clean nets": np.argmax(norms) == 0,
        "no order is established, and if any, the wrong way round": low < 0 < -low < high,
        "it falls with the number of wrong labels": of_norm(later, "attack").high < 0,
        "when fitted it shows no order": np.prod(ends[NORM_FITTED][0]) < 0,
        "it goes with the loss": of_norm(fitted, "train_loss").low > 0.3,
        "and not with the number": of_norm(fitted, "attack").low
        < 0
        < of_norm(fitted, "attack").high,
        "the estimate's means are 1.2 to 4.4 times the norm's": (1.15 < ratios.min() < 1.25)
        and 4.35 < ratios.max() < 4.45,
    }


def of_right_labels(own, ends):
    found = {}
    for stop, of in on_mnist.STOPS.items():
        nets = of(own)
        found |= {
            f"{stop}: beside right labels V(50) falls": (
                right_against_clean(nets, "log_product") < 0
            ).all(),
            f"{stop}: so does the norm": (right_against_clean(nets, "frobenius") < 0).all(),
            f"{stop}: and the nets are better": (right_against_clean(nets, "accuracy") > 0).all(),
            f"{stop}: the flatter are the better": ends[stop, "V(50)"][2][1] < 0,
        }
    return found


def test_the_page_says_what_is_in_the_table(own):
    assert [name for name, holds in conclusions(own).items() if not holds] == []


def test_right_labels_that_sharpen_are_caught(own):
    """The planted error: the page's own finding on digits."""
    rows = tuple(
        row | {"matched_log_product": row["matched_log_product"] + 20 * (row["labels"] == "right")}
        for row in own
    )
    assert not conclusions(Table(rows, own.provenance))["0.01: beside right labels V(50) falls"]


@pytest.mark.parametrize(
    "column", ["matched_test_accuracy", "matched_log_product", "least", "estimate"]
)
def test_a_table_turned_round_is_caught(own, column):
    """The planted error: a column and its values the other way round, or a norm too large."""
    values = (3.0 if column == "estimate" else -1.0) * own[column]
    rows = tuple(row | {column: value} for row, value in zip(own, values, strict=True))
    assert not all(conclusions(Table(rows, own.provenance)).values())


def test_the_page_says_how_far_more_wrong_labels_were_fitted():
    text = (ROOT / "book/volume_and_accuracy.ipynb").read_text(encoding="utf-8")
    number, epochs, accuracy = (FURTHEST[name] for name in ("number", "epochs", "accuracy"))
    said = f"one net with {number:,} wrong labels had at most {100 * accuracy:.1f} % of both"
    assert re.search(f"{said} the 512 and the others right in {epochs} epochs", text)
