"""What the page says in words of ResNet-32 is in its table."""

import re
from functools import cache

import nbformat
import numpy as np
import pytest
from pages import ROOT

import flatbook
from flatbook.own_networks.norms import norms, orders
from flatlib.training import Table

SIZES = (1000, 2000, 3000)


@pytest.fixture(scope="module")
def own():
    return flatbook.table("resnet32_cifar10")


@pytest.fixture(scope="module")
def text():
    cells = nbformat.read(ROOT / "book/own_networks.ipynb", 4).cells
    return " ".join(cell.source for cell in cells)


def mean(own, way, labels, others):
    return norms(own.where(labels=labels, others=others), way)[:, 0].mean()


def told_apart(own):
    """The nets with wrong labels, and the others."""
    wrong = [bool(row["others"]) and row["labels"] == "wrong" for row in own]
    return np.array(wrong), ~np.array(wrong)


def ranges(own):
    """Numbers of the page that go from one end to another, as they are written."""
    wrong, others = told_apart(own)
    exact = norms(own, "exact")[:, 0]
    last = 100 * np.array([row["shares"][11:16].sum() for row in own])
    rescaled = norms(own, "exact_rescaled")[:, 0] / exact
    return {
        "here from {:.2f} to {:.2f}. No answer changes": own["loudness"],
        "The norm becomes {:.0f} to {:.0f} times as large": rescaled,
        "other weights that do the same, had {:.0f} to {:.0f} times its norm": rescaled,
        "are {:.1f} to {:.1f} times those by products": norms(own, "printed")[:, 0] / exact,
        "blocks 11 to 15, has {:.0f} to {:.0f} % of it beside wrong labels": last[wrong],
        "and {:.0f} to {:.0f} % in the other nets": last[others],
    }


def conclusions(own):
    """What the page says in words, each by its name."""
    return as_trained(own) | at_one_loss(own) | of_each_net(own)


def as_trained(own):
    trained = [{n: mean(own, way, "wrong", n) for n in (0, 2000, 3000)}
               for way in ("exact", "printed")]  # fmt: skip
    hits = [own.where(labels="wrong", others=n)["test_accuracy"].mean() for n in (0, 500, *SIZES)]
    ends = {name: of_groups[1:] for name, of_groups in intervals(own).items()}
    return {
        "many wrong labels: smaller than clean": all(
            norm[0] > max(norm[2000], norm[3000]) for norm in trained
        ),
        "and they generalize worst of all": max(hits[3:]) < min(hits[:3]),
        "clean and wrong: the other sign": ends["as trained"][0][0] > 0,
        "by (14)": ends["by (14)"][0][0] > 0,
        "and for the training loss itself": ends["training loss"][0][0] > 0,
        "clean and right: the paper's sign": ends["as trained"][1][1] < 0 > ends["by (14)"][1][1],
        "the loss has it, too": ends["training loss"][1][1] < 0,
        "five of six pairs": wrong_is_larger(own, "exact") == 5,
    }


def wrong_is_larger(own, way):
    """In how many of the pairs of one start."""
    wrong, right = (
        np.concatenate([norms(own.where(labels=kind, others=n), way)[:, 0] for n in SIZES])
        for kind in ("wrong", "right")
    )
    return (wrong > right).sum()


def at_one_loss(own):
    values, errors = norms(own, "exact_matched").T
    clean = values[[not row["others"] for row in own]]
    every, *groups = intervals(own)["at loss 0.01"]
    return {
        "a weak relation with the sign of the paper": every[0] > -0.9 and every[1] < 0,
        "ten nets show none": groups[0][0] < 0 < groups[0][1],
        "they are at 36 and 97": sorted(np.round(clean)) == [36, 97],
        "13 % in the median": round(100 * np.median(errors / values)) == 13,
        "five of six pairs, at one loss, too": wrong_is_larger(own, "exact_matched") == 5,
    }


def of_each_net(own):
    largest = [row["shares_rescaled"][1:16].argmax() for row in own]
    factors = np.array([row["factors"][k] for row, k in zip(own, largest, strict=True)])
    return {
        "it says what it was told": own["train_accuracy"].min()
        == 1
        == own["others_accuracy"].min(),
        "rescaled, the norm sits where factors are small": np.mean(factors < 0.3) > 0.8,
        "more than the prefactor": (
            norms(own, "printed")[:, 0] ** 2 > 2 * norms(own, "exact")[:, 0] ** 2
        ).all(),
    }


def intervals(own):
    """Ends of those of the page, by norm, for each group."""
    return {name: list(map(_ends, cells)) for name, *cells in _orders(own).rows}


@cache
def _orders(own):
    return orders(own, np.random.default_rng(0))


def _ends(cell):
    """Of the interval in a cell."""
    return tuple(map(float, re.search(r"\[(\S+), (\S+)\]", cell).groups()))


def test_the_page_says_what_is_in_the_table(own, text):
    for words, found in ranges(own).items():
        assert words.format(np.min(found), np.max(found)) in text
    assert [name for name, holds in conclusions(own).items() if not holds] == []


@pytest.mark.parametrize("column", ["exact", "exact_matched", "printed", "test_accuracy", "shares"])
def test_a_table_turned_round_is_caught(own, text, column):
    kept = [row[column] for row in own][::-1]
    turned = Table(
        tuple({**row, column: value} for row, value in zip(own, kept, strict=True)), own.provenance
    )
    said = all(words.format(np.min(f), np.max(f)) in text for words, f in ranges(turned).items())
    assert not (said and all(conclusions(turned).values()))
