"""The figures of the reconciliation show what the tables and SciPy say."""

import re

import numpy as np
import pytest
from scipy.stats import spearmanr

from flatbook import table
from flatbook.reconciliation import connected, correlations, experiment_connection, scaled_clouds
from flatbook.reconciliation.experiment_connection import CONNECTION
from flatbook.reconciliation.ways import walk
from flatbook.volume_and_accuracy.experiment_ranking import NETWORK

TABLE, ALIKE, CLEAN = (table(name) for name in ("ranking", "attacked_alike", "ranking_clean"))


def dots(axes):
    """All markers of a panel, as (x, y)."""
    return np.concatenate([line.get_xydata() for line in axes.lines if line.get_marker() == "o"])


def test_one_cloud_moves_and_the_other_does_not():
    picture = scaled_clouds(TABLE, np.array([0.0, 1.0, 2.0]), np.random.default_rng(0))
    before, after = (picture.figure(strength=s).axes for s in (0.0, 2.0))
    np.testing.assert_allclose(np.sort(dots(before[0])[:, 0]), np.sort(TABLE["trace"]), rtol=1e-5)
    np.testing.assert_allclose(dots(before[1]), dots(after[1]), rtol=1e-12)
    assert (dots(after[0])[:, 0] > dots(before[0])[:, 0] / 20).all()
    for axes, alt, place in ((before, picture.alts[0], 0), (after, picture.alts[2], 1)):
        said = [float(number) for number in re.findall(r"-\d\.\d\d", alt)]
        found = [spearmanr(*dots(one).T).statistic for one in axes]
        np.testing.assert_allclose(said, found, atol=0.005, err_msg=str(place))


def test_correlations_have_a_dot_for_each_measure_and_sample():
    picture = correlations(TABLE, ALIKE, CLEAN, np.random.default_rng(0))
    (axes,) = picture.figure().axes
    rows = [label.get_text() for label in axes.get_yticklabels()]
    kinds = {
        marker: [line.get_xdata()[0] for line in axes.lines if line.get_marker() == marker]
        for marker in "osD^"
    }
    assert {marker: len(values) for marker, values in kinds.items()} == dict.fromkeys("osD^", 10)
    where = rows.index("E‖∇f‖²")
    found = spearmanr(TABLE["complexity"], TABLE["test_accuracy"]).statistic
    assert kinds["o"][where] == kinds["D"][where] == pytest.approx(found, rel=1e-12)
    same = CLEAN.where(images="same")
    alone = spearmanr(same["complexity"], same["unused_accuracy"]).statistic
    assert kinds["^"][where] == min(kinds["^"]) == pytest.approx(alone, rel=1e-12)
    parts = [ALIKE.where(attack=attack) for attack in (0, 50, 150, 300)]
    means = [spearmanr(part["complexity"], part["unused_accuracy"]).statistic for part in parts]
    assert kinds["s"][where] == pytest.approx(np.mean(means), rel=1e-12)


def test_every_dot_but_the_scaled_ones_has_its_interval():
    picture = correlations(TABLE, ALIKE, CLEAN, np.random.default_rng(0))
    (axes,) = picture.figure().axes
    lines = [line for line in axes.lines if line.get_marker() in "os^"]
    bars = {(*line.get_ydata(), line.get_color()): line.get_xdata() for line in axes.lines}
    for line in lines:
        (x,), (y,) = line.get_data()
        low, high = bars[(y, y, line.get_color())]
        assert low < x < high


def test_a_way_is_shown_as_it_was_walked():
    rng = np.random.default_rng(0)
    chosen, good, bad = experiment_connection.ends(rng, start="same")
    fitted, unused = (
        experiment_connection.fitted_images(chosen),
        experiment_connection.unused(chosen),
    )
    way = walk(experiment_connection.NETWORK, good, bad, fitted)
    picture = connected(way, fitted, unused, (0, 50, 100))
    left, middle, right = picture.figure(step=100).axes
    stored = CONNECTION.table().where(start="same", seed=0)[0]
    np.testing.assert_allclose(left.lines[0].get_ydata(), 100 * stored["accuracy"], atol=0.2)
    np.testing.assert_allclose(middle.lines[2].get_ydata()[1:], stored["highest"], rtol=1e-4)
    # the straight line is above the limit, and nowhere above its exact maximum
    assert 0.999 * stored["straight"] < middle.lines[0].get_ydata().max() <= stored["straight"]
    image = right.images[0].get_array().ravel()
    where = (unused[0] == image).all(axis=1)
    answers = unused[1][where]
    said = [NETWORK.predict(params, image[None])[0, 0] * answers[0] for params in (good, bad)]
    assert said[0] > 0.5 and said[1] < -0.5
    words = [picture.figure(step=step).axes[2].get_title(loc="left") for step in (0, 100)]
    assert sorted(words) == ["“even”", "“odd”"]
    assert "right" in picture.alts[0][-8:] and "wrong" in picture.alts[2][-8:]
    assert f"{stored['accuracy'][50]:.0%}" in picture.alts[1]
