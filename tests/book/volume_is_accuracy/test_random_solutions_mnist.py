"""Random solutions on MNIST: guesses and sets are as they say, and rows come out again."""

import numpy as np
import pytest

from flatbook import experiments, table
from flatbook.mnist_sample import mnist_sample
from flatbook.volume_is_accuracy.experiment_guessed import FEW, counted
from flatbook.volume_is_accuracy.experiment_mnist import net, solved
from flatbook.volume_is_accuracy.lazily import guess_lazily
from flatbook.volume_is_accuracy.pairs import BLOCK, PAIRS, WIDTH, Pair, pair
from flatlib.data import Split, _cache
from flatlib.measures import guess_and_check, outputs_of_many
from flatlib.networks import MLP

SMALL = {"block": 0, "digits": "3 or 8", "labels": "right", "count": 16}
FRESH = np.random.default_rng


@pytest.fixture(scope="module")
def own():
    return table("random_solutions_mnist")


@pytest.fixture(scope="module")
def guessed():
    return table("guessed_mnist")


@pytest.fixture(scope="module")
def first():
    return pair(mnist_sample(), "3 or 8", labels="right", block=0)


def share(inputs, labels, *, width, guesses=100_000):
    """Counted lazily, with its standard error."""
    counts, _ = guess_lazily(inputs, np.array(labels), FRESH(1), width=width, guesses=guesses)
    found = counts / guesses
    return found, np.sqrt(found * (1 - found) / guesses)


@pytest.mark.parametrize("labels", [(1, 1), (1, -1)])
def test_one_unit_reads_two_images_as_often_as_an_orthant_says(labels):
    angle = 1.1
    inputs = np.array([[2.0, 0.0], [np.cos(angle), np.sin(angle)]])
    found, error = share(inputs, labels, width=1)
    orthant = 0.25 + np.arcsin(np.cos(angle)) / (2 * np.pi)
    exact = orthant / 2 if labels == (1, 1) else 0.0
    assert abs(found[1] - exact) <= 4.5 * error[1]
    assert abs(found[0] - 0.25) <= 4.5 * error[0]


def test_guessing_lazily_counts_what_guessing_whole_nets_counts():
    images, labels = (
        FRESH(3).normal(size=(6, 30)) + np.repeat([[1], [-1]], [2, 4], axis=0),
        np.array([1, 1, -1, -1, -1, -1]),
    )
    inputs = np.linalg.qr(images.T)[1].T
    found, error = share(inputs, labels, width=4)
    whole = guess_and_check(
        MLP((30, 4, 1), bias=False), images, labels, FRESH(0), num_guesses=50_000
    )
    assert abs(found[-1] - whole.value) < 4.5 * np.hypot(error[-1], whole.standard_error)
    apart, wrong = share(np.diag(np.diag(inputs)), labels, width=4)
    assert abs(apart[-1] - whole.value) > 4.5 * np.hypot(wrong[-1], whole.standard_error)


def test_what_fits_along_the_axes_of_the_images_fits_them_whatever_it_is_elsewhere(first):
    inputs, axes = first.spanned(8)
    np.testing.assert_allclose(inputs @ axes.T, first.inputs[:8], atol=1e-12)
    np.testing.assert_allclose(np.triu(inputs, 1), 0, atol=1e-12)
    _, kept = guess_lazily(inputs, first.labels[:8], FRESH(0), width=WIDTH, guesses=20_000, keep=50)
    itself = Pair(first.inputs, first.labels, first.inputs[:8], first.labels[:8])
    for scale in (0.0, 5.0):
        rest = scale * FRESH(2).normal(size=(50, 785, WIDTH))
        assert itself.right(axes, kept[7], rest).all()


def test_a_net_that_is_known_everywhere_is_read_as_it_is(first):
    _, axes = first.spanned(8)
    weights, second = FRESH(0).normal(size=(3, 785, WIDTH)), FRESH(1).normal(size=(3, WIDTH))
    thetas = np.hstack([weights.reshape(3, -1), second])
    outputs = outputs_of_many(MLP((785, WIDTH, 1), bias=False), thetas, first.fresh)[:, :, 0]
    found = first.right(axes, (axes.T @ weights, second), weights)
    np.testing.assert_allclose(found, outputs * first.answers > 0)


def test_sets_have_no_image_in_common_and_coins_no_part_in_the_images():
    numbered = np.zeros((4 * BLOCK, 28, 28, 1))
    numbered[:, 0, 0, 0] = np.arange(4 * BLOCK)
    labels = np.where(np.arange(4 * BLOCK) % 2, 3, 8)
    images = Split(numbered, labels, numbered[:9], labels[:9])
    sets = [pair(images, "3 or 8", labels="right", block=k) for k in range(4)]
    shown = np.concatenate([one.inputs[:, 0] for one in sets])
    assert len(set(shown)) == len(shown) == 4 * BLOCK
    for block, one in enumerate(sets):
        coin = pair(images, "3 or 8", labels="coin", block=block)
        np.testing.assert_allclose(one.inputs, coin.inputs)
        np.testing.assert_allclose(one.labels, np.where(np.arange(BLOCK) % 2, -1, 1))
        assert 0.3 < (one.labels == coin.labels).mean() < 0.7
        np.testing.assert_allclose(one.answers, coin.answers)


def test_a_small_row_comes_out_again_from_the_images_of_the_book(own):
    (row,) = own.where(**SMALL)
    again = solved(mnist_sample(), FRESH(0), **SMALL)
    tolerances = experiments()["random_solutions_mnist"].tolerances
    for name in ("bits", "error", "sticks", "dead", "ancestors"):
        np.testing.assert_allclose(again[name], row[name], rtol=0, atol=tolerances[name])
    other = solved(mnist_sample(), FRESH(0), **SMALL | {"labels": "coin"})
    assert abs(other["bits"][-1] - row["bits"][-1]) > 1


def test_the_whole_row_comes_out_again_where_the_official_files_are(own, monkeypatch):
    def no_network(url, size):
        raise OSError("tests fetch nothing")

    monkeypatch.setattr(_cache, "download", no_network)
    (row,) = own.where(**SMALL)
    try:
        again = net(FRESH(0), **SMALL)
    except ConnectionError as error:
        pytest.skip(f"the official files are not here: {error}")
    for name, tolerance in experiments()["random_solutions_mnist"].tolerances.items():
        np.testing.assert_allclose(again[name], row[name], rtol=0, atol=tolerance)


@pytest.mark.parametrize("digits", PAIRS)
def test_few_guesses_come_out_again(guessed, digits):
    (row,) = guessed.where(digits=digits, guesses=FEW)
    setting = {"block": 0, "digits": digits, "labels": "right", "guesses": FEW}
    again = counted(mnist_sample(), FRESH(0), **setting)
    np.testing.assert_allclose(again, row["fits"], rtol=0, atol=3)
