"""Bad calls of reparametrizations and normalizations."""

import numpy as np
from bad_calls import INPUTS, NAN, NET, PARAMS, SQUARED

from flatlib import MLP
from flatlib.transforms import (
    BatchNormalization,
    Elementwise,
    Power,
    Radial,
    Reparametrized,
    Substitution,
    VectorNormalization,
    WeightNormalization,
    psi,
)

CUBIC, ZERO, ONES = Elementwise("cubic"), np.zeros(2), np.ones(2)
WEIGHT, BATCH = WeightNormalization(NET), BatchNormalization(NET, [[0.0, 1.0], [2.0, 5.0]])
ETA, BATCH_ETA = WEIGHT.inverse(PARAMS), BATCH.inverse(PARAMS)
VECTOR = VectorNormalization(2)
NO_BIAS = MLP((2, 3, 2), bias=False)


def radial(r_hat=0.3, rho=0.6, delta=1.0, center=ZERO):
    return Radial(center, r_hat, rho, delta)


def corner(eta):
    """The derivative of Figure 5 with b = 0."""
    return Power(0.0, 0.5, 0.0).gradient(lambda t: t**2, eta)


V, T = ValueError, TypeError
CASES = [
    ("g as a function", lambda: Reparametrized(SQUARED, np.sin), T, "Substitution(function)"),
    ("reparametrized None", lambda: CUBIC.objective(None), T, "objective must be callable"),
    ("forward of None", lambda: Substitution(None), T, "forward must be callable"),
    (
        "backward as array",
        lambda: Substitution(np.sin, backward=ONES),
        T,
        "backward must be callable",
    ),
    ("a fold turned back", lambda: Substitution(np.sin).inverse(0.0), T, "the map back"),
    ("g @ function", lambda: CUBIC @ np.sin, T, "other must be a Reparametrization"),
    ("reparametrized, wrong net", lambda: CUBIC.hessian(SQUARED, PARAMS[:2]), V, "params"),
    ("unknown map", lambda: Elementwise("exp"), V, "name must be one of cubic, softplus"),
    ("map as function", lambda: Elementwise(np.exp), V, "name"),
    ("softplus of a negative", lambda: Elementwise("softplus").inverse(-ONES), V, "theta must be"),
    ("cubic of NaN", lambda: CUBIC(NAN), V, "finite"),
    ("a = -1/2", lambda: Power(0.0, -0.5, 1.0), V, "a must be above -1/2"),
    ("a = NaN", lambda: Power(0.0, np.nan, 1.0), V, "a must be finite"),
    ("a as vector", lambda: Power(0.0, ONES, 1.0), V, "a must be one number"),
    ("b below 0", lambda: Power(0.0, 0.5, -1.0), V, "b must not be negative"),
    ("b None", lambda: Power(0.0, 0.5, None), T, "b"),
    ("power around NaN", lambda: Power(NAN, 0.5, 1.0), V, "finite"),
    ("power of another size", lambda: Power(ZERO, 0.5, 1.0)(np.ones(3)), V, "eta must have shape"),
    ("power back, other size", lambda: Power(ZERO, 0.5, 1.0).inverse(1.0), V, "theta must have"),
    ("corner of Figure 5", lambda: corner(0.0), V, "eta must not be the centre"),
    ("rho 0", lambda: radial(rho=0.0), V, "rho must be positive"),
    ("negative r_hat", lambda: radial(r_hat=-0.1), V, "r_hat must be positive"),
    ("r_hat = delta", lambda: radial(r_hat=1.0), V, "r_hat must be below delta"),
    ("rho above delta", lambda: radial(rho=1.5), V, "rho must be below delta"),
    ("delta 0", lambda: radial(delta=0.0), V, "delta must be positive"),
    ("delta infinite", lambda: radial(delta=np.inf), V, "delta must be finite"),
    ("center None", lambda: radial(center=None), T, "params"),
    ("radial of another size", lambda: radial()(np.ones(3)), V, "eta must have shape"),
    ("radial Jacobian, other size", lambda: radial().jacobian(1.0), V, "eta must have shape"),
    ("psi of a negative radius", lambda: psi([-1.0], 0.3, 1.0, 0.6), V, "r must not be negative"),
    ("psi with rho = delta", lambda: psi([1.0], 0.3, 1.0, 1.0), V, "rho must be below delta"),
    ("psi of text", lambda: psi("r", 0.3, 1.0, 0.6), T, "r must hold real numbers"),
    ("weight norm without a net", lambda: WeightNormalization(PARAMS), T, "network"),
    (
        "weight norm of layer 0",
        lambda: WeightNormalization(NET, layer=0),
        V,
        "layer must be at least 1",
    ),
    (
        "weight norm of layer 3",
        lambda: WeightNormalization(NET, layer=3),
        V,
        "layer must be from 1 to 2",
    ),
    ("weight norm, plain params", lambda: WEIGHT(PARAMS), T, "(s, V)"),
    ("weight norm, short eta", lambda: WEIGHT(ETA[:2]), V, "eta must have 4 items"),
    (
        "one length for all units",
        lambda: WEIGHT(((1.0, ETA[0][1]), *ETA[1:])),
        V,
        "s must have shape",
    ),
    ("V transposed", lambda: WEIGHT(((ETA[0][0], ETA[0][1].T), *ETA[1:])), V, "V must have shape"),
    ("direction 0", lambda: WEIGHT(((ETA[0][0], 0 * ETA[0][1]), *ETA[1:])), V, "must not be 0"),
    ("stretch by 0", lambda: WEIGHT.stretch(ETA, 0.0), V, "alpha must be positive"),
    ("stretch by -1", lambda: WEIGHT.stretch(ETA, -1.0), V, "turns w around"),
    ("vector of size 0", lambda: VectorNormalization(0), V, "size must be at least 1"),
    ("vector, v alone", lambda: VECTOR(ONES), T, "eta must be a tuple or list"),
    ("vector, v = 0", lambda: VECTOR((1.0, ZERO)), V, "v must not be 0"),
    ("vector, w = 0", lambda: VECTOR.inverse(ZERO), V, "v must not be 0"),
    ("vector, s a vector", lambda: VECTOR((ONES, ONES)), V, "s must have shape ()"),
    ("vector of three", lambda: VECTOR((1.0, np.ones(3))), V, "v must have shape (2,)"),
    ("batch norm, no biases", lambda: BatchNormalization(NO_BIAS, INPUTS), V, "biases"),
    ("batch norm, no hidden", lambda: BatchNormalization(MLP((2, 2)), INPUTS), V, "hidden layer"),
    ("batch of one", lambda: BatchNormalization(NET, INPUTS[:1]), V, "at least 2 examples"),
    ("batch of NaN", lambda: BatchNormalization(NET, NAN), V, "inputs"),
    ("batch norm, plain params", lambda: BATCH(PARAMS), V, "eta must have 5 items"),
    ("batch without spread", lambda: BatchNormalization(NET, INPUTS)(BATCH_ETA), V, "constant"),
    ("V of another shape", lambda: BATCH((ONES, *BATCH_ETA[1:])), V, "eta[0] must have shape"),
    ("batch norm by -1", lambda: BATCH.stretch(BATCH_ETA, -1.0), V, "alpha must be positive"),
    ("psi without a radius", lambda: psi(1.0, None, 1.0, 0.6), T, "r_hat"),
]
