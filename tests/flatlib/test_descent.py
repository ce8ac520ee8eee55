"""Descent: the textbook recursion, least squares, determinism, divergence, and the digits."""

import numpy as np
import pytest
from descent_runs import linear_problem, run
from strategies import make_case

import flatlib
from flatlib import MLP, Objective
from flatlib.data import digits
from flatlib.training import cosine, descent


def test_a_linear_map_ends_at_the_least_squares_solution():
    case, design = linear_problem()
    reached = run(case, epochs=2000, learning_rate=0.1, batch_size=20)
    desired = np.linalg.lstsq(design, case.targets)[0]
    # the slowest mode has shrunk far below a rounding after 2000 steps
    np.testing.assert_allclose(np.vstack(reached), desired, rtol=1e-10, atol=1e-12)
    assert flatlib.certify(case.objective, reached).verdict == "minimum"


def test_full_batch_without_momentum_is_the_textbook_recursion():
    case, design = linear_problem()
    reached = run(case, epochs=7, learning_rate=0.05, momentum=0.0, batch_size=1000)
    weights = np.vstack(case.params)
    for _ in range(7):
        weights = weights - 0.05 * design.T @ (design @ weights - case.targets) / 20
    # the examples come in another order, so their sum rounds otherwise
    np.testing.assert_allclose(np.vstack(reached), weights, rtol=1e-13, atol=1e-14)


def test_momentum_is_the_heavy_ball():
    case, design = linear_problem()
    reached = run(case, epochs=7, learning_rate=0.05, momentum=0.8, batch_size=20)
    before = weights = np.vstack(case.params)
    for _ in range(7):
        slope = design.T @ (design @ weights - case.targets) / 20
        before, weights = weights, weights - 0.05 * slope + 0.8 * (weights - before)
    np.testing.assert_allclose(np.vstack(reached), weights, rtol=1e-12, atol=1e-13)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(np.vstack(reached), 1.001 * weights, rtol=1e-12)


def test_an_epoch_uses_each_example_once_and_the_last_batch_is_not_dropped():
    # 7 examples in batches of 3; each moves its own weight, so that the order does not matter
    objective = Objective(MLP((7, 1), bias=False), "squared", np.eye(7), np.ones((7, 1)))
    (reached,) = descent(
        objective,
        [np.zeros((7, 1))],
        np.random.default_rng(0),
        epochs=1,
        learning_rate=0.3,
        momentum=0.0,
        batch_size=3,
    ).params
    steps = np.sort(reached[:, 0])
    np.testing.assert_allclose(steps, [0.1] * 6 + [0.3], rtol=1e-14)


def test_the_same_generator_gives_the_same_bits_and_another_one_others():
    case = make_case((3, 5, 2), "relu", loss="cross_entropy", num_examples=30)
    options = {"epochs": 3, "learning_rate": 0.1, "batch_size": 8}
    one, two, other = (flatlib.flatten(run(case, seed, **options)) for seed in (0, 0, 1))
    np.testing.assert_array_equal(one, two)
    assert (one != other).any()


def test_the_start_is_not_written_to():
    case = make_case((3, 5, 2), "relu")
    for array in case.params:
        array.setflags(write=False)
    run(case, epochs=1, learning_rate=0.1)


def test_digits_are_learnt():
    split, network = digits(), MLP((64, 32, 10))
    rng = np.random.default_rng(0)
    train = Objective(network, "cross_entropy", split.train_inputs, split.train_labels)
    test = Objective(network, "cross_entropy", split.test_inputs, split.test_labels)
    params = descent(train, network.init(rng), rng, epochs=30, learning_rate=0.1).params
    assert test.accuracy(params) >= 0.95
    assert train(params) < 0.05


def test_adam_is_the_recursion_of_its_paper():
    case, design = linear_problem()
    reached = run(case, epochs=9, learning_rate=0.01, optimizer="adam", batch_size=None)
    weights, mean, square = np.vstack(case.params), 0.0, 0.0
    for t in range(1, 10):
        slope = design.T @ (design @ weights - case.targets) / 20
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        corrected = mean / (1 - 0.9**t), square / (1 - 0.999**t)
        weights = weights - 0.01 * corrected[0] / (np.sqrt(corrected[1]) + 1e-8)
    np.testing.assert_allclose(np.vstack(reached), weights, rtol=1e-12, atol=1e-13)


def test_a_schedule_is_asked_at_the_start_of_each_epoch():
    case, design = linear_problem()
    rates = (0.05, 0.03, 0.01)
    reached = run(
        case, epochs=3, learning_rate=lambda t: rates[round(3 * t)], momentum=0.0, batch_size=None
    )
    weights = np.vstack(case.params)
    for rate in rates:
        weights = weights - rate * design.T @ (design @ weights - case.targets) / 20
    np.testing.assert_allclose(np.vstack(reached), weights, rtol=1e-13, atol=1e-14)


def test_cosine_falls_from_start_to_end():
    rate = cosine(0.4, end=0.1)
    np.testing.assert_allclose([rate(0), rate(0.5), rate(1)], [0.4, 0.25, 0.1], rtol=1e-15)
    with pytest.raises(ValueError, match="end must be from 0 to start"):
        cosine(0.1, end=0.2)


def test_the_history_is_the_loss_before_and_after_each_epoch():
    case, _ = linear_problem()
    whole = descent(
        case.objective, case.params, np.random.default_rng(0), epochs=5, learning_rate=0.1
    )
    assert whole.losses.shape == (6,)
    assert whole.losses[0] == case.objective(case.params)
    assert whole.losses[-1] == case.objective(whole.params)
    assert "5 epochs" in repr(whole)
