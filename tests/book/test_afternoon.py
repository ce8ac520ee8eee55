"""The afternoon: five stops, each linked to the next, that need nothing but one another."""

import re

import pytest
from afternoon import LETTERS, STOPS, WORDS, plain, read, signs
from pages import ROOT

READ = [read(name) for name in STOPS]
TITLES = {name: read(name).body.split("\n")[0].removeprefix("# ") for name in STOPS}
GLOSSARY = re.findall(r"^([^\n`:{#].*)\n  \S", (ROOT / "book/glossary.md").read_text("utf-8"), re.M)


def place(phrase):
    """The first stop in which a phrase stands, counted from 0; after the last if in none."""
    return next((k for k, stop in enumerate(READ) if phrase in stop.body), len(READ))


@pytest.mark.parametrize("k", range(len(STOPS)), ids=STOPS)
def test_a_stop_says_which_it_is_and_leads_on(k):
    head, box = READ[k].head, READ[k].box
    assert f"*Afternoon, {k + 1} of {len(STOPS)}*" in head
    assert len(re.findall(r"^- ", box, re.M)) == 3
    if k > 0:
        assert f"[{TITLES[STOPS[k - 1]]}]({STOPS[k - 1]}.ipynb)" in head
    if k + 1 < len(STOPS):
        assert f"Next, {k + 2} of 5: [{TITLES[STOPS[k + 1]]}]({STOPS[k + 1]}.ipynb)" in box


def unexplained(text, before, explained):
    """Entries of a table that occur in a text and are not explained up to this stop."""
    found = {word for word in explained if re.search(rf"\b{re.escape(word)}", plain(text), re.I)}
    return {word for word in found if place(explained[word]) > before}


@pytest.mark.parametrize("k", range(len(STOPS)), ids=STOPS)
def test_no_word_comes_before_it_is_explained(k):
    text = READ[k].body + READ[k].box
    assert unexplained(text, k, WORDS) == set()
    used = {term for term in GLOSSARY if re.search(rf"\b{re.escape(term)}s?\b", plain(text), re.I)}
    linked = {re.sub(r"(.*)<(.*)>", r"\2", t) for t in re.findall(r"\{term\}`([^`]+)`", text)}
    assert used | linked <= set(WORDS), "words of the glossary, explained nowhere on the way"


@pytest.mark.parametrize("k", range(len(STOPS)), ids=STOPS)
def test_no_letter_comes_before_it_is_explained(k):
    found = signs(READ[k].body)
    assert found <= set(LETTERS)
    assert {sign for sign in found if place(LETTERS[sign]) > k} == set()


@pytest.mark.parametrize("k", range(len(STOPS)), ids=STOPS)
def test_no_number_of_a_theorem_or_equation_stands_alone(k):
    """Beside the labels under a box, which say where a claim stands."""
    text = plain(READ[k].body + READ[k].box)
    assert re.findall(r"\b(?:DINH-\w+|WU-\w+|EXT\d+|SR\d+|S\d+)\b", text) == []
    assert re.findall(r"(?:equation|Theorem|Corollary|bound) \(?\d+", text) == []


def test_what_is_missing_is_seen():
    assert unexplained("the sharpest ellipsoid", 0, WORDS) == {"ellipsoid"}
    assert signs(r"$\alpha+q$ and $$\sum_j \frac1w$$") == {r"\alpha", "q", "j", "w"}


def sentences(text):
    """Those of running text; a formula is one word, a list item is a sentence."""
    text = re.sub(r"\$\$.*?\$\$", " F ", plain(text), flags=re.S)
    text = re.sub(r"\$[^$]+\$", "F", text)
    lines = [x for x in text.split("\n") if x.strip() and not x.lstrip().startswith((":::", "#"))]
    return [s for line in lines for s in re.split(r"(?<=[.?!:])\s+", line) if s.split()]


def test_sentences_are_short():
    lengths = sorted(len(s.split()) for stop in READ for s in sentences(stop.body))
    assert lengths[len(lengths) // 2] <= 18


@pytest.mark.parametrize("stop", READ, ids=STOPS)
def test_paragraphs_are_short(stop):
    text = re.sub(r"\$\$.*?\$\$", "F", plain(stop.body), flags=re.S)
    text = re.sub(r"\$[^$]+\$", "F", text)
    paragraphs = [p for p in text.split("\n\n") if not p.lstrip().startswith((":::", "-", "1."))]
    long = {p[:50]: len(p.split()) for p in paragraphs if len(p.split()) > 90}
    assert long == {}
