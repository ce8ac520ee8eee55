"""One Hessian-vector product: flatlib's operator and a jitted one of JAX, alternating."""

import numpy as np

import flatlib
from benchmarks.cases import DENSE
from benchmarks.measure import compare
from benchmarks.peers import jax_loss


def ours(case):
    """flatlib.hessian_operator, its passes recorded beforehand."""
    params, inputs, targets = case.problem()
    objective = flatlib.Objective(case.network, case.loss, inputs, targets)
    operator = flatlib.hessian_operator(objective, params)
    vector = _vector(case)
    return lambda: operator @ vector


def by_jax(case):
    """Forward over reverse, jitted; the compiler may fold the constant weights and data."""
    import jax

    theta, loss = jax_loss(case)
    product = jax.jit(lambda v: jax.jvp(jax.grad(loss), (theta,), (v,))[1])
    vector = jax.numpy.asarray(_vector(case))
    return lambda: np.asarray(product(vector).block_until_ready())


def measure() -> list[dict]:
    """Seconds of both for every dense case."""
    rows = []
    for case in DENSE:
        times = compare(case, {"flatlib": ours, "JAX, jitted": by_jax}, rounds=30)
        rows.append(
            {
                "case": case.name,
                "N": case.num_examples,
                "P": case.network.num_params,
                "seconds": times,
            }
        )
    return rows


def _vector(case) -> np.ndarray:
    return np.random.default_rng(1).normal(size=case.network.num_params)
