"""What the page says of random solutions on MNIST is in the stored tables."""

import re

import numpy as np
import pytest
from pages import ROOT
from scipy.stats import ttest_1samp

from flatbook import table
from flatbook.volume_is_accuracy import random_on_mnist, two_digits
from flatbook.volume_is_accuracy.experiment_mnist import COUNTS, DESCENTS
from flatbook.volume_is_accuracy.pairs import PAIRS
from flatlib.training import Table

NAMES = "random_solutions_mnist", "guessed_mnist"
LATER = (16, 32, 64, 128)
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")
PAGE = (ROOT / "book/volume_is_accuracy.ipynb").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables():
    return [table(name) for name in NAMES]


def of(own, digits, labels, count):
    return own.where(digits=digits, labels=labels, count=count)


def interval(values):
    return ttest_1samp(values, 0).confidence_interval(0.95)


def numbers(own):
    """Phrases of the page with a number of the table in them."""

    def bits(labels, count):
        return two_digits.last(of(own, "3 or 8", labels, count)).mean()

    many, most = (of(own, "3 or 8", "right", count) for count in (64, 128))
    random, he = (100 * x.mean() for x in (many["random"], two_digits.descended(many, "He's")))
    prices = [price for digits in PAIRS for *_, price in list(two_digits.shares(own, digits))[-2:]]
    sets = len(set(own["block"]))
    leads = [two_digits.lead(of(own, "3 or 8", "right", n), "drawn")[0] for n in LATER]
    least, most_worse = (WORDS[round(-100 * lead)] for lead in (max(leads), min(leads)))
    return [
        f"{WORDS[sets]} in all",
        f"in {WORDS[sets]} sets of images",
        f"16 or more threes and eights such a descent is even the worse of the two, by {least} to "
        f"{most_worse} points.",
        f"With 32 coins {own['dead'].sum()} of {10 * sets} runs died",
        f"in {own['sticks'].sum()} of these {2 * sets} rows the chains stick",
        f"More, and worse: {bits('right', 64):.0f} bits and {random:.0f} %.",
        f"a label costs {prices[2]:.2f} bits from the 33rd to the 64th and {prices[3]:.2f} from",
        f"noughts and ones is flatter, with {prices[0]:.2f} and {prices[1]:.2f}.",
        f"32 coins cost {bits('coin', 32):.0f} bits, and 32 right labels {bits('right', 32):.0f}.",
        f"it reads {he:.0f} % of the test images, and random solutions {random:.0f} %.",
        f"the 150 networks of a run have {most['ancestors'].mean():.0f} ancestors",
    ]


def overlap(share, before, after):
    low, high = map(float, re.findall(r"0\.\d+", share)[1:])
    return low <= after and before <= high


def conclusions(own):
    """What the page says in words, each by its name."""
    return beside_descent(own) | of_volumes(own)


def beside_descent(own):
    right = [of(own, digits, "right", n) for digits in PAIRS for n in LATER]
    he, drawn = (
        [interval(two_digits.descended(rows, start) - rows["random"]) for rows in right]
        for start in ("He's", "drawn")
    )
    return {
        "descent from He's start is better": all(one.low > 0 for one in he),
        "from a start as drawn it is not": all(one.low < 0 for one in drawn),
        "for threes and eights it is worse": all(
            interval(two_digits.descended(rows, "drawn") - rows["random"]).high < 0
            for rows in right[-len(LATER) :]
        ),
        "the vote is as good as descent from He's start, to a point, from 32 on": all(
            abs((two_digits.descended(rows, "He's") - rows["vote"]).mean()) < 0.01
            for rows in right
            if rows["count"][0] >= 32
        ),
    }


def of_volumes(own):
    coins, alike = (
        [of(own, digits, labels, n) for digits in PAIRS for n in (16, 32)]
        for labels in ("coin", "right")
    )
    return {
        "a share lies between the accuracies, within its interval": all(
            overlap(*told[2:5]) for digits in PAIRS for told in two_digits.shares(own, digits)
        ),
        "coins cost more in each set": all(
            (two_digits.last(c) > two_digits.last(r)).all()
            for c, r in zip(coins, alike, strict=True)
        ),
        "what fits coins is as good as a coin": all(
            one.low < 0.5 < one.high for one in (interval(rows["random"]) for rows in coins)
        ),
    }


def test_each_set_is_there_whole_and_its_runs_mix(tables):
    own, guessed = tables
    sets = sorted(set(own["block"]))
    assert sets == list(range(len(sets)))
    assert len(own) == len(sets) * len(PAIRS) * sum(map(len, COUNTS.values()))
    assert {row["block"] for row in guessed} >= set(sets)
    at_fault = [row for row in own if row["dead"] or row["sticks"]]
    assert {(row["labels"], row["count"]) for row in at_fault} <= {("coin", 32)}
    assert (own["dead"] <= 2).all()
    assert all(len(row["bits"]) == row["count"] for row in own)
    assert (np.diff(own[0]["bits"]) >= 0).all()
    assert (own.where(labels="right")["fitted"] == DESCENTS).mean() > 0.9


def test_each_row_says_how_long_it_took_and_on_what(tables):
    for own in tables:
        about = own.provenance
        each = np.array([about["each"]["seconds"], about["each"]["processor_seconds"]])
        assert each.shape == (2, len(own))
        assert (each > 0).all()
        assert set(about["data"]) == {
            f"{a}_{b}" for a in ("train", "test") for b in ("inputs", "labels")
        }


def test_the_page_says_what_is_in_the_table(tables):
    assert [name for name, holds in conclusions(tables[0]).items() if not holds] == []


@pytest.mark.parametrize("column", ["bits", "random", "descents"])
def test_a_table_turned_round_is_caught(tables, column):
    """The planted error: what belongs to coins and to right labels, or to the starts, exchanged."""
    own = tables[0]
    rows = []
    for row in own:
        value = row[column][::-1] if column == "descents" else 1.2 * row[column]
        if column == "bits" and row["labels"] == "coin":
            value = row[column] / 4
        rows.append(row | {column: value})
    assert not all(conclusions(Table(tuple(rows), own.provenance)).values())


def test_numbers_in_the_text_are_those_of_the_table(tables):
    own, _ = tables
    for said in numbers(own):
        assert said in PAGE
    other = Table(tuple(row | {"bits": 1.1 * row["bits"]} for row in own), own.provenance)
    assert not all(said in PAGE for said in numbers(other))


def test_the_picture_says_the_ends_of_its_lines(tables):
    own, _ = tables
    for alt, digits in zip(random_on_mnist(*tables).alts, PAIRS, strict=True):
        rows = of(own, digits, "right", max(COUNTS["right"]))
        bits = two_digits.last(rows)
        assert f"cost {bits.min():.0f} to {bits.max():.0f} bits" in alt
        mean = float(re.search(r"random (\S+);", alt)[1])
        np.testing.assert_allclose(mean, rows["random"].mean(), atol=6e-4)


def test_rows_of_the_tables_are_means_over_the_sets(tables):
    own, _ = tables
    for digits, labels, count, bits, counted, root, accuracy, _ in two_digits.volumes(*tables):
        rows = of(own, digits, labels, count)
        np.testing.assert_allclose(bits, np.mean([row["bits"][-1] for row in rows]))
        np.testing.assert_allclose(accuracy, np.mean([row["random"] for row in rows]))
        assert counted is None or abs(counted - bits) < 0.5
        assert 2 ** (-bits / count) <= root  # a mean of roots is at least the root of the mean bits
    for digits, count, random, _, drawn, lead, *_ in two_digits.beside_descent(own):
        mean, low, high = map(
            float, re.findall(r"[-+]\d\.\d+", lead.replace("\N{MINUS SIGN}", "-"))
        )
        np.testing.assert_allclose(mean, drawn - random, atol=6e-4)
        values = of(own, digits, "right", count)
        expected = interval(values["descents"][:, 0] - values["random"])
        np.testing.assert_allclose([low, high], expected, atol=6e-4)


def test_shares_are_those_of_the_labels_between(tables):
    own, _ = tables
    (first, *_) = two_digits.shares(own, "3 or 8")
    rows = of(own, "3 or 8", "right", 16)
    steps = np.array([np.diff(row["bits"])[3:] for row in rows])
    assert first[1] == "5 to 16"
    np.testing.assert_allclose(float(first[2].split()[0]), (2.0**-steps).mean(), atol=6e-4)
    np.testing.assert_allclose(first[5], steps.mean())
