"""Bad calls of the later measures of flatness: (label, call, kind of error, words)."""

import numpy as np
from bad_calls import ENTROPY, INPUTS, NET, PARAMS, RNG, SQUARED
from own_nets import Silent

from flatlib import MLP, Conv, ConvNet, GlobalAverage, NormalizedLogits, Objective
from flatlib import measures as m

V, T = ValueError, TypeError
CONV = ConvNet((3, 1), [Conv(2, 2), GlobalAverage()], bias=False)
SIGNALS = Objective(CONV, "squared", np.ones((4, 3, 1)), np.zeros((4, 2)))
KERNELS = CONV.init(np.random.default_rng(0))
TANH = Objective(MLP((1, 1, 1), "tanh", bias=False), "squared", [[1.0]], [[-5.0]])
SHORT, SPOILT = PARAMS[:2], (np.nan * PARAMS[0], *PARAMS[1:])
CONSTANT = Objective(NET, "squared", INPUTS, np.zeros((4, 2)))
ASYMMETRIC = np.array([[1.0, 2.0], [0.0, 1.0]])


def saddle(p):
    return p[0] ** 2 - p[1] ** 2


# every measure of an objective and params that needs no more
PLAIN = {
    "fisher_rao": m.fisher_rao,
    "fisher_rao_data": m.fisher_rao_data,
    "radial": m.radial_curvature,
    "global": m.global_relative_flatness,
    "rows": lambda o, p: m.relative_flatness(o, p, layer=1),
    "kappa": lambda o, p: m.kappa_max(o, p, layer=1),
    "filters": m.filter_normalized_curvature,
    "adaptive": m.adaptive_sharpness,
    "adaptive spectrum": m.adaptive_spectrum,
    "adaptive ascent": lambda o, p: m.worst_adaptive_sharpness(o, p, 0.1, RNG),
    "normalized": m.normalized_sharpness,
    "product": m.product_norms,
    "quotient": m.quotient_metric_spectrum,
    "pencil": m.fisher_spectrum,
    "search": m.flat_minima_search,
}
ANY_FUNCTION = {"radial", "adaptive", "adaptive spectrum", "adaptive ascent"}
CASES = [
    (
        f"later: {name} of a count",
        lambda f=f: f(len, PARAMS),
        T,
        "function must return one" if name in ANY_FUNCTION else "objective",
    )
    for name, f in PLAIN.items()
]
CASES += [
    (f"later: {name}, short params", lambda f=f: f(SQUARED, SHORT), V, "params")
    for name, f in PLAIN.items()
]
CASES += [
    (f"later: {name} at NaN", lambda f=f: f(SQUARED, SPOILT), V, "params[0]")
    for name, f in PLAIN.items()
]


def flat(**options):
    return m.relative_flatness(SQUARED, PARAMS, **{"layer": 1, **options})


def adaptive(**options):
    return m.adaptive_sharpness(SQUARED, PARAMS, **options)


def ascent(radius=0.1, rng=RNG, **options):
    return m.worst_adaptive_sharpness(SQUARED, PARAMS, radius, rng, **options)


def tolerance(objective=ENTROPY, rng=RNG, **options):
    return m.noise_tolerance(objective, PARAMS, rng, **options)


def sampled(gamma=1.0, rng=RNG, **options):
    return m.sampled_local_entropy(SQUARED, PARAMS, gamma, rng, **options)


CASES += [
    ("later: form unknown", lambda: flat(form="diagonal"), V, "form"),
    ("later: layer 0", lambda: flat(layer=0), V, "layer"),
    ("later: layer 3 of 2", lambda: flat(layer=3), V, "layer must be from 1 to 2"),
    ("later: layer 1.0", lambda: flat(layer=1.0), T, "layer"),
    (
        "later: constant features",
        lambda: m.relative_flatness(CONSTANT, PARAMS, layer=1, form="normalized"),
        V,
        "features",
    ),
    ("later: kernels of layer 3", lambda: m.relative_flatness(SIGNALS, KERNELS, layer=3), V, "1"),
    ("later: kappa of layer 7", lambda: m.kappa_max(SQUARED, PARAMS, layer=7), V, "layer"),
    ("later: path norm of a sum", lambda: m.path_norm(Silent(None), (), p=1), T, "paths are known"),
    ("later: path norm, p = 0", lambda: m.path_norm(NET, PARAMS, p=0), V, "p must be positive"),
    ("later: quotient with biases", lambda: m.quotient_metric_spectrum(SQUARED, PARAMS), V, "bias"),
    ("later: norm unknown", lambda: m.product_norms(SQUARED, PARAMS, norm=2), V, "norm"),
    ("later: scale of no network", lambda: m.adaptive_scale(SQUARED, PARAMS), T, "network"),
    ("later: scale by layer", lambda: adaptive(by="layer"), V, "by"),
    ("later: biases unknown", lambda: adaptive(biases=False), V, "biases"),
    ("later: eta negative", lambda: adaptive(eta=-0.1), V, "eta"),
    ("later: kind unknown", lambda: adaptive(kind="mean"), V, "kind"),
    ("later: radius 0", lambda: adaptive(radius=0), V, "radius"),
    ("later: ascent, radius -1", lambda: ascent(radius=-1), V, "radius"),
    ("later: ascent from a seed", lambda: ascent(rng=0), T, "rng"),
    ("later: ascent, norm 1", lambda: ascent(norm="1"), V, "norm"),
    (
        "later: ascent, a billion",
        lambda: ascent(num_restarts=10**9),
        V,
        "num_restarts must be at most",
    ),
    ("later: ascent without starts", lambda: ascent(num_restarts=0), V, "num_restarts"),
    ("later: ascent of half a step", lambda: ascent(num_steps=0.5), T, "num_steps"),
    ("later: logits of a callable", lambda: NormalizedLogits(len), T, "objective"),
    (
        "later: logits all equal",
        lambda: NormalizedLogits(ENTROPY)(tuple(0 * a for a in PARAMS)),
        V,
        "outputs must differ",
    ),
    (
        "later: normalized logits elsewhere",
        lambda: m.fisher_rao(NormalizedLogits(ENTROPY), PARAMS),
        T,
        "NormalizedLogits",
    ),
    ("later: sharpness, form", lambda: m.normalized_sharpness(SQUARED, PARAMS, form=1), V, "form"),
    (
        "later: sharpness at a bend",
        lambda: m.normalized_sharpness(TANH, ([[-1.0]], [[-1.0]])),
        V,
        "negative second derivative",
    ),
    ("later: noise of a callable", lambda: tolerance(objective=len), T, "objective"),
    ("later: noise without labels", lambda: tolerance(objective=SQUARED), T, "accuracy"),
    ("later: noise from a seed", lambda: tolerance(rng=0), T, "rng"),
    ("later: noise, drop 0", lambda: tolerance(drop=0), V, "drop"),
    ("later: noise, drop 1", lambda: tolerance(drop=1.0), V, "drop"),
    ("later: noise, floor -1", lambda: tolerance(floor=-1), V, "floor"),
    (
        "later: noise, a billion",
        lambda: tolerance(num_samples=10**9),
        V,
        "num_samples must be at most",
    ),
    ("later: noise, no draws", lambda: tolerance(num_samples=0), V, "num_samples"),
    ("later: noise aware of 1", lambda: tolerance(magnitude_aware=1), T, "magnitude_aware"),
    ("later: entropy of nothing", lambda: m.local_entropy(None, PARAMS, 1.0), T, "callable"),
    ("later: entropy, gamma 0", lambda: m.local_entropy(SQUARED, PARAMS, 0.0), V, "gamma"),
    (
        "later: entropy without mass",
        lambda: m.local_entropy(saddle, np.zeros(2), 1.9),
        V,
        "least eigenvalue",
    ),
    ("later: entropy, short params", lambda: m.local_entropy(SQUARED, SHORT, 1.0), V, "params"),
    ("later: sampled, gamma -1", lambda: sampled(gamma=-1.0), V, "gamma"),
    ("later: sampled from a seed", lambda: sampled(rng=0), T, "rng"),
    (
        "later: sampled a billion times",
        lambda: sampled(num_samples=10**9),
        V,
        "num_samples must be at",
    ),
    ("later: sampled three times", lambda: sampled(num_samples=3), V, "num_samples"),
    (
        "later: pencil, tolerance 0",
        lambda: m.fisher_spectrum(SQUARED, PARAMS, tolerance=0),
        V,
        "tolerance",
    ),
    ("later: pencil of two sizes", lambda: m.pencil_eigenvalues(np.eye(2), np.eye(3)), V, "matrix"),
    ("later: pencil, asymmetric", lambda: m.pencil_eigenvalues(ASYMMETRIC, np.eye(2)), V, "matrix"),
    (
        "later: pencil, no square",
        lambda: m.pencil_eigenvalues(np.eye(2), np.ones((2, 3))),
        V,
        "met",
    ),
    (
        "later: pencil, no metric",
        lambda: m.pencil_eigenvalues(np.eye(2), np.diag([1.0, -1.0])),
        V,
        "negative eigenvalue",
    ),
    (
        "later: search, tolerance 0",
        lambda: m.flat_minima_search(SQUARED, PARAMS, tolerance=0),
        V,
        "tolerance",
    ),
]
