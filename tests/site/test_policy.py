"""Nothing leaves the machine, and not only because nobody asks: every page forbids it.

That the policy forbids nothing a page needs is seen by the tests that open each page, for what a
browser refuses it complains of.
"""

import pytest
from bs4 import BeautifulSoup
from pages import page_names
from reader import SITE

PAGE = "book/three_notions.html"
ELSEWHERE = "https://example.org/"
ATTEMPTS = {
    "a picture": "new Image().src = there",
    "a script": "import(there).catch(() => {})",
    "a style": "add(`<link rel=stylesheet href=${there}>`)",
    "a font": "new FontFace('f', `url(${there})`).load().catch(() => {})",
    "a frame": "add(`<iframe src=${there}></iframe>`)",
    "a film": "add(`<video src=${there}></video>`)",
    "a prefetch": "add(`<link rel=prefetch href=${there}>`)",
    "a call": "fetch(there).catch(() => {})",
    "a beacon": "navigator.sendBeacon(there, 'x')",
    "a form": "add(`<form id=f action=${there}></form>`); document.getElementById('f').submit()",
    "a base": "add(`<base href=${there}>`)",
}
TRY = """there => {
    const add = html => document.body.insertAdjacentHTML('beforeend', html);
    window.outcome = new Promise(done => {
        document.addEventListener('securitypolicyviolation', () => done('forbidden'), {once: true});
        setTimeout(() => done('let through'), 3000); });
    ATTEMPT; }"""
BARE = "<!doctype html><title>t</title><p>a page that forbids nothing"


def policy_place(path):
    """Where the policy stands among what a page's head fetches or runs: 0 is before all of it."""
    text, _, _ = path.read_text(encoding="utf-8").partition("<body")
    head = BeautifulSoup(text, "html.parser").head
    tags = head.select("script, link, style, meta[http-equiv=Content-Security-Policy]")
    return [tag.name for tag in tags].index("meta")


@pytest.mark.parametrize("name", [*page_names(), "search", "genindex"])
def test_a_page_begins_with_its_policy(site, name):
    assert policy_place(SITE / f"{name}.html") == 0


def test_a_policy_that_comes_late_is_seen(tmp_path):
    path = tmp_path / "page.html"
    tag = '<meta http-equiv="Content-Security-Policy" content="x">'
    path.write_text(f"<html><head><script></script>{tag}</head></html>", encoding="utf-8")
    assert policy_place(path) == 1


def attempt(tab, what):
    tab.evaluate(TRY.replace("ATTEMPT", ATTEMPTS[what]), ELSEWHERE)


def asked_elsewhere(page):
    """What gets past the policy of a page; that there is no such host is found out only then."""
    return [url for url in page.requests if url.startswith(ELSEWHERE)]


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_nothing_can_be_asked_of_another_host(site, reader, scheme):
    address = {"http": site, "file": SITE.as_uri()}[scheme]
    page = reader.turn_to(f"{address}/{PAGE}")
    for what in ATTEMPTS:
        attempt(page.tab, what)
        assert page.tab.evaluate("window.outcome") == "forbidden", what
    assert asked_elsewhere(page) == []


@pytest.mark.parametrize("what", [what for what in ATTEMPTS if what != "a base"])
def test_a_page_that_forbids_nothing_is_seen(reader, tmp_path, what):
    path = tmp_path / "page.html"
    path.write_text(BARE, encoding="utf-8")
    page = reader.turn_to(path.as_uri())
    with page.tab.expect_event("requestfailed"):
        attempt(page.tab, what)
    assert asked_elsewhere(page)


def test_a_link_to_a_paper_still_leads_there(site, reader):
    page = reader.turn_to(f"{site}/book/bibliography.html")
    link = page.tab.locator("article a[href^=https]").first
    with page.tab.expect_request(link.get_attribute("href")):
        link.click(no_wait_after=True)
