"""Who goes from page to page in one tab sees of each what a first visit shows."""

import pytest
from playwright.sync_api import Error
from reader import reading
from test_site import BLOCKING, WEIGHT, on_disk

PAGE = "book/low_complexity.html"
FAULT = "<script>no.such.thing</script><img src=no.png alt=a><p>{}"

# What Chromium says blocked the first thing seen. It may be too little: its memory blocks nothing.
TOLD = """performance.getEntriesByType('resource')
    .filter(entry => entry.renderBlockingStatus === 'blocking')
    .map(entry => [entry.name, entry.decodedBodySize])"""


@pytest.fixture(scope="module")
def anew(browser):
    """A tab in which these tests turn the pages."""
    with reading(browser) as reader:
        yield reader


def seen(page):
    return set(page.requests), page.tab.evaluate(WEIGHT)


def test_what_was_fetched_before_is_asked_for_and_weighs_as_much(site, browser):
    with reading(browser) as anew:
        first, second = [seen(anew.turn_to(f"{site}/{PAGE}")) for _ in range(2)]
    assert first == second


def test_nothing_that_the_browser_waits_for_is_left_out(site, browser):
    with reading(browser) as anew:
        tab = anew.turn_to(f"{site}/{PAGE}").tab
        counted, told = tab.evaluate(BLOCKING), dict(tab.evaluate(TOLD))
    assert set(told) <= set(counted)
    assert all(on_disk(name).stat().st_size == size for name, size in told.items())
    # one that the page links, one that this imports, a script
    assert {"pygments.css", "basic.css", "documentation_options.js"} <= set(map(file_of, counted))


def file_of(address):
    return on_disk(address).name


def test_each_page_has_its_own_faults(site, anew, tmp_path):
    for text in "ab":
        (tmp_path / f"{text}.html").write_text(FAULT.format(text), encoding="utf-8")
        page = anew.turn_to((tmp_path / f"{text}.html").as_uri())
        assert len(page.errors) == 2  # each is told anew, and none of the page before
        assert sum(url.endswith("no.png") for url in page.requests) == 1
    page = anew.turn_to(f"{site}/{PAGE}")
    assert page.errors == page.missing == []


def test_what_is_missing_is_missed_on_each_page(site, anew):
    for _ in range(2):
        page = anew.turn_to(f"{site}/{PAGE}")
        page.tab.evaluate("fetch('no.such.file').then(answer => answer.text())")
        assert [url.rpartition("/")[2] for url in page.missing] == ["no.such.file"]


def test_nothing_is_remembered(site, anew):
    tab = anew.turn_to(f"{site}/{PAGE}").tab
    tab.evaluate("localStorage.setItem('theme', sessionStorage.theme = 'dark')")
    tab.emulate_media(color_scheme="dark")
    tab.set_viewport_size({"width": 390, "height": 844})
    tab = anew.turn_to(f"{site}/{PAGE}").tab
    assert tab.evaluate("[document.documentElement.dataset.theme, innerWidth]") == ["light", 1400]
    assert tab.evaluate("sessionStorage.theme") is None


def test_chromium_knows_no_address_but_that_of_this_machine(site, anew):
    anew.turn_to(f"{site}/{PAGE}")
    for elsewhere in (site.replace("127.0.0.1", "localhost"), "http://192.0.2.1/"):
        with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
            anew.tab.context.new_page().goto(elsewhere)
