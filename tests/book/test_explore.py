"""A figure with a slider: what it weighs and what it says."""

import io

import numpy as np
import pytest
from explorables import Nesting, one, ray, two
from PIL import Image

from flatbook import style
from flatbook.explore import _layers, explore, still


def test_nesting_sees_a_fault():
    assert Nesting("<p><b></p>").faults and not Nesting("<p><b></b></p>").faults


@pytest.mark.parametrize("make", [one, two, lambda: still(lambda axes: "An empty page.")])
def test_html_is_well_formed_and_asks_for_nothing(make):
    page = Nesting(make().html)
    assert page.faults == []
    assert all(image["src"].startswith("data:image/") for image in page.all("img"))
    assert not page.all("script") and not page.all("link")
    assert not any("id" in attributes for _, attributes in page.tags)


def test_25_frames_fit_the_budget():
    assert 20_000 < one().num_bytes < 100_000


def test_every_frame_has_an_alt_text_of_its_own_and_one_is_shown():
    frames = [image for image in Nesting(one().html).all("img") if "data-frame" in image]
    assert [frame["alt"] for frame in frames] == list(one().alts)
    assert len({frame["alt"] for frame in frames}) == 25
    assert [index for index, frame in enumerate(frames) if "none" not in frame["style"]] == [12]


def test_two_runs_agree_to_the_byte():
    first, second = one.__wrapped__(), one.__wrapped__()
    assert first.html == second.html and first.png == second.png


def test_bundle_and_names():
    figure = explore(ray, theta_1=[1, 2, 3], theta_2=[0.25, 0.5], start={"theta_2": 0.25})
    bundle = figure._repr_mimebundle_()
    assert (
        bundle["text/plain"]
        == repr(figure)
        == (
            "Explorable(theta_1: 3 values from 1 to 3; shown at 2; "
            "theta_2: 2 values from 0.25 to 0.5; shown at 0.25)"
        )
    )
    assert Image.open(io.BytesIO(bundle["image/png"])).size == (960, 450)
    assert '<span class="explore-name">θ₁</span>' in bundle["text/html"]


def test_hostile_text_is_escaped():
    text = "\"><script>alert('1')</script>&amp;"
    figure = explore(lambda axes, k: f"{text} {k}", k=[1, 2], caption=text, labels={"k": text})
    page = Nesting(figure.html)
    assert page.faults == [] and not page.all("script")
    assert page.all("img")[1]["alt"] == f"{text} 1"


def test_values_arrive_as_python_numbers():
    kinds = set()
    explore(lambda axes, n: kinds.add(type(n)) or "A picture.", n=np.arange(3))
    assert kinds == {int}


def test_svg_text_is_shortened_not_changed():
    with style.context():
        figure, (axes,) = style.new_figure("single")
        axes.plot([0, 1], [0, 1])
    text = _layers.svg_text(figure)
    assert not any(idle in text for idle in ("<!--", "metadata", "xlink", "<g>", "\n"))
    assert [_layers.rounded(number) for number in ("181.99976", "-0.001")] == ["182", "0"]
