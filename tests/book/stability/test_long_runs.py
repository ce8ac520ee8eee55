"""Many runs at once are what one run is, step by step."""

import numpy as np

from flatbook.stability import long_runs, teacher
from flatlib.curvature import gradient
from flatlib.params import flatten, unflatten


def test_a_run_is_descent_on_one_example_at_a_time():
    objective, params = teacher(1)
    drawn = np.random.default_rng(5)
    offset = np.concatenate([drawn.normal(size=(1, *one.shape)).ravel() for one in params])
    at = flatten(params) + 0.1 * offset / np.linalg.norm(offset)
    for (n,) in drawn.integers(6, size=(20, 1)):
        slope = gradient(objective.subset([n]), unflatten(at, like=params))
        at = at - 0.05 * slope
    (end,) = long_runs(
        objective, params, 0.05, np.random.default_rng(5), num_runs=1, steps=20, distance=0.1
    )
    np.testing.assert_allclose(end, np.linalg.norm(at - flatten(params)), rtol=1e-9)


def test_what_diverges_is_infinitely_far():
    objective, params = teacher(1)
    ends = long_runs(objective, params, 50.0, np.random.default_rng(0), num_runs=5, steps=400)
    assert np.isinf(ends).any()
