"""A table of bad calls: (label, call, kind of error, words that must appear in its message)."""

import numpy as np

import flatlib
from flatlib import MLP, CrossEntropyLoss, Objective, SquaredLoss
from flatlib.curvature import autodiff, certify
from flatlib.curvature._kinks import kink_margin
from flatlib.data import cubic, teacher_student
from flatlib.training import descent, fit_output_layer, polish, teacher_with_residual

RNG = np.random.default_rng(0)
NET = MLP((2, 3, 2))
PARAMS = NET.init(RNG)
INPUTS, TARGETS, LABELS = np.ones((4, 2)), np.zeros((4, 2)), [0, 1, 1, 0]
SQUARED = Objective(NET, "squared", INPUTS, TARGETS)
ENTROPY = Objective(NET, "cross_entropy", INPUTS, LABELS)
NAN, INF = np.array([[np.nan, 1.0]]), np.array([[np.inf, 1.0]])


def changed(position, value):
    """PARAMS with one array replaced."""
    return tuple(value if k == position else array for k, array in enumerate(PARAMS))


def squared(inputs=INPUTS, targets=TARGETS):
    return Objective(NET, "squared", inputs, targets)


def entropy(targets):
    return Objective(NET, "cross_entropy", INPUTS, targets)


def descend(objective=SQUARED, params=PARAMS, rng=RNG, **options):
    return descent(objective, params, rng, **{"epochs": 1, "learning_rate": 0.1, **options})


TANH, SQUARE = MLP((2, 3, 2), "tanh"), MLP((2, 3, 2), "square")
LINEAR, SMALL = MLP((2, 2)), MLP((2, 2, 2))

V, T = ValueError, TypeError
CASES = [
    ("stop by an array", lambda: descend(stop=lambda p: p[0] > 0), T, "stop must return True"),
    ("stop by a number", lambda: descend(stop=lambda p: 1.0), T, "stop must return True"),
    # networks
    ("one layer size", lambda: MLP((3,)), V, "layer_sizes"),
    ("no layer sizes", lambda: MLP(()), V, "layer_sizes"),
    ("sizes as array", lambda: MLP(np.array([[3, 2], [1, 1]])), V, "layer_sizes"),
    ("zero-size layer", lambda: MLP((3, 0, 1)), V, "layer_sizes"),
    ("negative size", lambda: MLP((3, -2)), V, "layer_sizes"),
    ("float size", lambda: MLP((3, 2.0)), T, "layer_sizes"),
    ("array as size", lambda: MLP((3, np.zeros((9, 9)))), T, "layer_sizes"),
    ("unknown activation", lambda: MLP((3, 2), activation="swish"), V, "activation"),
    ("activation as function", lambda: MLP((3, 2), activation=np.tanh), T, "activation must be"),
    ("bias as integer", lambda: MLP((3, 2), bias=1), T, "bias"),
    ("bias as array", lambda: MLP((3, 2), bias=np.zeros((30, 30))), T, "bias"),
    ("init from a seed", lambda: NET.init(0), T, "rng"),
    ("init from RandomState", lambda: NET.init(np.random.RandomState(0)), T, "rng"),
    ("negative bias_std", lambda: NET.init(RNG, bias_std=-1.0), V, "bias_std"),
    # predictions
    ("inputs (d,)", lambda: NET.predict(PARAMS, np.ones(2)), V, "inputs"),
    ("wrong width", lambda: NET.predict(PARAMS, np.ones((4, 3))), V, "inputs"),
    ("no examples", lambda: NET.predict(PARAMS, np.ones((0, 2))), V, "inputs"),
    ("NaN input", lambda: NET.predict(PARAMS, NAN), V, "inputs"),
    ("infinite input", lambda: NET.predict(PARAMS, INF), V, "inputs"),
    ("complex inputs", lambda: NET.predict(PARAMS, INPUTS * 1j), T, "inputs"),
    ("object inputs", lambda: NET.predict(PARAMS, INPUTS.astype(object)), T, "inputs"),
    ("boolean inputs", lambda: NET.predict(PARAMS, INPUTS > 0), T, "inputs"),
    ("inputs of text", lambda: NET.predict(PARAMS, [["1", "2"]]), T, "inputs"),
    ("ragged inputs", lambda: NET.predict(PARAMS, [[1.0, 2.0], [3.0]]), V, "inputs"),
    ("inputs None", lambda: NET.predict(PARAMS, None), T, "inputs"),
    ("one array too few", lambda: NET.predict(PARAMS[:-1], INPUTS), V, "params must have 4 items"),
    ("params as one vector", lambda: NET.predict(np.ones(17), INPUTS), T, "params"),
    ("params None", lambda: NET.predict(None, INPUTS), T, "params"),
    ("params as dict", lambda: NET.predict({"W": 1}, INPUTS), T, "params"),
    ("transposed weights", lambda: NET.predict(changed(0, PARAMS[0].T), INPUTS), V, "params[0]"),
    ("bias as row", lambda: NET.predict(changed(1, np.ones((1, 3))), INPUTS), V, "params[1]"),
    ("NaN weight", lambda: NET.predict(changed(3, [np.nan, 0.0]), INPUTS), V, "params[3]"),
    ("complex weight", lambda: NET.predict(changed(3, [1j, 0.0]), INPUTS), T, "params[3]"),
    # objectives
    ("network None", lambda: Objective(None, "squared", INPUTS, TARGETS), T, "network"),
    ("class for a network", lambda: Objective(MLP, "squared", INPUTS, TARGETS), T, "network"),
    ("unknown loss", lambda: Objective(NET, "hinge", INPUTS, TARGETS), V, "loss"),
    ("loss class", lambda: Objective(NET, SquaredLoss, INPUTS, TARGETS), V, "loss"),
    ("empty data", lambda: squared(np.ones((0, 2)), np.ones((0, 2))), V, "inputs"),
    ("targets (N, 1) for two outputs", lambda: squared(targets=np.ones((4, 1))), V, "targets"),
    ("targets (N,)", lambda: squared(targets=np.ones(4)), V, "targets"),
    ("one target too few", lambda: squared(targets=np.ones((3, 2))), V, "targets"),
    ("NaN target", lambda: squared(targets=TARGETS * np.nan), V, "targets"),
    ("targets None", lambda: squared(targets=None), T, "targets"),
    ("label too large", lambda: entropy([0, 1, 2, 0]), V, "targets must be labels from 0 to 1"),
    ("negative label", lambda: entropy([0, -1, 1, 0]), V, "targets must be labels from 0 to 1"),
    ("float labels", lambda: entropy([0.0, 1.0, 1.0, 0.0]), T, "targets must be integer labels"),
    ("boolean labels", lambda: entropy(np.array(LABELS) > 0), T, "targets"),
    ("labels (N, 1)", lambda: entropy(np.array(LABELS)[:, None]), V, "targets"),
    ("rows of probabilities", lambda: entropy(np.full((4, 2), 0.5)), V, "one-hot"),
    ("rows of zeros", lambda: entropy(np.zeros((4, 2))), V, "one-hot"),
    ("one label for all", lambda: entropy(1), V, "targets"),
    ("negative factor", lambda: SquaredLoss(-1.0), V, "factor must be positive"),
    ("zero factor", lambda: SquaredLoss(0), V, "factor must be positive"),
    ("factor as text", lambda: SquaredLoss("1"), T, "factor"),
    ("ragged labels", lambda: CrossEntropyLoss().prepare([[0], [1, 0]], 2, 2), V, "targets"),
    ("accuracy without labels", lambda: SQUARED.accuracy(PARAMS), T, "accuracy"),
    ("empty subset", lambda: SQUARED.subset(np.array([], dtype=int)), V, "indices"),
    ("index N", lambda: SQUARED.subset([4]), V, "indices must be from 0 to 3"),
    ("negative index", lambda: SQUARED.subset([-1]), V, "indices must be from 0 to 3"),
    ("mask", lambda: SQUARED.subset(np.ones(4, dtype=bool)), T, "np.flatnonzero"),
    ("float index", lambda: SQUARED.subset([1.0]), T, "indices"),
    ("one index", lambda: SQUARED.subset(1), V, "indices"),
    ("ragged indices", lambda: SQUARED.subset([[0], [1, 2]]), V, "indices"),
    # params and theta
    ("flatten nothing", lambda: flatlib.flatten(()), V, "params"),
    ("flatten NaN", lambda: flatlib.flatten([[1.0, np.nan]]), V, "params[0][1]"),
    ("flatten text", lambda: flatlib.flatten("weights"), T, "params"),
    ("flatten complex", lambda: flatlib.flatten([1j]), T, "params[0]"),
    ("flatten None", lambda: flatlib.flatten(None), T, "params"),
    ("theta too short", lambda: flatlib.unflatten(np.ones(3), PARAMS), V, "theta"),
    ("theta as matrix", lambda: flatlib.unflatten(np.ones((17, 1)), PARAMS), V, "theta"),
    ("theta NaN", lambda: flatlib.unflatten([np.nan], like=[0.0]), V, "theta"),
    # curvature
    ("hessian of nothing", lambda: flatlib.hessian(None, PARAMS), T, "function"),
    ("gradient of an array", lambda: flatlib.gradient(np.ones(3), PARAMS), T, "function"),
    ("vector-valued", lambda: flatlib.hessian(lambda p: p, np.ones(2)), T, "function"),
    ("complex-valued", lambda: flatlib.gradient(lambda p: p[0] * 1j, np.ones(2)), T, "complex"),
    ("hessian at NaN", lambda: flatlib.hessian(SQUARED, changed(1, [np.nan] * 3)), V, "params[1]"),
    ("hessian, wrong net", lambda: flatlib.hessian(SQUARED, PARAMS[:2]), V, "params"),
    ("gradient, wrong net", lambda: flatlib.gradient(SQUARED, PARAMS[:2]), V, "params"),
    ("autodiff at NaN", lambda: autodiff.hessian(SQUARED, [np.nan]), V, "params[0]"),
    ("budget 0", lambda: flatlib.hessian(SQUARED, PARAMS, budget=0), V, "budget"),
    ("float budget", lambda: flatlib.hessian(SQUARED, PARAMS, budget=1e6), T, "budget"),
    ("certify what is no number", lambda: certify(len, PARAMS), T, "function must return one"),
    ("certify nothing", lambda: certify(None, PARAMS), T, "function must be callable"),
    ("certify, wrong net", lambda: certify(SQUARED, PARAMS[:2]), V, "params"),
    ("tolerance 0", lambda: certify(SQUARED, PARAMS, gradient_tolerance=0), V, "tolerance"),
    ("kink margin of a callable", lambda: kink_margin(len, PARAMS), T, "objective"),
    # training
    ("descend a callable in batches", lambda: descend(len), T, "batch_size must be None"),
    ("descend a count", lambda: descend(len, batch_size=None), T, "function must return one"),
    ("seed for rng", lambda: descend(rng=0), T, "rng"),
    ("epochs 0", lambda: descend(epochs=0), V, "epochs"),
    ("float epochs", lambda: descend(epochs=2.0), T, "epochs"),
    ("epochs as array", lambda: descend(epochs=np.ones((40, 40))), T, "epochs"),
    ("batch_size 0", lambda: descend(batch_size=0), V, "batch_size"),
    ("unknown optimizer", lambda: descend(optimizer="sgdm"), V, "optimizer"),
    ("rate falls to 0", lambda: descend(learning_rate=lambda t: 0.0), V, "learning_rate"),
    ("unknown method", lambda: polish(SQUARED, PARAMS, method="bfgs"), V, "method"),
    ("polish to 0", lambda: polish(SQUARED, PARAMS, tolerance=0.0), V, "tolerance"),
    ("max_steps 0", lambda: polish(SQUARED, PARAMS, max_steps=0), V, "max_steps"),
    ("polish what is no number", lambda: polish(len, PARAMS), T, "function must return one"),
    ("no room", lambda: teacher_with_residual(MLP((9, 9, 9)), 2, RNG), V, "num_examples"),
    ("residual 0", lambda: teacher_with_residual(MLP((2, 1)), 9, RNG, residual=0.0), V, "residual"),
    ("residual by a bare seed", lambda: teacher_with_residual(MLP((2, 1)), 9, 0), T, "rng"),
    ("block 0", lambda: flatlib.hessian_block(SQUARED, PARAMS, (0, 1)), V, "layers"),
    ("block 9", lambda: flatlib.hessian_block(SQUARED, PARAMS, (1, 9)), V, "layers"),
    ("one layer of a block", lambda: flatlib.hessian_block(SQUARED, PARAMS, (1,)), V, "layers"),
    ("layer 1.0", lambda: flatlib.hessian_block(SQUARED, PARAMS, (1, 1.0)), T, "layers"),
    ("gauss_newton of len", lambda: flatlib.gauss_newton(len, PARAMS), T, "objective"),
    ("fisher of len", lambda: flatlib.fisher(len, PARAMS), T, "objective"),
    ("empirical of len", lambda: flatlib.empirical_fisher(len, PARAMS), T, "objective"),
    ("jacobian of 3", lambda: autodiff.jacobian(3, PARAMS), T, "function"),
    ("learning_rate 0", lambda: descend(learning_rate=0), V, "learning_rate must be positive"),
    ("learning_rate NaN", lambda: descend(learning_rate=np.nan), V, "learning_rate"),
    ("momentum 1", lambda: descend(momentum=1), V, "momentum must be in [0, 1)"),
    ("negative momentum", lambda: descend(momentum=-0.1), V, "momentum"),
    ("fit a callable", lambda: fit_output_layer(len, PARAMS), T, "objective"),
    ("fit cross-entropy", lambda: fit_output_layer(ENTROPY, PARAMS), T, "squared loss"),
    ("fit from wrong params", lambda: fit_output_layer(SQUARED, PARAMS[:2]), V, "params"),
    # activations and data
    ("leaky slope 1", lambda: flatlib.leaky_relu(1.0), V, "negative_slope must differ from 1"),
    ("leaky slope NaN", lambda: flatlib.leaky_relu(np.nan), V, "negative_slope"),
    ("homogeneity, alpha 0", lambda: flatlib.homogeneity_error("relu", [1.0], 0.0), V, "alpha"),
    ("homogeneity, NaN", lambda: flatlib.homogeneity_error("relu", [np.nan], 2.0), V, "z must"),
    ("homogeneity, unknown", lambda: flatlib.homogeneity_error("exp", [1.0], 2.0), V, "activation"),
    ("teacher without a net", lambda: teacher_student((2, 3), 5, RNG), T, "network"),
    ("teacher, no examples", lambda: teacher_student(NET, 0, RNG), V, "num_examples"),
    ("teacher from a seed", lambda: teacher_student(NET, 5, 0), T, "rng"),
    ("cubic from a seed", lambda: cubic(0), T, "rng"),
    ("cubic, negative noise", lambda: cubic(RNG, noise=-0.1), V, "noise"),
    ("cubic, noise None", lambda: cubic(RNG, noise=None), T, "noise"),
]
