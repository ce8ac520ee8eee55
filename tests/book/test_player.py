"""The player in a browser: every slider by key and by pointer, on one page with others."""

import io
import re
from functools import cache

import numpy as np
import pytest
from explorables import (
    centre,
    dots,
    dots_ground,
    ground,
    one,
    plain_dots,
    two,
    wave,
)
from PIL import Image

from flatbook.explore import Explorable, explore

STATE = """figure => ({
  shown: [...figure.querySelectorAll('img[data-frame]')].filter(i => i.checkVisibility())
    .map(i => i.alt),
  values: [...figure.querySelectorAll('input')].map(i => +i.value),
  spoken: [...figure.querySelectorAll('input')].map(i => i.getAttribute('aria-valuetext')),
  written: [...figure.querySelectorAll('output')].map(o => o.value)})"""


def complaints(figures, explorables, wanted):
    """What is wrong with the players, which should stand at the ``wanted`` slider positions."""
    found = []
    for figure, explorable, positions in zip(figures, explorables, wanted, strict=True):
        state = figure.evaluate(STATE)
        texts = [
            parameter.texts[position]
            for parameter, position in zip(explorable.parameters, positions, strict=True)
        ]
        shape = [len(parameter.values) for parameter in explorable.parameters]
        alt = explorable.alts[np.ravel_multi_index(positions, shape)]
        right = {"shown": [alt], "values": positions, "spoken": texts, "written": texts}
        found += [
            f"{key}: {state[key]} for {right[key]}" for key in right if state[key] != right[key]
        ]
    return found


def drive(page, explorables):
    """Move every slider by key and by pointer; the complaints after each move."""
    figures = page.locator("figure.explore").all()
    wanted = [[parameter.start for parameter in each.parameters] for each in explorables]
    found = complaints(figures, explorables, wanted)
    for which, explorable in enumerate(explorables):
        for number, parameter in enumerate(explorable.parameters):
            slider, last = figures[which].locator("input").nth(number), len(parameter.values) - 1
            keys = {"Home": 0, "ArrowRight": 1, "End": last, "ArrowLeft": last - 1}
            for key, position in keys.items():
                slider.press(key)
                wanted[which][number] = position
                found += complaints(figures, explorables, wanted)
            box = slider.bounding_box()
            page.mouse.click(box["x"] + 4, box["y"] + box["height"] / 2)
            wanted[which][number] = 0
            found += complaints(figures, explorables, wanted)
    return found


@pytest.fixture
def open_page(chromium, tmp_path):
    pages = []

    def opened(html, **options):
        path = tmp_path / "page.html"
        path.write_text(
            '<!doctype html><html lang="en"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>t</title>'
            f"<body>{html}</body></html>",
            encoding="utf-8",
        )
        context = chromium.new_context(**options)
        page = context.new_page()
        page.requests = []
        page.on("request", lambda request: page.requests.append(request.url))
        page.goto(path.as_uri())
        pages.append(context)
        return page

    yield opened
    for context in pages:
        context.close()


@cache
def trio() -> list[Explorable]:
    return [one(), two(), explore(wave, background=ground, alpha=[4.0, 2.0, 1.0])]


def test_players_move_by_key_and_pointer_and_leave_each_other_alone(open_page):
    page = open_page("".join(each.html for each in trio()))
    assert drive(page, trio()) == []
    assert [url for url in page.requests if not url.startswith("data:")] == [page.url]


def test_a_player_inserted_by_a_notebook_works_too(open_page):
    page = open_page("<div></div>")
    page.evaluate("html => {document.querySelector('div').innerHTML = html}", one().html)
    assert drive(page, [one()]) == []


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("j===k?'':'none'", "j!==k?'':'none'"),
        ("s.setAttribute(", "void("),
        ("k*(+i.max+1)", "k*+i.max"),
        ("this.querySelectorAll", "document.querySelectorAll"),
        (".value=t", ".title=t"),
    ],
)
def test_a_broken_handler_is_seen(open_page, right, wrong):
    assert right in one().html
    page = open_page("".join(each.html.replace(right, wrong) for each in trio()))
    assert drive(page, trio()) != []


def test_without_script_the_start_frame_shows(open_page):
    page = open_page(one().html, java_script_enabled=False)
    frames = page.locator("img[data-frame]").all()
    assert [index for index, frame in enumerate(frames) if frame.is_visible()] == [12]


def untrusted(html):
    """What JupyterLab leaves of it: test_jupyterlab_pages.py asks JupyterLab itself."""
    html = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
    return re.sub(r' (?:oninput|hidden|aria-[a-z]+|data-[a-z-]+)(?:="[^"]*")?(?=[ >])', "", html)


def test_a_notebook_not_trusted_shows_the_start_frame_and_no_dead_slider(open_page):
    html = untrusted(one().html)
    assert "data-frame" not in html and "oninput" not in html
    page = open_page(html)
    images = [image for image in page.locator("img").all() if image.is_visible()]
    assert [image.get_attribute("alt") for image in images] == ["", one().alts[12]]
    assert images[0].bounding_box() == images[1].bounding_box()
    assert not page.locator("input").is_visible()
    assert page.locator(".explore-asleep").is_visible()


def test_a_page_of_the_site_has_the_slider_and_no_word_of_a_notebook(open_page):
    page = open_page(one().html)
    assert page.locator("input").is_visible()
    assert not page.locator(".explore-asleep").is_visible()


def test_phone(open_page):
    page = open_page(one().html + two().html, viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert all(slider.bounding_box()["height"] >= 44 for slider in page.locator("input").all())


def test_the_page_shows_what_matplotlib_draws(open_page):
    figure = explore(dots, background=dots_ground, k=[1, 2], size="single")
    stack = open_page(figure.html).locator(".explore-stack")
    seen, plain = Image.open(io.BytesIO(stack.screenshot())), plain_dots()
    assert seen.size == plain.size == (462, 352)
    for color in ((255, 0, 0), (0, 0, 255)):
        assert np.abs((centre(seen, color) - centre(plain, color)) * plain.size).max() < 1
