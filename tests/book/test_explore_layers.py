"""The layers of a figure with a slider: they lie on each other, and nothing on them jumps."""

import io

import numpy as np
import pytest
from explorables import Nesting, centre, dots, dots_ground, ground, plain_dots, two
from matplotlib.figure import Figure
from PIL import Image

from flatbook.explore import _layers, explore


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
