"""What takes no matrix: the gradient, the diagonal, and the two ends of the spectrum.

Each beside the road that it replaces, in alternating rounds, and beside a floor where there is one.
"""

from statistics import median

import numpy as np

import flatlib
from benchmarks.cases import DENSE
from benchmarks.measure import PATIENCE, compare
from benchmarks.peers import jax_loss
from benchmarks.report import summary

SMALL = 1000  # parameters; below it the ends of a spectrum come from the matrix
FAR = 100.0  # alpha at which the lower end is crowded
EIGEN_ROUNDS = 3


def measure() -> dict[str, list[dict]]:
    """Seconds for every dense case, by what was asked."""
    large = [case for case in DENSE if case.network.num_params >= SMALL]
    return {
        "gradient": _rows(DENSE, GRADIENT),
        "diagonal": _rows(DENSE, DIAGONAL),
        "largest eigenvalue": _rows(large, LARGEST, EIGEN_ROUNDS),
        "smallest eigenvalue, alpha = 100": _rows(large, SMALLEST, EIGEN_ROUNDS),
    }


def _rows(cases, methods, rounds: int = 10) -> list[dict]:
    """Every case, from small to large, with every method that is still worth waiting for."""
    rows, methods = [], dict(methods)
    for case in sorted(cases, key=lambda case: case.network.num_params):
        times = compare(case, methods, rounds)
        size = case.network.num_params
        rows.append({"case": case.name, "N": case.num_examples, "P": size, "seconds": times})
        print(f"{case.name}: { {name: summary(seconds) for name, seconds in times.items()} }")
        slow = [name for name, seconds in times.items() if median(seconds) > PATIENCE]
        methods = {name: run for name, run in methods.items() if name not in slow}
    return rows


def _objective(case, alpha: float = 1.0):
    params, inputs, targets = case.problem()
    pair = (alpha,) + (1.0,) * (case.network.depth - 2) + (1 / alpha,)
    params = [factor * array for factor, array in zip(pair, params, strict=True)]
    return flatlib.Objective(case.network, case.loss, inputs, targets), params


def _on_objective(function):
    """A method that calls ``function(objective, params)``."""

    def prepare(case):
        objective, params = _objective(case)
        return lambda: function(objective, params)

    return prepare


def gradient_by_jax(case):
    """jax.jit(jax.grad) of the loss as a function of one flat vector."""
    import jax

    theta, loss = jax_loss(case)
    gradient = jax.jit(jax.grad(loss))
    return lambda: np.asarray(gradient(theta).block_until_ready())


def _smallest(road):
    """A method that finds the smallest eigenvalue far out on the orbit: ``road(operator)``.

    The largest goes with it, found beforehand: what is right is right to a part of that one.
    ARPACK alone is no such road: at 1184 parameters it gives up after 11,841 restarts.
    """

    def prepare(case):
        objective, params = _objective(case, FAR)
        largest = flatlib.measures.spectral_norm(objective, params)

        def run():
            # the operator holds passes and rooms of its own: made anew, as a user would
            return np.array([largest, road(flatlib.hessian_operator(objective, params))])

        return run

    return prepare


def _by_matrix(objective, params):
    return np.abs(np.linalg.eigvalsh(flatlib.hessian(objective, params))).max()


GRADIENT = {
    "flatlib": _on_objective(flatlib.gradient),
    "one loss": _on_objective(lambda objective, params: objective(params)),
    "autograd": _on_objective(flatlib.curvature.autodiff.gradient),
    "JAX, jitted": gradient_by_jax,
}
DIAGONAL = {
    "flatlib": _on_objective(flatlib.hessian_diagonal),
    "one gradient": _on_objective(flatlib.gradient),
    "diagonal of the matrix": _on_objective(lambda *where: np.diag(flatlib.hessian(*where))),
}
LARGEST = {
    "flatlib": _on_objective(flatlib.measures.spectral_norm),
    "all eigenvalues of the matrix": _on_objective(_by_matrix),
}
SMALLEST = {
    "flatlib": _smallest(lambda operator: flatlib.top_eigenvalues(operator, 1, which="SA")[0]),
    "all eigenvalues of the matrix": _smallest(
        lambda operator: np.linalg.eigvalsh(operator.matrix())[0]
    ),
}
