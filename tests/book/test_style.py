"""The palette is measured, not admired: contrast, and distance for every kind of sight."""

import itertools
import subprocess
import sys

import matplotlib
import numpy as np
import pytest

from flatbook import style

SYMBOLS = [name for name in style.COLORS if name not in ("ink", "muted", "grid")]
# Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
SIGHT = {
    "normal": np.eye(3),
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritan": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
LUMINANCE = np.array([0.2126729, 0.7151522, 0.0721750])
XYZ = np.array([[0.4124564, 0.3575761, 0.1804375], LUMINANCE, [0.0193339, 0.1191920, 0.9503041]])


def linear(rgb):
    rgb = np.asarray(rgb, dtype=float)
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def lab(linear_rgb):
    xyz = XYZ @ np.clip(linear_rgb, 0, 1) / XYZ.sum(axis=1)
    root = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * root[1] - 16, 500 * (root[0] - root[1]), 200 * (root[1] - root[2])])


def contrast(one, other):
    dark, light = sorted(LUMINANCE @ linear(rgb) for rgb in (one, other))
    return (light + 0.05) / (dark + 0.05)


def in_dark_theme(rgb):
    """CSS invert(0.93) hue-rotate(180deg): reflect about the grey of the same luma."""
    inverted = 0.93 - 0.86 * np.asarray(rgb)
    return np.clip(2 * (np.array([0.213, 0.715, 0.072]) @ inverted) - inverted, 0, 1)


def smallest_distance(colors, sight):
    seen = {
        name: lab(np.asarray(sight) @ linear(matplotlib.colors.to_rgb(color)))
        for name, color in colors.items()
    }
    return min(np.linalg.norm(seen[a] - seen[b]) for a, b in itertools.combinations(seen, 2))


@pytest.mark.parametrize("name", SYMBOLS)
def test_a_symbol_stands_out_on_a_light_and_on_a_dark_page(name):
    rgb = matplotlib.colors.to_rgb(style.COLORS[name])
    assert contrast(rgb, (1, 1, 1)) >= 3
    assert contrast(in_dark_theme(rgb), in_dark_theme((1, 1, 1))) >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_no_two_symbols_look_alike(sight):
    assert smallest_distance({name: style.COLORS[name] for name in SYMBOLS}, SIGHT[sight]) >= 15


def test_the_measure_sees_the_pair_that_red_green_blindness_merges():
    pair = {"red": "#c03030", "green": "#6b7a00"}
    assert smallest_distance(pair, SIGHT["normal"]) > 40
    assert smallest_distance(pair, SIGHT["deutan"]) < 15


def test_text_is_readable_and_reference_lines_stay_behind():
    white = (1, 1, 1)
    assert contrast(matplotlib.colors.to_rgb(style.COLORS["ink"]), white) > 10
    assert contrast(matplotlib.colors.to_rgb(style.COLORS["muted"]), white) < 3


def test_context_leaves_the_callers_settings_alone_and_ignores_them():
    with matplotlib.rc_context({"font.size": 31, "lines.dashed_pattern": [1, 1]}):
        before = dict(matplotlib.rcParams)
        with style.context():
            assert matplotlib.rcParams["font.size"] == style.STYLE["font.size"]
            assert matplotlib.rcParams["lines.dashed_pattern"] == [3.7, 1.6]
        assert dict(matplotlib.rcParams) == before


def test_colors_cannot_be_changed():
    with pytest.raises(TypeError):
        style.COLORS["alpha"] = "red"


def test_no_pyplot():
    code = "import sys, flatbook.style; sys.exit('matplotlib.pyplot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("size", "panels", "words"),
    [
        ("large", 1, "size must be one of 'wide', 'single', 'square'"),
        ((1, 2, 3), 1, "size must be"),
        ((0.5, 3), 1, "from 1 to 20 inches"),
        ((float("nan"), 3), 1, "size must be"),
        (("4", 3), 1, "size must be"),
        ("wide", 0, "panels must be 1, 2, 3 or 4, got 0"),
        ("wide", True, "panels must be"),
        ("wide", "two", "panels must be"),
    ],
)
def test_new_figure_refuses(size, panels, words):
    with pytest.raises(ValueError, match=words):
        style.new_figure(size, panels)


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.834, "0.83"), (9.96, "10"), (56.58, "57"), (5652.3, "5,700"), (2.13e-5, "2.1e-05")],
)
def test_a_title_has_two_digits_and_no_large_exponent(value, written):
    assert style.two_digits(value) == written


def test_nothing_is_drawn_around_a_legend_or_a_panel():
    with style.context():
        _, (panel,) = style.new_figure("single")
        panel.plot([0, 1], label="line")
        legend = panel.legend()
    assert not legend.get_frame_on()
    assert [side for side, line in panel.spines.items() if line.get_visible()] == ["left", "bottom"]
