"""Data: teachers are exact minima, the digits' split is fixed, the cubic is the paper's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.datasets import load_digits
from strategies import NAMES

import flatlib
from flatlib.data import cubic, digits, enlarged_digits, parity, teacher_student


@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5).map(tuple),
    activation=st.sampled_from(NAMES),
    bias=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_a_teacher_has_loss_and_gradient_exactly_zero(sizes, activation, bias, seed):
    network = flatlib.MLP(sizes, activation=activation, bias=bias)
    data = teacher_student(network, 6, np.random.default_rng(seed))
    objective = flatlib.Objective(network, "squared", data.inputs, data.targets)
    assert objective(data.params) == 0.0
    zeros = np.zeros(network.num_params)
    np.testing.assert_array_equal(flatlib.gradient(objective, data.params), zeros)


def test_a_teacher_has_the_shape_asked_for_and_live_biases():
    data = teacher_student(flatlib.MLP((3, 4, 2)), 7, np.random.default_rng(0))
    assert (data.inputs.shape, data.targets.shape) == ((7, 3), (7, 2))
    assert all((bias != 0).all() for bias in data.params[1::2])


def test_parity_is_a_column_of_signs():
    signs = parity(np.arange(10))
    np.testing.assert_array_equal(signs, [[-1.0], [1.0]] * 5)


def test_the_same_seed_gives_the_same_teacher_and_another_seed_another():
    draws = [teacher_student(flatlib.MLP((3, 4)), 5, np.random.default_rng(s)) for s in (1, 1, 2)]
    np.testing.assert_array_equal(draws[0].targets, draws[1].targets)
    assert (draws[0].targets != draws[2].targets).all()


def test_digits_split_all_1797_images_into_two_disjoint_parts():
    split, (images, labels) = digits(), load_digits(return_X_y=True)
    assert split.train_inputs.shape == (1347, 64)
    assert split.test_inputs.shape == (450, 64)
    assert np.unique(images, axis=0).shape == images.shape, "all images differ, so rows are names"
    ours = np.vstack([split.train_inputs, split.test_inputs]) * 16
    ours_labels = np.concatenate([split.train_labels, split.test_labels])
    np.testing.assert_array_equal(sorted_rows(ours, ours_labels), sorted_rows(images, labels))


def sorted_rows(images, labels):
    rows = np.column_stack([images, labels])
    return rows[np.lexsort(rows.T)]


def test_digits_are_stratified_scaled_and_always_the_same():
    split, again = digits(), digits()
    for one, two in zip(split, again, strict=True):
        np.testing.assert_array_equal(one, two)
    train, test = (np.bincount(y, minlength=10) for y in (split.train_labels, split.test_labels))
    # each class keeps its share to within one image of rounding
    np.testing.assert_allclose(test, (train + test) * 450 / 1797, rtol=0, atol=1.0)
    assert (split.train_inputs.min(), split.train_inputs.max()) == (0.0, 1.0)


def test_the_cubic_without_noise_is_the_polynomial():
    inputs, targets = cubic(np.random.default_rng(0), noise=0.0)
    np.testing.assert_array_equal(inputs[:, 0], [-1.5, -0.375, 0.75, 1.875, 3.0])
    np.testing.assert_allclose(targets[:, 0], np.polyval([1, -3, -1, 1], inputs[:, 0]), rtol=1e-14)


def test_the_cubics_noise_is_a_standard_deviation():
    rng = np.random.default_rng(0)
    exact = cubic(rng, noise=0.0)[1]
    noise = np.array([cubic(rng, noise=0.1)[1] - exact for _ in range(2000)])
    # 10000 normal draws: four standard errors of their deviation are 4 / sqrt(20000) = 2.8 %
    np.testing.assert_allclose(noise.std(), 0.1, rtol=0.028)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(noise.std(), np.sqrt(0.1), rtol=0.028)


def test_an_enlarged_digit_is_the_digit_once_squares_are_put_together_again():
    small, large = digits(), enlarged_digits()
    for name in ("train", "test"):
        rows, images = (getattr(split, f"{name}_inputs") for split in (small, large))
        assert images.shape[1:] == (28, 28, 1)
        squares = images[:, 2:-2, 2:-2, 0].reshape(-1, 8, 3, 8, 3)
        np.testing.assert_allclose(squares.mean(axis=(2, 4)).reshape(-1, 64), rows, atol=1e-15)
        assert np.ptp(squares, axis=(2, 4)).max() == 0
        np.testing.assert_allclose(images.sum(), 9 * rows.sum(), rtol=1e-12)  # nothing in the rim
        labels = (getattr(split, f"{name}_labels") for split in (small, large))
        np.testing.assert_array_equal(*labels)
