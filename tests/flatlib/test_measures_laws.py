"""Which of the later measures stay under which symmetry, and which are seen to move."""

from functools import partial

import numpy as np
import pytest
from hypothesis import assume, given, settings
from strategies import HOMOGENEOUS, cases
from symmetry_cases import MOVES, move, random_net

from flatlib import measures as m
from flatlib.measures import adaptive, relative
from flatlib.transforms import scale_layers, scale_neurons

# Invariants are right to rounding; what moves does so by much more than that. The smallest true
# motion in the table, eta = 0.01 under a diagonal map, is 1e-4.
SAME, MOVED = 1e-9, 1e-5
ALL = "layers units logits rotation diagonal affine"


def _form(form, layer):
    return partial(m.relative_flatness, form=form, layer=layer)


def _path(p):
    return lambda objective, params: m.path_norm(objective.network, params, p=p)


# name -> (measure, under what it stays)
TABLE = {
    "Fisher-Rao": (m.fisher_rao, ALL),
    "Fisher-Rao, labels of the data": (m.fisher_rao_data, ALL),
    "radial curvature": (m.radial_curvature, ALL),
    "rows, layer 1": (_form("rows", 1), "layers units logits rotation"),
    "rows, layer 2": (_form("rows", 2), "layers logits rotation diagonal affine"),
    "rows, layer 3": (_form("rows", 3), "layers logits rotation diagonal affine"),
    "columns, layer 1": (_form("columns", 1), "layers units logits diagonal"),
    "columns, layer 2": (_form("columns", 2), ALL),
    "columns, layer 3": (_form("columns", 3), ALL),
    "normalized, layer 1": (_form("normalized", 1), "layers units logits diagonal"),
    "normalized, layer 2": (_form("normalized", 2), ALL),
    "normalized, layer 3": (_form("normalized", 3), ALL),
    "published, layer 1": (_form("published", 1), "layers logits rotation"),
    "published, layer 2": (_form("published", 2), "layers logits rotation diagonal affine"),
    "published, layer 3": (_form("published", 3), "layers rotation diagonal affine"),
    "kappa_max, layer 1": (partial(m.kappa_max, layer=1), "layers units logits rotation"),
    "kappa_max, layer 2": (
        partial(m.kappa_max, layer=2),
        "layers logits rotation diagonal affine",
    ),
    "kappa_max, layer 3": (partial(m.kappa_max, layer=3), "layers rotation diagonal affine"),
    "global": (m.global_relative_flatness, "rotation"),
    "filter-normalized": (m.filter_normalized_curvature, "layers rotation"),
    "adaptive, worst": (m.adaptive_sharpness, "layers units diagonal"),
    "adaptive, mean": (partial(m.adaptive_sharpness, kind="gaussian"), "layers units diagonal"),
    "adaptive, eta": (partial(m.adaptive_sharpness, eta=0.01), ""),
    "adaptive, free biases": (partial(m.adaptive_sharpness, biases="free"), "diagonal"),
    "adaptive, filters": (partial(m.adaptive_sharpness, by="filter"), "layers rotation"),
    "normalized sharpness": (m.normalized_sharpness, "layers units diagonal"),
    "the same, root": (partial(m.normalized_sharpness, form="root"), "layers units diagonal"),
    "product of norms": (m.product_norms, "layers rotation"),
    "the same, spectral": (partial(m.product_norms, norm="spectral"), "layers rotation"),
    "path norm, p = 1": (_path(1), "layers units"),
    "path norm, p = 2": (_path(2), "layers units rotation"),
}
STAYS = [(name, how) for name, (_, kept) in TABLE.items() for how in kept.split()]
GOES = [(n, how) for n, (_, kept) in TABLE.items() for how in MOVES if how not in kept.split()]


def change(measure, how, objective, params):
    """Relative change of a measure under one symmetry."""
    before = measure(objective, params)
    after = measure(*move(how, objective, params, np.random.default_rng(1)))
    return np.abs(np.asarray(after) / before - 1).max()


@pytest.mark.parametrize(("name", "how"), STAYS)
def test_what_stays(name, how):
    assert change(TABLE[name][0], how, *random_net()) < SAME


@pytest.mark.parametrize(("name", "how"), GOES)
def test_what_moves(name, how):
    assert change(TABLE[name][0], how, *random_net()) > MOVED


@pytest.mark.parametrize("how", [how for how in MOVES if how != "logits"])
@pytest.mark.parametrize("bias", [False, True])
def test_the_same_under_the_squared_loss(how, bias):
    """Shifting all logits is no symmetry of it."""
    case = random_net(2, loss="squared", bias=bias)
    skipped = () if bias else ("adaptive, free biases",)
    for name, (measure, kept) in TABLE.items():
        if name not in skipped:
            small = change(measure, how, *case) < SAME
            assert small == (how in kept.split()), name


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
        test_what_stays("normalized, layer 2", "units")


def test_planted_half_of_the_scale_is_seen(monkeypatch):
    true = adaptive.adaptive_scale
    monkeypatch.setattr(adaptive, "adaptive_scale", lambda *a, **k: 0.001 + true(*a, **k))
    with pytest.raises(AssertionError):
        test_what_stays("adaptive, worst", "units")
    monkeypatch.setattr(adaptive, "adaptive_scale", lambda *a, **k: true(*a, **k) ** 0.999)
    with pytest.raises(AssertionError):
        test_what_stays("adaptive, mean", "layers")
