"""A figure with a slider: what it weighs, what it says, whether it moves."""

import io
from functools import cache
from html.parser import HTMLParser

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from flatlib.figures import _layers, explore, still, style

INPUTS = np.linspace(-3, 3, 200)
ALPHAS = np.logspace(-2, 2, 25)


def ground(axes):
    axes.plot(INPUTS, np.sin(INPUTS), color=style.COLORS["muted"])
    axes.set(xlabel=r"$\theta_1$", ylabel="loss", xlim=(-3, 3), ylim=(-1.5, 1.5))


def wave(axes, alpha):
    axes.plot(INPUTS, np.sin(INPUTS + np.log(alpha)), color=style.COLORS["alpha"])
    return f"A wave moved by the logarithm of {alpha:.3g}."


def ray(axes, theta_1, theta_2):
    axes.plot([0, theta_1], [0, theta_2])
    return f"A ray to ({theta_1:g}, {theta_2:g})."


@cache
def one():
    return explore(wave, background=ground, alpha=ALPHAS, caption="All of these are $\\sin$.")


@cache
def two():
    return explore(ray, theta_1=[1, 2, 3], theta_2=[0.25, 0.5, 1.5, 2.5], size="single")


class Nesting(HTMLParser):
    """Collects tags with their attributes; objects to one that closes what is not open."""

    VOID = ("img", "input")

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.faults = [], [], []
        self.feed(text)
        self.close()
        self.faults += self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if len(dict(attrs)) < len(attrs):
            self.faults.append(f"{tag} has an attribute twice")
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def all(self, tag):
        return [attributes for name, attributes in self.tags if name == tag]


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


def centre(picture, color):
    """Mean (x, y) of the pixels of a colour, as fractions of the picture."""
    pixels = np.asarray(picture.convert("RGB")).astype(int)
    rows, columns = np.nonzero(np.abs(pixels - color).max(axis=2) < 60)
    return np.array([columns.mean() / picture.width, rows.mean() / picture.height])


def dots_ground(axes):
    axes.plot(20, 3e-3, "s", color=(1, 0, 0), ms=12)
    axes.set(
        xscale="log", xlim=(0.1, 300), ylim=(0, 5e-3), xlabel="far", ylabel="a label\nof two lines"
    )


def dots(axes, k):
    axes.plot(20, 3e-3, "o", color=(0, 0, 1), ms=5)
    return f"Dot {k}."


def plain_dots():
    """The same picture by Matplotlib alone: one figure, nothing hidden, nothing frozen."""
    with style.context():
        figure, (axes,) = style.new_figure("single")
        dots_ground(axes)
        dots(axes, 1)
        buffer = io.BytesIO()
        figure.savefig(buffer, dpi=110)
    return Image.open(buffer)


def layers_png(figure):
    frame, images = figure._stage.frames[0], []
    for artists, paper in ((frame.moving, True), (frame.fixed, False)):
        with _layers.hidden(artists, frame.figure, ground=paper):
            images.append(Image.open(io.BytesIO(_layers.png_bytes(frame.figure, 110, 32))))
    return [image.convert("RGBA") for image in images]


def test_overlay_lies_on_its_background_to_a_pixel():
    lower, upper = layers_png(explore(dots, background=dots_ground, k=[1, 2], size="single"))
    both, plain = Image.alpha_composite(lower, upper), plain_dots()
    for color in ((255, 0, 0), (0, 0, 255)):
        shift = (centre(both, color) - centre(plain, color)) * plain.size
        assert np.abs(shift).max() < 1


def test_quantised_layers_keep_transparency():
    lower, upper = layers_png(explore(dots, background=dots_ground, k=[1, 2], size="single"))
    assert lower.getextrema()[3] == (255, 255) and lower.getpixel((1, 1)) == (255, 255, 255, 255)
    alpha = np.asarray(upper)[..., 3]
    assert (alpha == 0).mean() > 0.98 and alpha.max() >= 250  # a shared palette entry is a mean


def test_heavy_frames_become_png():
    cloud = np.random.default_rng(0).normal(size=(2, 4000))
    figure = explore(lambda axes, k: axes.plot(*(k * cloud), ".") and f"Cloud {k}.", k=[1, 2])
    sources = [image["src"] for image in Nesting(figure.html).all("img")]
    assert all(source.startswith("data:image/png;base64,") for source in sources[1:])
    assert figure.num_bytes < 100_000


def test_without_background_nothing_jumps():
    stage = two()._stage
    views = {
        (*frame.figure.axes[0].viewLim.extents, *frame.figure.axes[0].get_position().extents)
        for frame in stage.frames
    }
    assert len(views) == 1
    assert stage.frame({"theta_1": 9, "theta_2": 9}).figure.axes[0].viewLim.extents[2] < 4


def test_titles_of_both_layers_stay_where_they_are():
    """Matplotlib moves a title about when the title of another layer is hidden."""

    def first(axes):
        axes[0].set_title("stays", color=(1, 0, 0), fontsize=40)

    def second(axes, k):
        axes[1].set_title("moves", color=(0, 0, 1), fontsize=40)
        return f"Titles {k}."

    figure = explore(second, background=first, panels=2, k=[1, 2])
    both = Image.alpha_composite(*layers_png(figure))
    for color in ((255, 0, 0), (0, 0, 255)):
        whole = Image.open(io.BytesIO(figure.png))
        shift = (centre(both, color) - centre(whole, color)) * both.size
        assert np.abs(shift).max() < 1


def test_title_left_blank_by_the_background_moves_with_the_frame():
    def titled(axes, k):
        axes.set_title(f"step {k}")
        return f"Step {k}."

    frame = explore(titled, background=ground, k=[1, 2])._stage.frames[0]
    assert "step 1" in [artist.get_text() for artist in frame.moving if hasattr(artist, "get_text")]


def test_panels_color_bars_and_figures():
    def filled(axes):
        image = axes[0].imshow(np.eye(4))
        axes[0].figure.colorbar(image, ax=axes[0])
        axes[1].set_aspect("equal")

    figure = explore(
        lambda axes, k: axes[1].plot([0, k], [0, 1]) and f"Line {k}.",
        background=filled,
        panels=2,
        k=[0.25, 0.5],
    )
    assert isinstance(figure.figure(k=0.3), Figure) and len(figure.figure(k=0.3).axes) == 3
    with pytest.raises(ValueError, match=r"a value for each of \(k\), got \(alpha\)"):
        figure.figure(alpha=1)


def flat(axes, **values):
    return "A picture."


def moves_limits(axes, alpha):
    axes.set_xlim(0, alpha)
    return "A picture."


def adds_axes(axes, alpha):
    axes.twinx()
    return "A picture."


def relabels(axes, alpha):
    axes.set_xlabel(f"{alpha}")
    return "A picture."


@pytest.mark.parametrize(
    ("error", "words", "draw", "options"),
    [
        (ValueError, "one or two parameters, got 0", flat, {}),
        (ValueError, "one or two parameters, got 3", flat, {"a": [1, 2], "b": [1, 2], "c": [1, 2]}),
        (ValueError, "alpha must be a sequence of at least 2", flat, {"alpha": []}),
        (ValueError, "alpha must be a sequence of at least 2", flat, {"alpha": 3.0}),
        (ValueError, "alpha must be a sequence of at least 2", flat, {"alpha": np.eye(2)}),
        (TypeError, "alpha must hold real numbers", flat, {"alpha": ["a", "b"]}),
        (TypeError, "alpha must hold real numbers", flat, {"alpha": [1, 2j]}),
        (TypeError, "alpha must hold real numbers", flat, {"alpha": [False, True]}),
        (ValueError, "alpha must be finite", flat, {"alpha": [1, np.nan]}),
        (ValueError, "alpha must be finite", flat, {"alpha": [1, np.inf]}),
        (ValueError, "alpha must rise or fall strictly", flat, {"alpha": [1, 3, 2]}),
        (ValueError, "alpha must rise or fall strictly", flat, {"alpha": [1, 1]}),
        (
            ValueError,
            r"start must be among the values of alpha, got 1.4. The nearest is 1",
            flat,
            {"alpha": [1, 2], "start": 1.4},
        ),
        (TypeError, "start must be a number for alpha", flat, {"alpha": [1, 2], "start": "1"}),
        (ValueError, "start must name parameters", flat, {"alpha": [1, 2], "start": {"beta": 1}}),
        (
            ValueError,
            "start must be a mapping",
            flat,
            {"alpha": [1, 2], "beta": [1, 2], "start": 1},
        ),
        (TypeError, "labels must be a mapping", flat, {"alpha": [1, 2], "labels": "a"}),
        (
            ValueError,
            "formats must name parameters",
            flat,
            {"alpha": [1, 2], "formats": {"b": "{}"}},
        ),
        (
            ValueError,
            "a text of its own",
            flat,
            {"alpha": [1.1, 1.2], "formats": {"alpha": "{:.0f}"}},
        ),
        (ValueError, "a text of its own", flat, {"alpha": [1, 2], "formats": {"alpha": "{beta}"}}),
        (TypeError, "draw must be a function", "flat", {"alpha": [1, 2]}),
        (TypeError, "background must be a function", flat, {"alpha": [1, 2], "background": 3}),
        (TypeError, "caption must be text", flat, {"alpha": [1, 2], "caption": None}),
        (ValueError, "panels must be", flat, {"alpha": [1, 2], "panels": 0}),
        (ValueError, "size must be", flat, {"alpha": [1, 2], "size": "huge"}),
        (ValueError, "draw must return the alt text", lambda axes, alpha: None, {"alpha": [1, 2]}),
        (ValueError, "draw must return the alt text", lambda axes, alpha: " ", {"alpha": [1, 2]}),
        (
            ValueError,
            "draw must not change the limits",
            moves_limits,
            {"alpha": [1, 2], "background": ground},
        ),
        (ValueError, "draw must not add axes", adds_axes, {"alpha": [1, 2]}),
        (ValueError, "same labels in each frame", relabels, {"alpha": [1, 2]}),
    ],
)
def test_explore_refuses(error, words, draw, options):
    with pytest.raises(error, match=words) as caught:
        explore(draw, **options)
    assert "\n" not in str(caught.value)


def test_live_redraws_between_the_values():
    box = one().live()
    slider, picture = box.children
    before = picture.value
    slider.value = 3.0
    assert "moved by the logarithm of 3." in picture.value and picture.value != before
    assert Nesting(picture.value).faults == []


@pytest.mark.parametrize(
    ("values", "continuous", "kind"),
    [
        ([0.1, 1.0, 10.0], True, "FloatLogSlider"),
        ([10.0, 1.0, 0.1], True, "FloatLogSlider"),
        ([-1.0, 0.0, 1.0], True, "FloatSlider"),
        ([1, 2, 3], True, "SelectionSlider"),
        ([1.0, 2.0, 5.0], True, "SelectionSlider"),
        ([0.1, 1.0, 10.0], False, "SelectionSlider"),
    ],
)
def test_live_slider_fits_the_values(values, continuous, kind):
    box = explore(flat, alpha=values, start=values[1]).live(continuous=continuous)
    assert type(box.children[0]).__name__ == kind
    assert box.children[0].value == pytest.approx(values[1])


def test_live_of_a_still_figure_is_refused():
    with pytest.raises(ValueError, match="live needs a parameter"):
        still(flat).live()


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
