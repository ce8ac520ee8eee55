"""What explore refuses, and the same figure drawn by the kernel."""

import numpy as np
import pytest
from explorables import Nesting, ground, one

from flatbook.explore import explore, still


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
