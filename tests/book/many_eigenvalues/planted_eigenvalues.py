"""Errors planted in what the claims on many large eigenvalues rest on."""

import numpy as np

from flatbook.many_eigenvalues import claims_count, claims_eigenvalues, scenes
from flatbook.many_eigenvalues import claims_exact_count as growth
from flatlib import measures
from flatlib.measures import counting as counts
from flatlib.transforms import Scaling, compensated_scale, scale_layers


def _plus_a_constant(name):
    """Every entry 0.001 too large, which no scaling explains."""

    def plant(monkeypatch):
        true = getattr(claims_eigenvalues, name)
        monkeypatch.setattr(claims_eigenvalues, name, lambda *args: true(*args) + 1e-3)

    return plant


def _first_layer_is_off(monkeypatch):
    true = claims_eigenvalues._times
    monkeypatch.setattr(
        claims_eigenvalues,
        "_times",
        lambda params, alphas: true((1.001 * params[0], *params[1:]), alphas),
    )


def _hessian_of_the_minimum_is_off(monkeypatch):
    """Its last column 0.1 % too large: no longer symmetric."""
    true = claims_eigenvalues.clear_minimum

    def wrong(*args):
        found = true(*args)
        found.hessian[:, -1] *= 1.001
        return found

    monkeypatch.setattr(claims_eigenvalues, "clear_minimum", wrong)


def _diagonal_is_off(monkeypatch):
    """The library's D 0.1 % too large in the first layer."""

    def wrong(network, alphas):
        multipliers = scale_layers(network, alphas).multipliers.copy()
        multipliers[: network.layer_sizes[0]] *= 0.999
        return Scaling(network, multipliers)

    monkeypatch.setattr(claims_eigenvalues, "scale_layers", wrong)


def _another_layer_compensates(module):
    def plant(monkeypatch):
        monkeypatch.setattr(
            module,
            "compensated_scale",
            lambda net, beta, m: compensated_scale(net, beta, m % net.depth + 1),
        )

    return plant


def _scaled_the_other_way(module):
    def plant(monkeypatch):
        monkeypatch.setattr(
            module, "compensated_scale", lambda net, beta, m: compensated_scale(net, 1 / beta, m)
        )

    return plant


def _scaled_hessian_is_off(monkeypatch):
    true = claims_count.hessian
    monkeypatch.setattr(claims_count, "hessian", lambda *args: 1.001 * true(*args))


def _horn_with_the_wrong_index(monkeypatch):
    """Pairs with i + j = n slip in, for which the inequality says nothing."""
    true = claims_eigenvalues._horn_slack
    monkeypatch.setattr(claims_eigenvalues, "_horn_slack", lambda rng: true(rng) - 0.001)


def _eigenvalues_are_off(module, factor=1.001):
    def plant(monkeypatch):
        true = measures.scaled_eigenvalues
        monkeypatch.setattr(module, "scaled_eigenvalues", lambda h, d: factor * true(h, d))

    return plant


def _one_fewer(module):
    """One eigenvalue of each layer's count is lost."""

    def plant(monkeypatch):
        true = measures.growth_by_layer

        def wrong(net, matrix):
            return tuple(
                measures.Growth(g.diverging - 1, g.bounded, g.vanishing + 1, g.zero)
                for g in true(net, matrix)
            )

        monkeypatch.setattr(module, "growth_by_layer", wrong)

    return plant


def _biases_are_left_out(monkeypatch):
    """The nets with biases are drawn without: then the bound holds, and nothing falls short."""
    true = scenes.clear_minimum
    monkeypatch.setattr(
        claims_count, "clear_minimum", lambda sizes, rng, bias=False: true(sizes, rng)
    )
    monkeypatch.setattr(claims_count, "_DRAWS", 3)


def _components_are_one(monkeypatch):
    """As the bound was first written: rows + columns - 1 whatever the pattern."""

    def wrong(net, params, m):
        rows, columns = net.layers(params)[m - 1][0].shape
        return {1: columns, net.depth: rows}.get(m, rows + columns - 1)

    monkeypatch.setattr(growth, "unit_freedom", wrong)


def _kernel_is_too_small(monkeypatch):
    true = growth._kernel
    monkeypatch.setattr(growth, "_kernel", lambda matrix: true(matrix)[:, 1:])


def _staying_counts_as_vanishing(monkeypatch):
    true = measures.eigenvalue_growth

    def wrong(matrix, exponents):
        g = true(matrix, exponents)
        return measures.Growth(g.diverging, 0, g.bounded + g.vanishing, g.zero)

    monkeypatch.setattr(growth, "eigenvalue_growth", wrong)


def _moduli_are_forgotten(monkeypatch):
    """The Hessian elsewhere is that of the minimum: nothing negative, nothing shown."""
    monkeypatch.setattr(claims_eigenvalues, "hessian", lambda objective, _: np.eye(42))


PLANTED = [
    ("DINH-SE0", _plus_a_constant("hessian")),
    ("DINH-SE0", _plus_a_constant("gradient")),
    ("DINH-SE0", _first_layer_is_off),
    ("DINH-SE0", _diagonal_is_off),
    ("DINH-SE1", _moduli_are_forgotten),
    ("DINH-SE1", _hessian_of_the_minimum_is_off),
    ("DINH-SE2", _another_layer_compensates(claims_eigenvalues)),
    ("DINH-SE2", _scaled_the_other_way(claims_eigenvalues)),
    ("DINH-SE2", _horn_with_the_wrong_index),
    ("S8", _eigenvalues_are_off(claims_count)),
    ("S8", _scaled_hessian_is_off),
    ("S8", _one_fewer(claims_count)),
    ("S8", _biases_are_left_out),
    ("EXT1", _another_layer_compensates(counts)),
    ("EXT1", _eigenvalues_are_off(growth, 0.999)),
    ("EXT1", _one_fewer(growth)),
    ("EXT1", _components_are_one),
    ("EXT1", _kernel_is_too_small),
    ("EXT1", _staying_counts_as_vanishing),
]
