"""The site as a reader meets it: offline, by keyboard and pointer, on a phone, light and dark."""

import functools
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from pages import MAX_BLOCKING, MAX_WEIGHT
from reader import OURS, SITE, UNFOLD, WIDE

from flatbook.explore._layers import PIXELS_PER_INCH
from flatbook.style import STYLE

FRAMES = """figure => [...figure.querySelectorAll('[data-frame]')]
    .map((image, k) => [image, k])
    .filter(([image]) => !image.hidden && getComputedStyle(image).display !== 'none')
    .map(([image, k]) => image.naturalWidth > 0 ? k : -1)"""
# What a browser says of this (`renderBlockingStatus`) differs where a sheet is in its memory.
BLOCKING = """() => {
    const whole = sheet => [sheet.href, ...[...sheet.cssRules].flatMap(
        rule => rule.styleSheet ? whole(rule.styleSheet) : [])];
    const scripts = document.querySelectorAll('script[src]:not([async], [defer], [type=module])');
    return [...[...document.styleSheets].flatMap(whole), ...[...scripts].map(script => script.src)]
        .filter(address => address); }"""
WEIGHT = """performance.getEntriesByType('navigation')
    .concat(performance.getEntriesByType('resource'))
    .reduce((sum, entry) => sum + entry.decodedBodySize, 0)"""


# ---- what a page asks for ----


def test_nothing_leaves_the_machine(page):
    outside = [url for url in page.requests if not url.startswith(OURS)]
    assert page.requests
    assert not outside


def test_nothing_is_missing_and_no_script_complains(page):
    assert not page.missing
    assert not page.errors


def test_maths_is_typeset(page):
    formulae = page.tab.locator(".math").count()
    assert page.tab.locator(".math mjx-container").count() >= formulae
    assert page.tab.locator("mjx-merror, [data-mjx-error]").count() == 0
    # a macro that is not defined is set in red and raises nothing
    assert page.tab.locator("mjx-mtext[style*='color: red']").count() == 0


# ---- what a page costs ----


def test_what_a_page_loads_is_light(page):
    assert 0 < page.tab.evaluate(WEIGHT) <= MAX_WEIGHT


def on_disk(address):
    """The file that the server, or the browser itself, reads for an address."""
    parts = urlsplit(address)
    return Path(parts.path) if parts.scheme == "file" else SITE / unquote(parts.path[1:])


def test_little_stands_before_the_first_thing_seen(page):
    blocking = [on_disk(address).stat().st_size for address in page.tab.evaluate(BLOCKING)]
    assert blocking
    assert sum(blocking) <= MAX_BLOCKING


# ---- what a reader can do ----


def test_every_image_says_what_it_shows(page):
    # The ground under the frames of a figure is silent: the frame to be seen speaks for both.
    ground = "figure.explore:has([data-frame]) img:not([data-frame])"
    images = page.tab.locator(f"article img:not({ground})").all()
    silent = [
        image.evaluate("i => i.outerHTML.slice(0, 80)")
        for image in images
        if not (image.get_attribute("alt") or "").strip()
    ]
    assert not silent


def state(slider):
    """The frames to be seen in the slider's figure, and the value as a screen reader says it."""
    figure = slider.evaluate_handle("input => input.closest('figure.explore')")
    return figure.evaluate(FRAMES), slider.get_attribute("aria-valuetext")


def position(slider):
    low, high = (float(slider.get_attribute(name) or 0) for name in ("min", "max"))
    return (float(slider.input_value()) - low) / (high - low)


def test_sliders_move_their_figure(page):
    page.tab.set_viewport_size({"width": 1400, "height": 900})
    page.tab.evaluate(UNFOLD)  # the answer to a guess may be a figure
    for slider in page.tab.locator("figure.explore input[type=range]").all():
        there, back = ("ArrowRight", "ArrowLeft")
        if position(slider) == 1:
            there, back = back, there
        before = state(slider)
        slider.press(there)
        moved = state(slider)
        slider.press(back)
        assert [len(frames) for frames, _ in (before, moved)] == [1, 1]
        assert moved[0] != before[0]
        assert moved[1] != before[1]
        assert state(slider) == before
        box = slider.bounding_box()
        far = 0.1 if position(slider) > 0.5 else 0.9
        slider.click(position={"x": far * box["width"], "y": box["height"] / 2})
        clicked = state(slider)
        assert clicked[0] != before[0]
        assert clicked[1] != before[1]


def test_every_slider_belongs_to_a_figure(page):
    sliders = page.tab.locator("article input[type=range]").count()
    assert page.tab.locator("figure.explore input[type=range]").count() == sliders


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_sideways_scroll_on_a_phone(page, theme):
    page.tab.emulate_media(color_scheme=theme)
    page.tab.set_viewport_size({"width": 390, "height": 844})
    page.tab.wait_for_function(
        "theme => document.documentElement.dataset.theme === theme", arg=theme
    )
    width = page.tab.evaluate("document.documentElement.scrollWidth")
    assert width <= 390, page.tab.evaluate(WIDE)


LETTERING = """([pt, perInch]) => [...document.querySelectorAll('figure.explore')].map(figure => {
    const widths = [...figure.querySelectorAll('img')].map(image => image.clientWidth);
    return Math.max(...widths) / parseFloat(figure.style.maxWidth) * perInch * pt / 72; })"""
STACKS = "[...document.querySelectorAll('.explore-stack')]"


def test_lettering_is_legible_on_a_phone(page):
    """The least in a figure is that of its ticks; what is wider than the page can be scrolled."""
    page.tab.set_viewport_size({"width": 390, "height": 844})
    page.tab.evaluate(UNFOLD)
    sizes = page.tab.evaluate(LETTERING, [STYLE["xtick.labelsize"], PIXELS_PER_INCH])
    assert all(size >= 11 for size in sizes), sizes
    page.tab.wait_for_function(
        f"() => {STACKS}.every(s => (s.scrollWidth > s.clientWidth) === (s.tabIndex === 0))"
    )


# ---- each test above sees the fault it is there to see ----

PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
DEAD = (
    f"<figure class=explore><img data-frame alt=a src={PIXEL}><img data-frame hidden alt=b "
    f"src={PIXEL}><input type=range max=1 value=0 aria-valuetext=0></figure>"
)
SMALL = f"<figure class=explore style=max-width:704px><img width=300 src={PIXEL}></figure>"
PLANTED = [
    (test_nothing_leaves_the_machine, "<img src=https://example.org/a.png alt=a>"),
    (test_nothing_is_missing_and_no_script_complains, "<img src=no.png alt=a>"),
    (test_nothing_is_missing_and_no_script_complains, "<script>no.such.thing</script>"),
    (test_what_a_page_loads_is_light, "x" * MAX_WEIGHT),
    (test_little_stands_before_the_first_thing_seen, "<script src=heavy.js></script>"),
    (test_maths_is_typeset, "<span class=math>x</span>"),
    (test_maths_is_typeset, "<mjx-mtext style='color: red'>nosuch</mjx-mtext>"),
    (test_every_image_says_what_it_shows, f"<img src={PIXEL} alt=' '>"),
    (test_sliders_move_their_figure, DEAD),
    (test_every_slider_belongs_to_a_figure, "<input type=range>"),
    (test_lettering_is_legible_on_a_phone, SMALL),
    (
        functools.partial(test_no_sideways_scroll_on_a_phone, theme="light"),
        "<p style=width:600px>wide",
    ),
]


@pytest.mark.parametrize(("test", "fault"), PLANTED, ids=[fault[:20] for _, fault in PLANTED])
def test_a_planted_fault_is_seen(reader, tmp_path, test, fault):
    path = tmp_path / "page.html"
    (tmp_path / "heavy.js").write_text(";" * (MAX_BLOCKING + 1), encoding="utf-8")
    text = f"<!doctype html><html data-theme=light><article>{fault}</article>"
    path.write_text(text, encoding="utf-8")
    page = reader.turn_to(path.as_uri())
    with pytest.raises(AssertionError):
        test(page)
