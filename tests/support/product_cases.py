"""The operators beside the dense matrices that they stand for, and vectors to multiply."""

import numpy as np
import pytest

import flatlib
from flatlib.curvature.products import gauss_newton_operator, hessian_operator

OPERATORS = {
    hessian_operator: flatlib.hessian,
    gauss_newton_operator: flatlib.gauss_newton,
}
both = pytest.mark.parametrize("build", list(OPERATORS), ids=["hessian", "gauss_newton"])


def written_out(operator):
    return operator @ np.eye(operator.shape[0])


def vectors_for(case, *shape):
    return np.random.default_rng(len(case.theta)).normal(size=(len(case.theta), *shape))
