"""Oracles for curvature that share no code with flatlib: plain NumPy and the complex step.

The gradient below is a backward pass written by hand. Its derivative along coordinate i is
``imag(gradient(theta + i h e_i)) / h`` with h = 1e-30: no difference is taken, so nothing cancels
and h may be as small as one likes. Masks and maxima look at the real part only.

A `case` is anything with ``sizes, activation, bias, loss, factor, inputs, targets, params`` and
``theta``, the params as one vector; targets are always rows: numbers, or one-hot.
"""

from itertools import pairwise

import numpy as np
import scipy.special

STEP = 1e-30
# Two routes in float64 differ by a few roundings per layer; the engine promises 1e-12.
TOLERANCE = 1e-12


def sigmoid(z):
    """1 / (1 + exp(-z)), never exponentiating a positive real part."""
    right = z.real >= 0
    e = np.exp(np.where(right, -z, z))
    return np.where(right, 1.0, e) / (1.0 + e)


def softplus(z):
    """log(1 + exp(z)) by the same device."""
    right = z.real >= 0
    return np.where(right, z, 0.0) + np.log(1.0 + np.exp(np.where(right, -z, z)))


def _gelu(z):
    return 0.5 * z * scipy.special.erfc(-z / np.sqrt(2.0))


def _gelu_slope(z):
    density = np.exp(-z * z / 2.0) / np.sqrt(2.0 * np.pi)
    return 0.5 * scipy.special.erfc(-z / np.sqrt(2.0)) + z * density


def _elu(z, right):
    """exp(z) on the left; on the right z, or 1."""
    left = np.exp(np.where(z.real > 0, 0.0, z))
    return np.where(z.real > 0, right if right else z, left)


def _mish_slope(z):
    """t + z t', with t = tanh(softplus z) and t' = softplus' / cosh(softplus)^2."""
    inner = softplus(z)
    e = np.exp(-inner)
    return np.tanh(inner) + z * sigmoid(z) * (2.0 * e / (1.0 + e * e)) ** 2


def _between(z):
    return 1.0 * (np.abs(z.real) < 3.0)


def _clipped(z):
    return _between(z) * (z + 3.0) / 6.0 + (z.real >= 3.0)


# name -> (phi, phi')
ACTIVATIONS = {
    "relu": (lambda z: z * (z.real > 0), lambda z: 1.0 * (z.real > 0)),
    "leaky_relu": (
        lambda z: z * (z.real > 0) + 0.01 * z * (z.real <= 0),
        lambda z: 1.0 * (z.real > 0) + 0.01 * (z.real <= 0),
    ),
    "linear": (lambda z: z, lambda z: np.ones(z.shape)),
    "tanh": (np.tanh, lambda z: 1.0 / np.cosh(z) ** 2),
    "softplus": (softplus, sigmoid),
    "gelu": (_gelu, _gelu_slope),
    "silu": (lambda z: z * sigmoid(z), lambda z: sigmoid(z) * (1.0 + z * sigmoid(-z))),
    "sigmoid": (sigmoid, lambda z: sigmoid(z) * sigmoid(-z)),
    "square": (lambda z: z * z, lambda z: 2.0 * z),
    "elu": (lambda z: _elu(z, 0.0) - (z.real <= 0), lambda z: _elu(z, 1.0)),
    "mish": (lambda z: z * np.tanh(softplus(z)), _mish_slope),
    "hard_swish": (lambda z: z * _clipped(z), lambda z: _clipped(z) + z * _between(z) / 6.0),
}


def outputs(theta, case, inputs):
    """The forward pass on inputs that may be complex."""
    moved = type(case)(**{**vars(case), "inputs": inputs})
    return _forward(theta, moved)[0][-1]


def loss(theta, case):
    """L(theta), complex if theta is."""
    outputs = _forward(theta, case)[0][-1]
    if case.loss == "squared":
        residual = outputs - case.targets
        return case.factor * np.sum(residual * residual) / len(case.inputs)
    shift = outputs.real.max(axis=1, keepdims=True)
    normalizer = np.log(np.exp(outputs - shift).sum(axis=1, keepdims=True)) + shift
    return np.sum(case.targets * (normalizer - outputs)) / len(case.inputs)


def gradient(theta, case):
    """Gradient of L by a backward pass written by hand, complex if theta is."""
    zs, hidden, weights = _forward(theta, case)
    _, slope = ACTIVATIONS[case.activation]
    if case.loss == "squared":
        delta = 2.0 * case.factor * (zs[-1] - case.targets)
    else:
        e = np.exp(zs[-1] - zs[-1].real.max(axis=1, keepdims=True))
        delta = e / e.sum(axis=1, keepdims=True) - case.targets
    delta = delta / len(case.inputs)
    parts = []
    for k in range(len(weights) - 1, -1, -1):
        bias_part = [delta.sum(axis=0)] if case.bias else []
        parts = [np.einsum("ni,nj->ij", hidden[k], delta).reshape(-1), *bias_part, *parts]
        if k > 0:
            delta = np.einsum("nj,ij->ni", delta, weights[k]) * slope(zs[k - 1])
    return np.concatenate(parts)


def complex_step_gradient(theta, case):
    """Gradient from the loss alone: no backward pass at all."""
    return np.array([loss(point, case).imag / STEP for point in _steps(theta)])


def complex_step_hessian(theta, case, columns=slice(None)):
    """Hessian, or some of its columns, one per coordinate, from the gradient written by hand."""
    steps = _steps(theta)[columns]
    return np.column_stack([gradient(point, case).imag / STEP for point in steps])


def linear_squared_hessian(inputs, num_outputs, factor):
    """(2c/N) X^T X (x) I, the Hessian of a linear map without bias under c ||f - y||^2."""
    inputs = np.asarray(inputs)
    return 2.0 * factor / len(inputs) * np.kron(inputs.T @ inputs, np.eye(num_outputs))


def logistic_hessian(weights, inputs):
    """(1/N) sum_n x x^T (x) (diag p - p p^T): a linear map without bias under cross-entropy."""
    total = 0.0
    for x in inputs:
        p = scipy.special.softmax(x @ weights)
        total = total + np.kron(np.outer(x, x), np.diag(p) - np.outer(p, p))
    return total / len(inputs)


def central_difference(function, x, step=1e-5):
    """Gradient of a real function of a vector, error O(step^2)."""
    units = step * np.eye(len(x))
    return np.array([(function(x + e) - function(x - e)) / (2.0 * step) for e in units])


def assert_close(actual, desired, tolerance=TOLERANCE):
    """Error of every entry at most ``tolerance`` times the largest entry."""
    np.testing.assert_allclose(actual, desired, rtol=0, atol=tolerance * np.abs(desired).max())


def assert_hessian(actual, case):
    """``actual`` is the complex-step Hessian, as a whole and block by block.

    One norm for all entries is blind to blocks that are small.
    """
    desired = complex_step_hessian(case.theta, case)
    assert_close(actual, desired)
    assert_blocks_close(actual, desired, case.params)


def assert_blocks_close(actual, desired, params):
    """Every entry against the largest of its block; last, what is 0 in exact arithmetic."""
    edges = np.cumsum([0, *(array.size for array in params)])
    floor = 1e-15 * np.abs(desired).max()
    for rows in map(slice, edges, edges[1:]):
        for columns in map(slice, edges, edges[1:]):
            block = desired[rows, columns]
            atol = TOLERANCE * np.abs(block).max() + floor
            np.testing.assert_allclose(actual[rows, columns], block, rtol=0, atol=atol)


def _steps(theta):
    return np.asarray(theta, dtype=complex) + 1j * STEP * np.eye(len(theta))


def _forward(theta, case):
    """Lists over layers: z_k, the input of layer k, and W_k."""
    phi, _ = ACTIVATIONS[case.activation]
    zs, hidden, weights, start = [], [case.inputs], [], 0
    for n, m in pairwise(case.sizes):
        weights.append(theta[start : start + n * m].reshape(n, m))
        start += n * m
        z = hidden[-1] @ weights[-1]
        if case.bias:
            z = z + theta[start : start + m]
            start += m
        zs.append(z)
        hidden.append(phi(z))
    return zs, hidden, weights
