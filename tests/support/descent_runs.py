"""Problems for descent, and how it is called on them."""

import numpy as np
from strategies import make_case

from flatlib.training import descent


def linear_problem():
    case = make_case((3, 2), "linear", num_examples=20)
    return case, np.column_stack([case.inputs, np.ones(20)])


def run(case, seed=0, **options):
    return descent(case.objective, case.params, np.random.default_rng(seed), **options).params
