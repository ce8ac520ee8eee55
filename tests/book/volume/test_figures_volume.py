"""The figures on volume: what they say is what the measures say."""

import re

import numpy as np
import pytest

from flatbook.volume import boxes, volume_growth
from flatlib import MLP, Objective
from flatlib.estimate import Estimate

LOSS = Objective(MLP((1, 1, 1), bias=False), "squared", [[1.0]], [[1.0]])


def test_boxes_are_counted_and_their_areas_added():
    picture = boxes(LOSS, 0.1, np.arange(0, 5, 2))
    radius = np.sqrt(1 + np.sqrt(0.2)) - 1
    for steps, alt in zip((0, 2, 4), picture.alts, strict=True):
        pattern = r"= 1: (\d+), each of area (\S+), together (\S+),"
        number, area, total = map(float, re.search(pattern, alt).groups())
        assert number == 2 * steps + 1
        assert area == pytest.approx(4 * radius**2, abs=5e-4)
        assert total == pytest.approx(number * 4 * radius**2, abs=5e-3)


def test_boxes_lie_in_the_blue_region_and_only_touch():
    axes = boxes(LOSS, 0.1, [0, 1, 2, 3]).figure(steps=3).axes[1]
    corners = np.array([patch.get_bbox().extents for patch in axes.patches])
    products = np.concatenate([corners[:, 0] * corners[:, 1], corners[:, 2] * corners[:, 3]])
    assert len(corners) == 7
    assert (np.abs(products - 1) <= np.sqrt(0.2)).all()
    np.testing.assert_allclose(corners[:-1, 2], corners[1:, 0], rtol=1e-12)


def test_growth_draws_volumes_and_the_same_over_the_power():
    clips = np.array([2.0, 4.0, 8.0])
    found = [Estimate("volume", 3 * R**2, 0.1, 100, "points") for R in clips]
    picture = volume_growth(clips, {"one": found}, [2])
    left, right = picture.figure().axes
    np.testing.assert_allclose(left.lines[0].get_ydata(), 3 * clips**2)
    np.testing.assert_allclose(right.lines[0].get_ydata(), 3.0)
    assert "one 192" in picture.alts[0]
