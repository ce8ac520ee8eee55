"""Convolutional nets in loops over positions, for the complex step: no code of flatlib's.

Arrays are (b, N, height, width, channels): b points theta at once, each moved along one coordinate
by an imaginary 1e-30. A layer returns its output and a function that takes the gradient of that
output to the gradient of its input and of its params. Masks and maxima look at the real part.

A `case` has ``input_shape, layers, activation, bias, loss, factor, inputs, targets, params`` and
``theta``; of a layer only its class's name and its sizes are read.
"""

import numpy as np
from oracles import ACTIVATIONS, STEP


def hessian(case, columns=slice(None)):
    """Hessian, or some of its columns, one per coordinate."""
    return products(case, np.eye(len(case.theta))[:, columns])


def products(case, vectors):
    """Hessian times the columns of ``vectors``: the gradient, one complex step along each."""
    points = case.theta + 1j * STEP * vectors.T
    return gradient(points, case).imag.T / STEP


def gauss_newton(case):
    """J^T S J with J from the complex step of the outputs, S written out."""
    points = case.theta + 1j * STEP * np.eye(len(case.theta))
    jacobian = forward(points, case)[0].imag / STEP
    outputs = forward(case.theta[None].astype(complex), case)[0][0].real
    total = 0.0
    for n, f in enumerate(outputs):
        if case.loss == "squared":
            curvature = 2.0 * case.factor * np.eye(len(f))
        else:
            p = np.exp(f - f.max()) / np.exp(f - f.max()).sum()
            curvature = np.diag(p) - np.outer(p, p)
        total = total + jacobian[:, n] @ curvature @ jacobian[:, n].T
    return total / len(outputs)


def gradient(points, case):
    """Gradients at all points (b, P), by a backward pass written by hand."""
    outputs, backs = forward(points, case)
    if case.loss == "squared":
        flowing = 2.0 * case.factor * (outputs - case.targets)
    else:
        e = np.exp(outputs - outputs.real.max(axis=2, keepdims=True))
        flowing = e / e.sum(axis=2, keepdims=True) - case.targets
    flowing, parts = flowing[:, :, None, None, :] / len(case.inputs), []
    for back in reversed(backs):
        flowing, grads = back(flowing)
        parts = [g.reshape(len(points), -1) for g in grads] + parts
    return np.concatenate(parts, axis=1)


def forward(points, case):
    """Outputs (b, N, C) at all points, and the way back."""
    signal = len(case.input_shape) == 2
    x = case.inputs[:, :, None, :] if signal else case.inputs
    x = np.broadcast_to(x, (len(points), *x.shape)).astype(complex)
    weighted = [i for i, a in enumerate(case.layers) if type(a).__name__ in ("Conv", "Dense")]
    backs, start = [], 0
    for i, layer in enumerate(case.layers):
        if i in weighted:
            x, back, start = _weighted(x, layer, points, start, case.bias, signal)
            backs.append(back)
            if i != weighted[-1]:
                x, back = _activation(x, case.activation)
                backs.append(back)
        else:
            x, back = _pool(x, layer, signal)
            backs.append(back)
    return x[:, :, 0, 0, :], backs


def _pair(size, signal):
    size = size if isinstance(size, tuple) else (size,) if signal else (size, size)
    return (size[0], 1) if signal else size


def _weighted(x, layer, points, start, bias, signal):
    """The layer as a convolution; a dense one has a kernel as large as the map."""
    height, width, channels = x.shape[2:]
    dense = type(layer).__name__ == "Dense"
    filters = layer.units if dense else layer.channels
    kernel = (height, width) if dense else _pair(layer.kernel, signal)
    stride = (1, 1) if dense else _pair(layer.stride, signal)
    padding = "valid" if dense else layer.padding
    shape = (*kernel, channels, filters)
    stop = start + int(np.prod(shape))
    weights = points[:, start:stop].reshape(len(points), *shape)
    offset = points[:, stop : stop + filters] if bias else np.zeros((len(points), filters))
    z, back = _convolve(x, weights, offset, stride, padding, bias)
    return z, back, stop + filters * bias


def _output_and_padding(size, k, s, padding):
    """How long a side is afterwards, and how many zeros it has got at both ends together."""
    if padding == "same":  # as TensorFlow's documentation writes it
        total = max(k - s, 0) if size % s == 0 else max(k - size % s, 0)
        return int(np.ceil(size / s)), total
    return int(np.ceil((size - k + 1) / s)), 0


def _convolve(x, weights, offset, strides, padding, bias):
    kernel = weights.shape[1:3]
    sides = zip(x.shape[2:4], kernel, strides, strict=True)
    outs, totals = zip(*(_output_and_padding(*side, padding) for side in sides), strict=True)
    fronts = [total // 2 for total in totals]
    ends = [(a, t - a) for a, t in zip(fronts, totals, strict=True)]
    padded = np.pad(x, [(0, 0), (0, 0), *ends, (0, 0)])
    places = list(_places(outs, kernel, strides))
    z = np.empty((*x.shape[:2], *outs, weights.shape[-1]), dtype=complex)
    for r, c, ys, xs in places:
        z[:, :, r, c] = np.einsum("bnijc,bijcq->bnq", padded[:, :, ys, xs], weights)
    z += offset[:, None, None, None]

    def back(g):
        below, collected = np.zeros_like(padded), np.zeros(weights.shape, dtype=complex)
        for r, c, ys, xs in places:
            below[:, :, ys, xs] += np.einsum("bnq,bijcq->bnijc", g[:, :, r, c], weights)
            collected += np.einsum("bnijc,bnq->bijcq", padded[:, :, ys, xs], g[:, :, r, c])
        inside = [slice(a, a + n) for a, n in zip(fronts, x.shape[2:4], strict=True)]
        grads = [collected] + [g.sum(axis=(1, 2, 3))] * bias
        return below[:, :, inside[0], inside[1]], grads

    return z, back


def _places(outs, sizes, strides):
    """Each output position with the rows and columns its window covers."""
    for r in range(outs[0]):
        for c in range(outs[1]):
            y, x = r * strides[0], c * strides[1]
            yield r, c, slice(y, y + sizes[0]), slice(x, x + sizes[1])


def _activation(z, name):
    phi, slope = ACTIVATIONS[name]
    return phi(z), lambda g: (g * slope(z), [])


def _share(window, layer):
    """Which entries of its window (b, N, places, channels) an output is made of."""
    if type(layer).__name__ == "MaxPool":
        first = window.real.argmax(axis=2)[:, :, None]
        return (np.arange(window.shape[2])[:, None] == first) * 1.0
    return np.full(window.shape, 1.0 / window.shape[2])


def _pool(x, layer, signal):
    height, width = x.shape[2:4]
    if type(layer).__name__ == "GlobalAverage":
        size, stride = (height, width), (1, 1)
    else:
        size = _pair(layer.size, signal)
        stride = size if layer.stride is None else _pair(layer.stride, signal)
    outs = [(n - k) // s + 1 for n, k, s in zip((height, width), size, stride, strict=True)]
    result = np.empty((*x.shape[:2], *outs, x.shape[-1]), dtype=complex)
    shares = []
    for r, c, ys, xs in _places(outs, size, stride):
        window = x[:, :, ys, xs]
        flat = window.reshape(*x.shape[:2], -1, x.shape[-1])
        share = _share(flat, layer)
        shares.append((r, c, ys, xs, share.reshape(window.shape)))
        result[:, :, r, c] = (flat * share).sum(axis=2)

    def back(g):
        below = np.zeros_like(x)
        for r, c, ys, xs, share in shares:
            below[:, :, ys, xs] += share * g[:, :, r : r + 1, c : c + 1]
        return below, []

    return result, back
