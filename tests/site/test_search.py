"""The search: a page whose title has the word comes first, and what is shown of it is its text."""

import pytest

RESULTS = "#search-results ul.search > li"
# Chrome, raw formulae, and what stands on every page.
NO_TEXT = ("\\(", "\\[", "Contents", "Download", "In a notebook that has been run", ".ipynb")


def results(reader, site, query, count):
    page = reader.turn_to(f"{site}/search.html?q={query}")
    page.tab.wait_for_function(
        "([shown, count]) => document.querySelectorAll(`${shown} p.context`).length >= count",
        arg=[RESULTS, count],
    )
    found = page.tab.locator(RESULTS).all()[:count]
    return [
        (entry.locator("a").inner_text(), entry.locator("p.context").inner_text())
        for entry in found
    ]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        (
            "flat",
            {
                "Three notions of flat",
                "Sharp Minima, Flat Minima",
                "A bent function cannot be made flat",
                "Where flat is provably good",
            },
        ),
        ("volume", {"Volume", "Does volume predict accuracy?", "Volume is accuracy"}),
        ("ledger", {"The ledger of claims"}),
    ],
)
def test_titles_come_first_and_snippets_are_text(site, reader, query, titles):
    found = results(reader, site, query, len(titles))
    assert {title for title, _ in found} == titles
    for _, snippet in found:
        assert snippet
        assert not [sign for sign in NO_TEXT if sign in snippet]
