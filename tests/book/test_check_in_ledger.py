"""A Check as the answer to a claim: its entry in the ledger, and the card on the page."""

import time
from dataclasses import replace

import pytest

from flatbook.check import Check
from flatbook.claim import claim, collect
from flatbook.ledger import run


def _raises(rng):
    """It cannot be computed."""
    raise ZeroDivisionError("no")


def test_a_claim_that_raises_is_an_entry_that_does_not_hold():
    about = dict(paper="beyond", place="nowhere", page="none")
    broken = claim("X-1", verdict="holds", **about)(_raises)
    ledger = run({"X-1": broken})
    assert not ledger.holds
    assert ledger[0].as_dict()["failure"] == "ZeroDivisionError: no"
    assert "ZeroDivisionError" in str(ledger)
    assert "0 of 1" in ledger.summary()


def _quoted(rng):
    """It holds."""
    return Check.equal("x", 1.0, 1.0)


def test_the_words_a_verdict_rests_on_stand_in_the_ledger():
    about = dict(paper="beyond", place="nowhere", page="none", verdict="holds")
    plain, quoted = (
        run({"X-1": claim("X-1", **about, **words)(_quoted)})
        for words in ({}, {"quote": "nonzero theta, a < b"})
    )
    assert "“nonzero θ, a &lt; b”" in quoted._repr_html_()
    assert "“" not in plain._repr_html_()
    assert quoted[0].as_dict()["quote"] == "nonzero theta, a < b"


def test_register_refuses_what_it_cannot_list():
    about = dict(paper="beyond", place="nowhere", page="none")
    with pytest.raises(ValueError, match="verdict must be one of"):
        claim("X-1", verdict="true", **about)
    with pytest.raises(ValueError, match="docstring"):
        claim("X-1", verdict="holds", **about)(lambda rng: None)
    one, two = (claim("X-1", verdict="holds", **about)(_raises) for _ in range(2))
    module = type("Module", (), {"one": one, "two": two})
    with pytest.raises(ValueError, match="X-1 twice"):
        collect([module])


def test_the_seconds_of_an_entry_are_those_of_its_check():
    def sleeps(rng):
        """It rests."""
        time.sleep(0.05)
        return Check.equal("rest", 1.0, 1.0)

    about = dict(paper="beyond", place="nowhere", page="none", verdict="holds")
    start = time.perf_counter()
    ledger = run({"X-1": claim("X-1", **about)(sleeps)})
    assert 0.05 <= ledger[0].seconds <= time.perf_counter() - start


@pytest.mark.parametrize(
    ("verdict", "badge", "shown"),
    [
        ("holds", "holds", "comes out"),
        ("false as printed", "false as printed", "counterexample found; corrected form holds"),
        ("illustrated", "illustrated", "seen in what was run, which is no proof"),
    ],
)
def test_the_card_of_a_claim_has_its_verdict_and_its_words(verdict, badge, shown):
    about = dict(paper="beyond", place="nowhere", page="none", verdict=verdict)
    check = Check.equal("three depths", 1.0, 1.0)
    html = replace(check, claim=claim("X-1", **about)(_quoted))._repr_html_()
    assert f">{badge}</span> X-1" in html
    assert '<p class="check-statement">It holds.</p>' in html
    assert f"{shown} · " in html
    assert "Checked: three depths" in html
    assert "stored" not in html
    stored = claim("X-1", **about, tables=("t",))(_quoted)
    assert "on stored nets" in replace(check, claim=stored)._repr_html_()
    failed = Check.equal("three depths", 1.0, 2.0)
    assert "does not hold · " in replace(failed, claim=stored)._repr_html_()


def test_a_remark_corrects_and_a_part_has_no_verdict():
    about = dict(paper="beyond", place="nowhere", page="none", verdict="false as printed")
    check = replace(Check.equal("x", 1.0, 1.0), claim=claim("S1", **about)(_quoted))
    assert ">corrects what is printed</span>" in check._repr_html_()
    assert Check.all_of("both", [check]).claim is None
