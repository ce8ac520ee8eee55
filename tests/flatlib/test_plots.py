"""One look for all plots; nothing of Matplotlib's is changed or left open."""

import subprocess
import sys

import matplotlib
import numpy as np
import pytest
from bad_calls_plots import CASES
from matplotlib import colors, pyplot
from matplotlib.figure import Figure
from matplotlib.text import Text
from plot_cases import CALLS, FEW
from refusals import assert_refused

from flatlib import plots
from flatlib.plots import style

pytestmark = pytest.mark.usefixtures("closed_figures")
EACH = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def test_the_library_does_not_import_matplotlib():
    code = "import sys, flatlib.plots.style; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@EACH
def test_on_axes_of_the_caller_nothing_is_opened_and_no_setting_changes(call):
    with matplotlib.rc_context({"font.size": 31, "lines.linewidth": 7.0, "axes.grid": True}):
        before = dict(matplotlib.rcParams)
        ax = Figure().subplots()
        assert call(ax) is ax
        assert dict(matplotlib.rcParams) == before
    assert pyplot.get_fignums() == []


@EACH
def test_without_axes_one_figure_is_opened_and_no_setting_changes(call):
    before = dict(matplotlib.rcParams)
    ax = call()
    assert pyplot.get_fignums() == [ax.figure.number]
    assert dict(matplotlib.rcParams) == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_a_refusal_leaves_no_figure_open(case):
    assert_refused(*case[1:])
    assert pyplot.get_fignums() == []


@EACH
def test_words_are_there_and_large_enough_and_inside(call):
    ax = call()
    figure = ax.figure
    figure.canvas.draw()
    words = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text()]
    assert min(text.get_fontsize() for text in words) >= 9
    assert ax.get_xlabel()
    assert ax.get_ylabel() or [label.get_text() for label in ax.get_yticklabels()]
    width, height = figure.get_size_inches() * figure.dpi
    box = figure.get_tightbbox().transformed(figure.dpi_scale_trans)
    assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1


def luminance(color):
    rgb = np.array(colors.to_rgb(color))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4) @ [
        0.2126,
        0.7152,
        0.0722,
    ]


def contrast(one, other):
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


def test_words_can_be_read_on_white_and_on_a_dark_page():
    assert contrast(style.WORDS, "white") >= 4.5
    assert contrast(style.WORDS, "#121212") >= 3.5
    assert contrast(style.COLORS["ink"], "#121212") < 3.5  # why words are not in ink


def test_the_settings_are_those_of_the_room_while_it_draws():
    with style.drawing(None) as ax:
        assert matplotlib.rcParams["font.family"] == ["DejaVu Sans"]
        cycle = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    assert cycle == [style.COLORS[name] for name in style.STORY]
    np.testing.assert_array_equal(ax.figure.get_size_inches(), style.SIZE)
    with pytest.raises(TypeError):
        style.COLORS["alpha"] = "red"


def test_polar_axes_are_refused():
    ax = Figure().subplots(subplot_kw={"projection": "polar"})
    assert_refused(lambda: plots.spectrum(FEW, ax=ax), TypeError, "got polar Axes")
