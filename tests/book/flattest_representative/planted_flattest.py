"""Errors planted in what the claims on representatives and the ladder of bounds rest on."""

import numpy as np
from planting import off

from flatbook.flattest_representative import claims_balance, claims_flattest, claims_ladder
from flatlib.measures import _orbit_space, _programmes, _schatten, _top_product, flattening
from flatlib.measures import ladder as rungs
from flatlib.measures._two_layer import TwoLayer


def _units_off(name):
    """One quantity of the two-layer net 0.1 % off, wherever it is used."""

    def plant(monkeypatch):
        true = vars(TwoLayer)[name].fget
        monkeypatch.setattr(TwoLayer, name, property(lambda units: 1.001 * true(units)))

    return plant


def _biases_do_not_move(monkeypatch):
    """The exponents of the biases dropped, as if only weights were scaled."""
    true = _orbit_space._exponents

    def twin(network, units):
        rows, start = true(network, units), 0
        for shape in network.param_shapes:
            size = int(np.prod(shape))
            rows[start : start + size] *= len(shape) > 1
            start += size
        return rows

    monkeypatch.setattr(_orbit_space, "_exponents", twin)


def _one_block_is_off(monkeypatch):
    """The Hessian and its diagonal 0.1 % off in the first layer, in the convex programme only."""
    for name in ("hessian", "hessian_diagonal"):
        true = getattr(flattening, name)

        def twin(objective, params, true=true):
            found, size = true(objective, params).copy(), params[0].size
            found[(slice(size),) * found.ndim] *= 1.001
            return found

        monkeypatch.setattr(flattening, name, twin)


def _signed(monkeypatch):
    """Eigenvalues in order in place of singular values."""
    monkeypatch.setattr(
        claims_flattest,
        "singular_values",
        lambda matrices: np.abs(np.linalg.eigvalsh(matrices)[..., ::-1]),
    )


def _one_side(monkeypatch):
    """e^U H e^U, with the sum of the two ends' factors in the middle."""
    monkeypatch.setattr(
        claims_flattest,
        "_moved",
        lambda matrices, u: (
            np.cosh(u)[..., :, None] ** -1 * matrices * np.cosh(u)[..., None, :] ** -1
        ),
    )


def _stays_at_the_start(monkeypatch):
    """A programme that does not move: every point of the orbit would be its own flattest."""
    monkeypatch.setattr(flattening, "minimize", lambda f: np.zeros(f.exponents.shape[1]))


def _spectral_stops_early(monkeypatch):
    """The Schatten norm of power 4 in place of the spectral norm, reported as if it were it."""
    true = _schatten.Schatten

    class Early(true):
        def __init__(self, matrix, exponents, power):
            super().__init__(matrix, exponents, min(power, 4.0))

    monkeypatch.setattr(_programmes, "Schatten", Early)


def _product_stops_early(monkeypatch):
    """The smooth function of power 1 in place of the product of the largest."""
    monkeypatch.setattr(_top_product, "POWERS", ())


def _always_a_least_value(monkeypatch):
    """Whatever the search ends at is taken for a least value."""
    monkeypatch.setattr(_top_product, "_require_least", lambda *args: None)


def _bias_is_forgotten(monkeypatch):
    true = claims_balance.imbalance
    monkeypatch.setattr(
        claims_balance,
        "imbalance",
        lambda net, p: true(net, [0 * a if a.ndim == 1 else a for a in p]),
    )


def _gradient_is_off(monkeypatch):
    true = claims_balance.gradient

    def twin(objective, params):
        slope = true(objective, params).copy()
        slope[: params[0].size] *= 1.001
        return slope

    monkeypatch.setattr(claims_balance, "gradient", twin)


def _longer(monkeypatch):
    """The shortest point 0.1 % longer in one layer."""
    true = claims_balance.balanced

    def twin(net, params):
        best = true(net, params)
        first, *others = best.params
        return best._replace(params=(1.001 * first, *others))

    monkeypatch.setattr(claims_balance, "balanced", twin)


PLANTED = [
    ("EXT5", off(rungs, "_least_sum")),
    ("EXT5", off(rungs, "_least_sum", 0.999)),
    ("EXT5", _units_off("fisher")),
    ("EXT5", _units_off("gram")),
    ("EXT5", off(claims_ladder, "input_complexity")),
    ("EXT7", _biases_do_not_move),
    ("EXT7", _one_block_is_off),
    ("EXT7", off(claims_flattest, "block_traces")),
    ("EXT7", off(claims_flattest, "hessian_trace")),
    ("EXT8", _biases_do_not_move),
    ("EXT8", _one_block_is_off),
    ("EXT8", _signed),
    ("EXT8", _one_side),
    ("EXT8", _stays_at_the_start),
    ("EXT8", _spectral_stops_early),
    ("EXT8", _product_stops_early),
    ("EXT8", _always_a_least_value),
    ("EXT10", _bias_is_forgotten),
    ("EXT10", _gradient_is_off),
    ("EXT10", _longer),
    ("EXT10", off(claims_balance, "path_norm")),
    ("EXT10", off(claims_balance, "bias_fisher")),
]
