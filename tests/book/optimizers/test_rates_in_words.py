"""What the page says in words of the nets of Table 1 on MNIST is in their table."""

import json
from itertools import product

import numpy as np
import pytest
from pages import ROOT
from scipy import stats

from flatbook import table
from flatbook.optimizers.tables import RUNS, TABLE_1
from flatlib.training import Table

NETS, RATES, BATCHES = ("mLeNet", "LeNet"), (0.05, 0.01), ("full", "mini")
PAGE = "\n\n".join(
    "".join(cell["source"])
    for cell in json.loads((ROOT / "book/optimizers.ipynb").read_text(encoding="utf-8"))["cells"]
)


@pytest.fixture(scope="module")
def own():
    return table("table1_mnist")


def accuracies(own, role, batch, rate):
    """In per cent, in the order of the starts."""
    rows = [row for row in own if (row["role"], row["batch"], row["rate"]) == (role, batch, rate)]
    return np.array([100 * row["test_accuracy"] for row in sorted(rows, key=lambda r: r["seed"])])


def of_the_batch(own):
    """Differences of mini-batches, start by start, for each net and rate."""
    return {
        (role, rate): accuracies(own, role, "mini", rate) - accuracies(own, role, "full", rate)
        for role, rate in product(NETS, RATES)
    }


def of_the_rate(own):
    """Differences of the lower rate, start by start, for each net and batch."""
    return {
        (role, batch): accuracies(own, role, batch, 0.01) - accuracies(own, role, batch, 0.05)
        for role, batch in product(NETS, BATCHES)
    }


def interval(gains):
    return stats.ttest_1samp(gains, 0).confidence_interval(0.95)


def steps(own, role, rate):
    """How much more mini-batches take, in per cent."""
    means = [own.where(role=role, batch=b, rate=rate)["steps"].mean() for b in BATCHES]
    return 100 * means[1] / means[0] - 100


def numbers(own):
    """Phrases of the page with numbers of the table in them."""
    batch, rate = (
        sorted(gains.mean() for gains in of(own).values()) for of in (of_the_batch, of_the_rate)
    )
    high_rate, more = ([steps(own, role, rate) for role in NETS] for rate in RATES)
    low, high = interval(of_the_batch(own)["LeNet", 0.01])
    return [
        f"mini-batches gain {batch[0]:.1f} to {batch[-1]:.1f} points",
        f"The lower rate gains {rate[0]:.1f} to {rate[-1]:.1f} points",
        f"All {len(own)} nets end at their loss",
        f"at least {100 * own['train_accuracy'].min():.1f} % of their training images right",
        f"the worst of them reads {100 * own['test_accuracy'].min():.1f} % of the test images",
        f"take {more[0]:.0f} % more of them for mLeNet and {more[1]:.0f} % more for LeNet",
        f"at 0.05 they take {high_rate[0]:.0f} % and {high_rate[1]:.0f} % more",
        f"here the interval at 0.01 goes from {low:.1f} to {high:.1f}",
    ]


def conclusions(own):
    """What the page says in words, each by its name."""
    batch, rate = of_the_batch(own), of_the_rate(own)
    tests = {key: stats.ttest_1samp(gains, 0).pvalue for key, gains in batch.items()}
    means = [gains.mean() for gains in batch.values()]
    ends = np.array([interval(gains) for gains in rate.values()])
    spreads = {key: accuracies(own, *key).std() for key in product(NETS, BATCHES, RATES)}
    return {
        "all four intervals of the batch lie above 0": all(
            interval(gains).low > 0 for gains in batch.values()
        ),
        "three of them when four tests are made, all but LeNet's at 0.05": {
            key for key, p in tests.items() if p > 0.05 / len(tests)
        }
        == {("LeNet", 0.05)},
        "where the starts differ most": max(spreads, key=spreads.get) == ("LeNet", "full", 0.05),
        "none of the intervals of the rate lies above 0": (ends[:, 0] < 0).all()
        and (ends[:, 1] > 0).all(),
        "they leave half a point lost to a point gained": -0.55 < ends[:, 0].min() < -0.45
        and 0.9 < ends[:, 1].max() < 1.1,
        "the batch is worth a third of a point to a point": 0.3 < min(means) < 0.36
        and 0.95 < max(means) < 1.05,
        **_at_the_higher_rate(batch),
        **_beside_the_paper(batch),
        "every net ends at its loss": own["reached"].all(),
    }


def _at_the_higher_rate(batch):
    more = {role: batch[role, 0.05] - batch[role, 0.01] for role in NETS}
    return {
        "at the higher rate it is larger, by a third of a point for both": all(
            0.3 < gains.mean() < 0.36 for gains in more.values()
        ),
        "for LeNet its interval includes 0, for mLeNet not": interval(more["LeNet"]).low
        < 0
        < interval(more["mLeNet"]).low,
    }


def _beside_the_paper(batch):
    (full, s_full), (mini, s_mini) = TABLE_1["LeNet"]
    squares = s_full**2 / RUNS, s_mini**2 / RUNS
    freedom = sum(squares) ** 2 / (sum(s**2 for s in squares) / (RUNS - 1))  # Welch's
    reach = stats.t.ppf(0.975, freedom) * sum(squares) ** 0.5
    theirs = {role: pair[1][0] - pair[0][0] for role, pair in TABLE_1.items()}
    low, high = interval(batch["mLeNet", 0.05])
    return {
        "mLeNet's gain at 0.05 agrees with the paper's": low < theirs["mLeNet"] < high,
        "at 0.01 it is less than half": 2 * batch["mLeNet", 0.01].mean() < theirs["mLeNet"],
        "LeNet's is 0.02, uncertain by 0.3": round(mini - full, 2) == 0.02 and 0.25 < reach < 0.35,
        "and ours lies above": interval(batch["LeNet", 0.01]).low > theirs["LeNet"] + reach,
    }


def test_the_numbers_of_the_page_are_those_of_the_table(own):
    assert [phrase for phrase in numbers(own) if phrase not in PAGE] == []


def test_the_page_says_what_is_in_the_table(own):
    assert [name for name, holds in conclusions(own).items() if not holds] == []


@pytest.mark.parametrize("column", ["batch", "rate"])
def test_a_table_turned_round_is_caught(own, column):
    """The planted error: the two kinds of batch, or the two rates, exchanged."""
    first, second = BATCHES if column == "batch" else RATES
    other = {first: second, second: first}
    turned = Table(tuple(row | {column: other[row[column]]} for row in own), own.provenance)
    assert not all(conclusions(turned).values())
    assert not all(phrase in PAGE for phrase in numbers(turned))


def test_a_tenth_of_a_point_is_caught(own):
    """The planted error: whatever mini-batches reach is a little better."""
    moved = Table(
        tuple(
            row | {"test_accuracy": row["test_accuracy"] + 0.001 * (row["batch"] == "mini")}
            for row in own
        ),
        own.provenance,
    )
    assert not all(phrase in PAGE for phrase in numbers(moved))
