"""Critical steps and windows against eigenproblems written out, all batches, and roots."""

from itertools import combinations

import numpy as np
import pytest
import scipy.linalg

from flatlib import MLP, Objective, SquaredLoss, flattest, hessian
from flatlib.curvature import autodiff
from flatlib.data import teacher_student
from flatlib.measures import critical_step, orbit_window
from flatlib.transforms import alpha_scale

NET = MLP((2, 5, 1))


def problem(seed, num=6, net=NET, factor=1.0):
    data = teacher_student(net, num, np.random.default_rng(seed))
    return Objective(net, SquaredLoss(factor=factor), data.inputs, data.targets), data.params


def second_moment(objective, params, step, size):
    """E of (I - step H_B) x (I - step H_B) over all batches, by autograd's Hessians."""
    hessians = [
        autodiff.hessian(objective.subset([n]), params) for n in range(objective.num_examples)
    ]
    total, batches = 0.0, list(combinations(hessians, size))
    for batch in batches:
        one = np.eye(len(batch[0])) - step * sum(batch) / size
        total = total + np.kron(one, one)
    return total / len(batches)


@pytest.mark.parametrize("net", [MLP((2, 2, 1)), MLP((1, 2, 1), bias=False)])
@pytest.mark.parametrize("size", [1, 2, 3, 4])
def test_at_the_critical_step_the_second_moment_neither_grows_nor_falls(net, size):
    objective, params = problem(3, num=4, net=net, factor=0.7)
    step = critical_step(objective, params, batch_size=size)
    for times, grows in ((0.99, False), (1.01, True)):
        top = np.linalg.eigvalsh(second_moment(objective, params, times * step, size))[-1]
        # displacements that move no output stay as they are: 1, never less
        assert bool(top > 1 + 1e-6) is grows
    top = np.linalg.eigvalsh(second_moment(objective, params, step, size))[-1]
    np.testing.assert_allclose(top, 1.0, rtol=1e-9)  # an eigenvalue of a 81 x 81 matrix


@pytest.mark.parametrize("seed", range(5))
def test_all_examples_at_once_is_two_over_the_largest_eigenvalue(seed):
    objective, params = problem(seed, factor=0.5)
    top = np.linalg.eigvalsh(hessian(objective, params))[-1]
    np.testing.assert_allclose(critical_step(objective, params), 2 / top, rtol=1e-10)
    steps = [critical_step(objective, params, batch_size=b) for b in (1, 2, 3, 4, 5, 6)]
    assert (np.diff(steps) > 0).all()
    trace = np.trace(hessian(objective, params))
    assert steps[0] < 2 / trace


def test_one_example_is_its_own_batch():
    objective, params = problem(0, num=1)
    top = np.linalg.eigvalsh(hessian(objective, params))[-1]
    np.testing.assert_allclose(critical_step(objective, params, batch_size=1), 2 / top, rtol=1e-12)


def grams(objective, params):
    """Of the first layer with its biases, the outgoing weights, and the output bias."""
    rows = autodiff.jacobian(lambda p: objective.outputs(p)[:, 0], params)
    return [rows[:, part] @ rows[:, part].T for part in np.split(np.arange(21), [15, 20])]


@pytest.mark.parametrize("seed", range(5))
def test_both_ends_are_roots_of_a_pencil(seed):
    objective, params = problem(seed)
    best = orbit_window(objective, params, 1.0)
    step = best.step_size / 1.5
    one, two, rest = grams(objective, params)
    zero, unit = np.zeros((6, 6)), np.eye(6)
    middle = rest - 6 / step * unit  # s^2 K_2 + s (K_3 - (N/step) I) + K_1 is singular
    roots = scipy.linalg.eigvals(
        np.block([[zero, unit], [-one, -middle]]), np.block([[unit, zero], [zero, two]])
    )
    real = np.sqrt(roots[np.abs(roots.imag) < 1e-9].real)
    found = orbit_window(objective, params, step)
    for end in (found.low, found.high):
        np.testing.assert_allclose(real[np.abs(real - end).argmin()], end, rtol=1e-9)
        moved = alpha_scale(NET, end)(params)
        np.testing.assert_allclose(critical_step(objective, moved), step, rtol=1e-9)


def test_the_best_alpha_is_flattest_and_a_larger_step_finds_no_window():
    objective, params = problem(2)
    window = orbit_window(objective, params, 1.0)
    assert np.isnan(window.low)
    assert np.isnan(window.high)
    least = flattest(objective, params, measure="spectral", group="layers").value
    np.testing.assert_allclose(window.step_size, 2 / least, rtol=1e-8)


def test_the_window_of_small_batches_is_inside_and_its_ends_are_critical():
    objective, params = problem(2)
    windows = {b: orbit_window(objective, params, 0.03, batch_size=b) for b in (1, 2, 6)}
    assert windows[6].low < windows[2].low < windows[1].low
    assert windows[1].high < windows[2].high < windows[6].high
    for b, window in windows.items():
        for end in (window.low, window.high):
            moved = alpha_scale(NET, end)(params)
            np.testing.assert_allclose(
                critical_step(objective, moved, batch_size=b), 0.03, rtol=1e-9
            )
