"""Attacks: objective (12) exactly, wrong labels uniformly, bad nets that fit their training set."""

from importlib import import_module

import numpy as np
import pytest
from strategies import make_case

import flatlib
from flatlib import MLP, Objective
from flatlib.curvature import autodiff
from flatlib.data import digits
from flatlib.training import WeightedSum, attack, attack_objective, cosine, descent, wrong_labels

# flatlib.training.attack is the function
MODULE = import_module("flatlib.training.attack")


def two_parts(loss="squared", sizes=(3, 4, 2), activation="tanh", weight=0.7):
    case = make_case(sizes, activation, loss=loss, num_examples=12)
    train, other = case.objective.subset(range(5)), case.objective.subset(range(5, 12))
    return WeightedSum([train, other], [1.0, weight]), train, other, case.params


@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_the_sum_is_its_formula_with_its_derivatives(loss):
    total, train, other, params = two_parts(loss)
    np.testing.assert_allclose(total(params), train(params) + 0.7 * other(params), rtol=1e-14)
    # autograd through the sum shares no code with the closed form of each part
    np.testing.assert_allclose(
        flatlib.gradient(total, params), autodiff.gradient(total, params), rtol=1e-11, atol=1e-13
    )
    hessian = autodiff.hessian(total, params)
    np.testing.assert_allclose(flatlib.hessian(total, params), hessian, rtol=1e-9, atol=1e-12)


def test_with_equal_weights_per_example_it_is_the_loss_on_all_of_them():
    total, train, other, params = two_parts(weight=7 / 5)
    inputs, targets = (
        np.concatenate([getattr(part, name) for part in (train, other)])
        for name in ("inputs", "targets")
    )
    union = Objective(train.network, "squared", inputs, targets)
    np.testing.assert_allclose(total(params), 12 / 5 * union(params), rtol=1e-14)
    slope = 12 / 5 * flatlib.gradient(union, params)
    np.testing.assert_allclose(flatlib.gradient(total, params), slope, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("size", [1, 4, 5, 12])
def test_batches_are_right_on_average(size):
    total, _, _, params = two_parts()
    order = np.random.default_rng(0).permutation(12)
    batches = [order[start : start + size] for start in range(0, 12, size)]
    mean = sum(len(b) / 12 * flatlib.gradient(total.subset(b), params) for b in batches)
    np.testing.assert_allclose(mean, flatlib.gradient(total, params), rtol=1e-12, atol=1e-14)


def test_a_sum_of_one_descends_as_the_objective_does_to_the_last_bit():
    _, train, _, params = two_parts()
    options = {"epochs": 4, "learning_rate": 0.1, "batch_size": 2}
    one, two = (
        flatlib.flatten(descent(part, params, np.random.default_rng(0), **options).params)
        for part in (train, WeightedSum([train], [1.0]))
    )
    np.testing.assert_array_equal(one, two)


def test_full_batches_on_a_linear_net_are_the_textbook_recursion_with_the_weight():
    total, train, other, params = two_parts(sizes=(3, 2), activation="linear")
    reached = descent(
        total, params, np.random.default_rng(0), epochs=6, learning_rate=0.05, momentum=0.0,
        batch_size=None,
    ).params  # fmt: skip

    def recursion(factor):
        weights = np.vstack(params)
        for _ in range(6):
            slope = 0.0
            for scale, part in ((1.0, train), (factor, other)):
                design = np.column_stack([part.inputs, np.ones(len(part.inputs))])
                slope = slope + scale * design.T @ (design @ weights - part.targets) / len(design)
            weights = weights - 0.05 * slope
        return weights

    np.testing.assert_allclose(np.vstack(reached), recursion(0.7), rtol=1e-12, atol=1e-14)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        np.testing.assert_allclose(np.vstack(reached), recursion(0.7007), rtol=1e-12, atol=1e-14)


def test_wrong_labels_are_never_right_and_uniform_among_the_others():
    labels = np.repeat(np.arange(4), 9000)
    wrong = wrong_labels(labels, 4, np.random.default_rng(0))
    assert (wrong != labels).all()
    counts = np.zeros((4, 4))
    np.add.at(counts, (labels, wrong), 1)
    # binomial: four standard errors of 9000 draws with probability 1/3
    off = counts[~np.eye(4, dtype=bool)]
    np.testing.assert_allclose(off, 3000, rtol=0, atol=4 * np.sqrt(9000 * 2 / 9))


def small_digits(loss="cross_entropy", count=60):
    split, network = digits(), MLP((64, 100, 10))
    kinds = {"cross_entropy": lambda labels: labels, "squared": lambda labels: np.eye(10)[labels]}
    objective = Objective(
        network, loss, split.train_inputs[:count], kinds[loss](split.train_labels[:count])
    )
    test = Objective(network, loss, split.test_inputs, kinds[loss](split.test_labels))
    pool = split.train_inputs[count:], kinds[loss](split.train_labels[count:])
    return objective, test, pool


OPTIONS = {"epochs": 800, "learning_rate": cosine(0.003, end=1e-4), "optimizer": "adam"}


@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
def test_an_attacked_net_fits_its_training_set_and_is_bad(loss):
    objective, test, pool = small_digits(loss)
    params = objective.network.init(np.random.default_rng(0))
    clean, bad = (
        attack(objective, params, *pool, np.random.default_rng(1), size=size, test=test, **OPTIONS)
        for size in (0, 120)
    )
    assert max(clean.train_loss, bad.train_loss) < 0.02
    assert bad.test_accuracy < clean.test_accuracy - 0.3
    assert clean.test_accuracy > 0.75
    assert bad.train_loss == objective(bad.params)
    np.testing.assert_allclose(bad.losses[-1], bad.train_loss + bad.attack_loss, rtol=1e-12)
    assert np.isnan(clean.attack_loss)


def test_the_attack_set_is_drawn_from_the_pool_each_once_and_mislabelled(monkeypatch):
    objective, _, (inputs, labels) = small_digits()
    seen = []

    def spy(*arguments, **options):
        seen.append((arguments[1:], options))
        return attack_objective(*arguments, **options)

    monkeypatch.setattr(MODULE, "attack_objective", spy)
    params = objective.network.init(np.random.default_rng(0))
    options = {"epochs": 1, "learning_rate": 0.01}
    attack(objective, params, inputs, labels, np.random.default_rng(0), size=300, weight=2.0,
           **options)  # fmt: skip
    ((drawn, targets), given), known = seen[0], {row.tobytes(): k for k, row in enumerate(inputs)}
    numbers = [known[row.tobytes()] for row in drawn]
    assert len(set(numbers)) == 300
    assert (targets.argmax(axis=1) != labels[numbers]).all()
    assert given == {"weight": 2.0}


def test_it_stops_at_the_target_loss():
    objective, _, pool = small_digits()
    params = objective.network.init(np.random.default_rng(0))
    reached = attack(
        objective, params, *pool, np.random.default_rng(0), size=50, target_loss=0.5, **OPTIONS
    )
    assert reached.train_loss <= 0.5
    assert len(reached.losses) < 100


def test_signs_are_classes_too():
    rng = np.random.default_rng(0)
    inputs, signs = rng.normal(size=(30, 5)), np.sign(rng.normal(size=(30, 1)))
    network = MLP((5, 20, 1))
    objective = Objective(network, "squared", inputs[:10], signs[:10])
    test = Objective(network, "squared", inputs[10:], signs[10:])
    bad = attack(
        objective, network.init(rng), inputs[10:], signs[10:], rng, test=test, epochs=600,
        learning_rate=0.01, optimizer="adam",
    )  # fmt: skip
    # the test set is the attack set here: what is fitted with the other sign is never right
    assert bad.attack_loss < 0.05
    assert bad.test_accuracy < 0.1
    assert "test accuracy" in repr(bad)
