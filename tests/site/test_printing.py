"""A page on paper: what is folded is open, in the colours for white, at the frames first shown."""

import pytest
from reader import visit

ADDRESS = "{}/book/hessian_transform.html"
STATE = """() => ({
    theme: document.documentElement.dataset.theme,
    folded: [...document.querySelectorAll('article details:not(.check-card details)')]
        .filter(fold => !fold.open).length,
    moved: [...document.querySelectorAll('figure.explore input[type=range]')]
        .filter(slider => slider.value !== slider.defaultValue).length,
    frames: [...document.querySelectorAll('img[data-frame]')]
        .filter(image => image.style.display !== 'none').map(image => image.alt) })"""


@pytest.fixture
def tab(site, browser):
    with visit(browser, ADDRESS.format(site), without="/mathjax/") as page:
        page.tab.emulate_media(color_scheme="dark")
        page.tab.wait_for_function("() => document.documentElement.dataset.theme === 'dark'")
        yield page.tab


def test_paper_has_all_of_a_page_and_the_screen_is_as_it_was(tab):
    first = tab.evaluate(STATE)["frames"]
    for slider in tab.locator("figure.explore input[type=range]").all():
        slider.press("Home")
        slider.press("End")
    before = tab.evaluate(STATE)
    assert before["folded"] > 0
    assert before["moved"] > 0
    tab.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(STATE) == {"theme": "light", "folded": 0, "moved": 0, "frames": first}
    tab.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate(STATE) == before


def test_the_browser_asks_when_it_prints(tab):
    tab.evaluate("addEventListener('beforeprint', () => { window.asked = true; })")
    tab.pdf()
    assert tab.evaluate("window.asked")
