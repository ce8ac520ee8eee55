"""Which of the later measures stay under which symmetry, and which are seen to move."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from strategies import HOMOGENEOUS, cases
from symmetry_cases import MOVES, move, random_net
from truth_table import stays

from flatlib import measures as m
from flatlib.measures import adaptive, relative
from flatlib.transforms import scale_layers, scale_neurons

# Invariants are right to rounding; what moves does so by much more than that. The smallest true
# motion in the table, eta = 0.01 under a diagonal map, is 1e-4.
SAME, MOVED = 1e-9, 1e-5


def _form(form, layer):
    return partial(m.relative_flatness, form=form, layer=layer)


def _path(p):
    return lambda objective, params: m.path_norm(objective.network, params, p=p)


# By the names of the truth table.
MEASURES = {
    "Fisher–Rao, model's labels": m.fisher_rao,
    "Fisher–Rao, data's labels": m.fisher_rao_data,
    "θHθᵀ": m.radial_curvature,
    "relative flatness, layer 1": _form("rows", 1),
    "relative flatness, layer 2": _form("rows", 2),
    "relative flatness, last": _form("rows", 3),
    "column form, layer 1": _form("columns", 1),
    "column form, layer 2": _form("columns", 2),
    "column form, last": _form("columns", 3),
    "normalized features, layer 1": _form("normalized", 1),
    "normalized features, layer 2": _form("normalized", 2),
    "normalized features, last": _form("normalized", 3),
    "‖W‖² tr H, layer 1": _form("published", 1),
    "‖W‖² tr H, layer 2": _form("published", 2),
    "‖W‖² tr H, last": _form("published", 3),
    "κ_max, layer 1": partial(m.kappa_max, layer=1),
    "κ_max, layer 2": partial(m.kappa_max, layer=2),
    "κ_max, last": partial(m.kappa_max, layer=3),
    "‖θ‖² tr H, all layers": m.global_relative_flatness,
    "filter-normalized curvature": m.filter_normalized_curvature,
    "adaptive sharpness, worst": m.adaptive_sharpness,
    "adaptive sharpness, mean": partial(m.adaptive_sharpness, kind="gaussian"),
    "adaptive, η = 0.01": partial(m.adaptive_sharpness, eta=0.01),
    "adaptive, biases not scaled": partial(m.adaptive_sharpness, biases="free"),
    "adaptive, by filter": partial(m.adaptive_sharpness, by="filter"),
    "normalized sharpness, sum": m.normalized_sharpness,
    "normalized sharpness, root": partial(m.normalized_sharpness, form="root"),
    "product of Frobenius norms": m.product_norms,
    "product of spectral norms": partial(m.product_norms, norm="spectral"),
    "path norm, p = 1": _path(1),
    "path norm, p = 2": _path(2),
}
# The moves are drawn otherwise here than by the families of the truth table.
FAMILY = {
    "layers": "layers",
    "units": "neurons",
    "logits": "logits",
    "rotation": "rotate",
    "diagonal": "units",
    "affine": "affine",
}
PAIRS = [(name, how) for name in MEASURES for how in MOVES]
STAYS = [(name, how) for name, how in PAIRS if stays(name, FAMILY[how])]
GOES = [pair for pair in PAIRS if pair not in STAYS]


def change(measure, how, objective, params):
    """Relative change of a measure under one symmetry."""
    before = measure(objective, params)
    after = measure(*move(how, objective, params, np.random.default_rng(1)))
    return np.abs(np.asarray(after) / before - 1).max()


@pytest.mark.parametrize(("name", "how"), STAYS)
def test_what_stays(name, how):
    assert change(MEASURES[name], how, *random_net()) < SAME


@pytest.mark.parametrize(("name", "how"), GOES)
def test_what_moves(name, how):
    assert change(MEASURES[name], how, *random_net()) > MOVED


@pytest.mark.parametrize("how", [how for how in MOVES if how != "logits"])
@pytest.mark.parametrize("bias", [False, True])
def test_the_same_under_the_squared_loss(how, bias):
    """Shifting all logits is no symmetry of it."""
    case = random_net(2, loss="squared", bias=bias)
    skipped = () if bias else ("adaptive, biases not scaled",)
    for name, measure in MEASURES.items():
        if name not in skipped:
            small = change(measure, how, *case) < SAME
            assert small == stays(name, FAMILY[how]), name


@pytest.mark.parametrize("how", MOVES)
@pytest.mark.parametrize("bias", [False, True])
def test_all_finite_eigenvalues_of_the_pencil_stay_at_any_point(how, bias):
    for seed in range(3):
        case = random_net(seed, bias=bias)
        # the worst of about 70 eigenvalues spread over 5 decades; seen: 1e-11
        assert change(m.fisher_spectrum, how, *case) < 1e-8


def _top_of_the_quotient(objective, params):
    return m.quotient_metric_spectrum(objective, params)[0]


def test_the_quotient_metric_knows_layers_and_no_units():
    for how in MOVES:
        moved = change(m.quotient_metric_spectrum, how, *random_net(bias=False))
        top = change(
            lambda o, p: m.quotient_metric_spectrum(o, p)[:1], how, *random_net(bias=False)
        )
        assert (top < SAME) == (how in ("layers", "rotation"))
        assert moved > MOVED or how in ("layers", "rotation")


EVERY_SCALING = (
    m.fisher_rao,
    m.fisher_rao_data,
    m.radial_curvature,
    _form("rows", 1),
    _form("columns", 1),
    _form("columns", 2),
    m.adaptive_sharpness,
    partial(m.adaptive_sharpness, kind="uniform"),
    m.normalized_sharpness,
    partial(m.normalized_sharpness, form="root"),
    _path(1),
    _path(2),
)
ONLY_LAYERS = (
    _form("rows", 2),
    _form("published", 1),
    _form("published", 2),
    partial(m.kappa_max, layer=2),
    m.filter_normalized_curvature,
    partial(m.adaptive_sharpness, by="filter"),
    m.product_norms,
)


@settings(max_examples=40)
@given(cases(activations=HOMOGENEOUS))
def test_scaling_units_of_any_net_moves_none_of_these(case):
    net = case.network
    assume(net.depth > 1)
    rng = np.random.default_rng(0)
    params = scale_neurons(net, [np.exp(rng.normal(size=n)) for n in net.hidden_sizes])(case.params)
    for measure in EVERY_SCALING:
        before, after = (measure(case.objective, p) for p in (case.params, params))
        # a silent net has nothing but rounding to measure
        np.testing.assert_allclose(after, before, rtol=1e-7, atol=1e-12)


@settings(max_examples=40)
@given(cases(activations=HOMOGENEOUS))
def test_scaling_layers_of_any_net_moves_none_of_these_either(case):
    net = case.network
    assume(net.depth > 1)
    logs = np.random.default_rng(0).normal(size=net.depth)
    params = scale_layers(net, np.exp(logs - logs.mean()))(case.params)
    for measure in EVERY_SCALING + ONLY_LAYERS:
        before, after = (measure(case.objective, p) for p in (case.params, params))
        np.testing.assert_allclose(after, before, rtol=1e-7, atol=1e-12)


def test_planted_variance_for_deviation_is_seen(monkeypatch):
    true = relative._spread
    monkeypatch.setattr(relative, "_spread", lambda *a: true(*a) ** 2)
    with pytest.raises(AssertionError):
        test_what_stays("normalized features, layer 2", "units")


def test_planted_half_of_the_scale_is_seen(monkeypatch):
    true = adaptive.adaptive_scale
    monkeypatch.setattr(adaptive, "adaptive_scale", lambda *a, **k: 0.001 + true(*a, **k))
    with pytest.raises(AssertionError):
        test_what_stays("adaptive sharpness, worst", "units")
    monkeypatch.setattr(adaptive, "adaptive_scale", lambda *a, **k: true(*a, **k) ** 0.999)
    with pytest.raises(AssertionError):
        test_what_stays("adaptive sharpness, mean", "layers")
