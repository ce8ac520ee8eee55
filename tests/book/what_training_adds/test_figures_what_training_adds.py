"""The figures of *What training adds* say what the tables hold; descents descend."""

import re

import numpy as np
import pytest
from scipy.optimize import approx_fprime
from scipy.special import ndtr

import flatbook
from flatbook.what_training_adds import cloud, deeper, descents, eight_times_the_start
from flatbook.what_training_adds.experiment_trained import SCALES, WANTED
from flatlib import MLP

TRAINED, MARGINS = flatbook.table("trained_and_random"), flatbook.table("with_margin")


def test_the_first_figure_has_the_means_of_the_table():
    for scale, alt in zip(SCALES, eight_times_the_start(TRAINED).alts, strict=True):
        gap, behind = map(float, re.search(r"by (\S+) on average .* by (\S+)\.$", alt).groups())
        found = np.mean([row["descents"][SCALES.index(scale)] for row in TRAINED])
        assert gap == pytest.approx(found - np.mean([r["random"] for r in TRAINED]), abs=6e-4)
        assert behind == pytest.approx(found - np.mean([r["vote"] for r in TRAINED]), abs=6e-4)


def test_the_margins_are_means_over_tasks_and_images():
    for margin, alt in zip(WANTED, deeper(MARGINS).alts, strict=True):
        rows = [row for row in MARGINS if row["margin"] == margin]
        pattern = (
            r"10 to the (\S+), random solutions have an accuracy of (\S+) and .* one of (\S+),"
        )
        said = map(float, re.search(pattern, alt).groups())
        for name, number in zip(("log_volume", "random", "vote"), said, strict=True):
            assert number == pytest.approx(np.mean([row[name] for row in rows]), abs=0.051)


def test_the_cloud_is_right_as_often_as_the_normal_law_says():
    left = np.random.default_rng(0).normal(size=(50, 2)) * [1.0, 2.0]
    picture = cloud(np.array([0.5, -1.0]), left, np.array([1, 1]), (0.5, 2.0))
    chances = ndtr(np.array([0.5, -1.0]) / (0.5 * left.std(axis=0)))
    assert f"chance {chances[0]:.2f} and {chances[1]:.2f}" in picture.alts[0]


def test_each_of_many_descents_follows_its_own_gradient_until_it_fits():
    """The gradient against differences of a loss that the library's network computes."""
    rng = np.random.default_rng(0)
    inputs, labels = rng.normal(size=(6, 3)), np.array([1, -1, 1, 1, -1, -1])
    layers = descents.starts((3, 5, 4, 1), np.array([1.0, 2.0]), rng)
    net = MLP((3, 5, 4, 1), bias=False)
    gradients, losses = descents._gradients(layers, inputs, labels)
    for k in range(2):
        sizes = np.cumsum([w[k].size for w in layers])[:-1]

        def loss(theta, sizes=sizes):
            blocks = np.split(theta, sizes)
            params = [b.reshape(s) for b, s in zip(blocks, net.param_shapes, strict=True)]
            return np.logaddexp(0, -labels * net.predict(params, inputs)[:, 0]).mean()

        theta = np.concatenate([w[k].ravel() for w in layers])
        assert losses[k] == pytest.approx(loss(theta), rel=1e-12)
        found = np.concatenate([g[k].ravel() for g in gradients])
        np.testing.assert_allclose(found, approx_fprime(theta, loss), atol=1e-6)
    ends, fits = descents.descend(layers, inputs, labels)
    assert (descents._gradients(ends, inputs, labels)[1][fits] <= 0.01).all()
    assert ((descents.outputs(ends, inputs) * labels > 0).all(axis=1) >= fits).all()
    assert fits.any()
