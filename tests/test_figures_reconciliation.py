"""The figures of the reconciliation show what the tables and SciPy say."""

import re

import numpy as np
import pytest
from scipy.stats import spearmanr

from flatlib import figures
from flatlib.claims.beyond import prior
from flatlib.experiments import EXPERIMENTS

TABLE, CLEAN = (EXPERIMENTS[name].table() for name in ("ranking", "ranking_clean"))


def dots(axes):
    """All markers of a panel, as (x, y)."""
    return np.concatenate([line.get_xydata() for line in axes.lines if line.get_marker() == "o"])


def test_one_cloud_moves_and_the_other_does_not():
    picture = figures.scaled_clouds(TABLE, np.array([0.0, 1.0, 2.0]), np.random.default_rng(0))
    before, after = (picture.figure(strength=s).axes for s in (0.0, 2.0))
    np.testing.assert_allclose(np.sort(dots(before[0])[:, 0]), np.sort(TABLE["trace"]), rtol=1e-5)
    np.testing.assert_allclose(dots(before[1]), dots(after[1]), rtol=1e-12)
    assert (dots(after[0])[:, 0] > dots(before[0])[:, 0] / 20).all()
    for axes, alt, place in ((before, picture.alts[0], 0), (after, picture.alts[2], 1)):
        said = [float(number) for number in re.findall(r"-\d\.\d\d", alt)]
        found = [spearmanr(*dots(one).T).statistic for one in axes]
        np.testing.assert_allclose(said, found, atol=0.005, err_msg=str(place))


def test_correlations_have_a_dot_for_each_measure_and_sample():
    (axes,) = figures.correlations(TABLE, CLEAN, np.random.default_rng(0)).figure().axes
    rows = [label.get_text() for label in axes.get_yticklabels()]
    kinds = {
        marker: [line.get_xdata()[0] for line in axes.lines if line.get_marker() == marker]
        for marker in "osD^"
    }
    assert {marker: len(values) for marker, values in kinds.items()} == dict.fromkeys("osD^", 11)
    where = rows.index("E‖∇f‖²")
    found = spearmanr(TABLE["complexity"], TABLE["test_accuracy"]).statistic
    assert kinds["o"][where] == kinds["D"][where] == pytest.approx(found, rel=1e-12)
    same = CLEAN.where(images="same")
    alone = spearmanr(same["complexity"], same["test_accuracy"]).statistic
    assert np.nanmin(kinds["^"]) == pytest.approx(alone, rel=1e-12)


def test_the_prior_s_share_is_read_off_the_curve():
    products = np.array([0.5, 1.0, 2.0])
    picture = figures.prior_mass(products, prior.mass, np.array([0.06, 0.03, 0.007]))
    right = picture.figure(product=1.0).axes[1]
    assert right.lines[-1].get_ydata()[0] == pytest.approx(prior.mass(1.0, 0.2), rel=1e-12)
    assert f"{prior.mass(2.0, 0.2):.2g}" in picture.alts[2]
