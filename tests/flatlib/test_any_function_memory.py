"""Any function of many params: one pass for a product, and no matrix that nobody asked for."""

import autograd.numpy as anp
import numpy as np
import pytest
import scipy.optimize
from oracles import assert_close

import flatlib
from flatlib.curvature import _memory, _tracing
from flatlib.training import polish


def test_products_are_one_backward_pass_each_and_never_p_columns(monkeypatch):
    passes = []
    make = _tracing.make_vjp

    def counted(function, x):
        backwards, value = make(function, x)
        return lambda g: passes.append(1) or backwards(g), value

    monkeypatch.setattr(_tracing, "make_vjp", counted)
    monkeypatch.setattr(flatlib.curvature.autodiff, "rows", None)
    operator = flatlib.hessian_operator(lambda p: anp.sum(p**4), np.ones(2000))
    assert_close(operator @ np.ones((2000, 3)), 12 * np.ones((2000, 3)))
    assert len(passes) == 3
    flatlib.top_eigenvalues(
        flatlib.hessian_operator(lambda p: p[0] ** 2 + anp.sum(p) ** 2, np.ones(2000)), 1
    )
    assert len(passes) < 60


@pytest.mark.parametrize("door", [flatlib.hessian, flatlib.certify, polish])
def test_nothing_above_a_gibibyte_is_formed_unasked(door, monkeypatch):
    params = np.ones(11_586)  # 8 P^2 bytes are just above
    monkeypatch.setattr(_memory.np, "empty", lambda *a, **k: pytest.fail("allocated all the same"))
    monkeypatch.setattr(scipy.optimize, "minimize", lambda loss, x, hess=None, **k: hess(x))
    with pytest.raises(MemoryError, match=r"P = 11586, .*hessian_operator"):
        door(lambda p: anp.sum(p**2), params)
