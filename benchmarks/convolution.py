"""mLeNet on 512 images: the whole Hessian, and what P Hessian-vector products would take.

No library forms this matrix at once (``jax.hessian`` would need tens of gigabytes), so its users
take products with the columns of the identity, a batch at a time. One batch of 8 is timed, after a
first one that compiles, and multiplied by their number: the table says "from one batch".
"""

import math
import time
from collections.abc import Callable

import numpy as np

import flatlib

NUM_EXAMPLES = 512
BATCH = 8


def problem():
    """mLeNet, its params, images (N, 28, 28, 1) and labels, from a fixed seed."""
    rng = np.random.default_rng(0)
    net = flatlib.mlenet()
    images = rng.random(size=(NUM_EXAMPLES, 28, 28, 1))
    return net, net.init(rng), images, rng.integers(10, size=NUM_EXAMPLES)


def ours() -> Callable:
    """flatlib.hessian."""
    net, params, images, labels = problem()
    objective = flatlib.Objective(net, "cross_entropy", images, labels)
    return lambda: flatlib.hessian(objective, params)


def floor() -> Callable:
    """A^T A of a matrix of the shape of the Jacobian, (N C) x P."""
    net, *_ = problem()
    matrix = np.random.default_rng(0).normal(size=(NUM_EXAMPLES * 10, net.num_params))
    return lambda: matrix.T @ matrix


def by_jax() -> Callable:
    """Vmap of forward-over-reverse products, jitted: returns the first columns of the Hessian."""
    import jax
    import jax.numpy as jnp
    from jax.flatten_util import ravel_pytree

    jax.config.update("jax_enable_x64", True)
    _, params, images, labels = problem()
    theta, unravel = ravel_pytree([jnp.asarray(array) for array in params])
    images, labels = jnp.asarray(images), jnp.asarray(labels)

    def loss(theta):
        f = _outputs_in_jax(unravel(theta), images)
        return -jnp.take_along_axis(jax.nn.log_softmax(f), labels[:, None], 1).mean()

    product = jax.jit(jax.vmap(lambda v: jax.jvp(jax.grad(loss), (theta,), (v,))[1]))
    columns = jnp.eye(len(theta))[:BATCH]
    return lambda: np.asarray(product(columns).block_until_ready())


def _outputs_in_jax(params, images):
    """The same net once more, of the operations that JAX has."""
    import jax

    def convolve(x, kernel, bias):
        dimensions = ("NHWC", "HWIO", "NHWC")
        return (
            jax.lax.conv_general_dilated(x, kernel, (1, 1), "VALID", dimension_numbers=dimensions)
            + bias
        )

    def pool(x):
        n, h, w, c = x.shape
        return x.reshape(n, h // 2, 2, w // 2, 2, c).max((2, 4))

    w1, b1, w2, b2, w3, b3 = params
    x = pool(jax.nn.relu(convolve(images, w1, b1)))
    x = pool(jax.nn.relu(convolve(x, w2, b2)))
    return convolve(x, w3, b3).mean((1, 2))


def by_curvlinops() -> Callable:
    """Curvlinops' Hessian operator times a batch of columns."""
    import torch
    from curvlinops import HessianLinearOperator
    from torch import nn

    _, params, images, labels = problem()
    model = nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 15, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(15, 10, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(),
    ).double()  # fmt: skip
    with torch.no_grad():
        for target, array in zip(model.parameters(), params, strict=True):
            kernel = array.transpose(3, 2, 0, 1) if array.ndim == 4 else array
            target.copy_(torch.from_numpy(np.ascontiguousarray(kernel)))
    data = [(torch.from_numpy(images.transpose(0, 3, 1, 2).copy()), torch.from_numpy(labels))]
    operator = HessianLinearOperator(model, nn.CrossEntropyLoss(), list(model.parameters()), data)
    columns = torch.eye(operator.shape[0], dtype=torch.float64)[:, :BATCH]
    return lambda: (operator @ columns).numpy()


def measure() -> dict:
    """Seconds of flatlib and of the floor, alternating; of a peer, one batch times their number."""
    runs = {"flatlib": ours(), "Gram product": floor()}
    times = {name: [] for name in runs}
    for run in runs.values():
        run()
    for _ in range(5):
        for name, run in runs.items():
            times[name].append(_seconds(run))
    batches = math.ceil(flatlib.mlenet().num_params / BATCH)
    for name, prepare in {"JAX products": by_jax, "curvlinops": by_curvlinops}.items():
        try:
            run = prepare()
        except ModuleNotFoundError as missing:
            print(f"    {name}: {missing.name} is not installed")
            continue
        run()
        times[f"{name}, from one batch"] = [batches * min(_seconds(run) for _ in range(3))]
    return {"case": "mLeNet", "N": NUM_EXAMPLES, "P": flatlib.mlenet().num_params, "seconds": times}


def _seconds(run: Callable) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
