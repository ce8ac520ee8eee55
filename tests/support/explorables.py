"""Figures with sliders that several files of tests use, and a reader of their HTML."""

import io
from functools import cache
from html.parser import HTMLParser

import numpy as np
from PIL import Image

from flatbook import style
from flatbook.explore import explore

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
