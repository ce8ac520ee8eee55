"""Each library as its users would call it: a function that prepares, and returns what is timed.

A peer that is not installed is left out and named. Compilation happens before the clock starts.
Whatever a peer returns is a (P, P) array, compared with flatlib's before it is timed.
"""

import numpy as np

import flatlib


def ours(case):
    """flatlib.hessian."""
    params, inputs, targets = case.problem()
    objective = flatlib.Objective(case.network, case.loss, inputs, targets)
    return lambda: flatlib.hessian(objective, params)


def floor(case):
    """One Gram product A^T A of an N x P matrix: what no method of this kind can go below."""
    matrix = np.random.default_rng(0).normal(size=(case.num_examples, case.network.num_params))
    return lambda: matrix.T @ matrix


def by_autograd(case):
    """autograd.hessian of the loss as a function of one flat vector."""
    params, inputs, targets = case.problem()
    objective = flatlib.Objective(case.network, case.loss, inputs, targets)
    return lambda: flatlib.curvature.autodiff.hessian(objective, params)


def jax_loss(case):
    """The loss as a function of one flat vector in JAX, and that vector."""
    import jax
    import jax.numpy as jnp
    from jax.flatten_util import ravel_pytree

    jax.config.update("jax_enable_x64", True)
    params, inputs, targets = (jax.tree.map(jnp.asarray, part) for part in case.problem())
    activation = {"relu": jax.nn.relu, "tanh": jnp.tanh}[case.activation]
    theta, unravel = ravel_pytree(list(params))

    def loss(theta):
        *hidden, last = unravel(theta)
        a = inputs
        for weights in hidden:
            a = activation(a @ weights)
        f = a @ last
        if case.loss == "squared":
            return jnp.mean(jnp.sum((f - targets) ** 2, axis=1)) / 2
        return -jnp.mean(jnp.sum(targets * jax.nn.log_softmax(f), axis=1))

    return theta, loss


def by_jax(case):
    """jax.jit(jax.hessian) of the loss as a function of one flat vector."""
    import jax

    theta, loss = jax_loss(case)
    hessian = jax.jit(jax.hessian(loss))
    return lambda: np.asarray(hessian(theta).block_until_ready())


def by_torch(case):
    """torch.func.hessian of the loss as a function of one flat vector."""
    import torch

    params, inputs, targets = case.problem()
    inputs, targets = torch.from_numpy(inputs), torch.from_numpy(targets)
    activation = {"relu": torch.relu, "tanh": torch.tanh}[case.activation]
    shapes = [weights.shape for weights in params]
    theta = torch.from_numpy(flatlib.flatten(params))

    def loss(theta):
        pieces = theta.split([int(np.prod(shape)) for shape in shapes])
        *hidden, last = (piece.reshape(shape) for piece, shape in zip(pieces, shapes, strict=True))
        a = inputs
        for weights in hidden:
            a = activation(a @ weights)
        f = a @ last
        if case.loss == "squared":
            return ((f - targets) ** 2).sum(1).mean() / 2
        return -(targets * torch.log_softmax(f, 1)).sum(1).mean()

    hessian = torch.func.hessian(loss)
    return lambda: hessian(theta).numpy()


METHODS = {
    "flatlib": ours,
    "Gram product": floor,
    "jax.hessian, jitted": by_jax,
    "torch.func.hessian": by_torch,
    "autograd": by_autograd,
}
