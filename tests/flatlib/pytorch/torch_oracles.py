"""Second derivatives by PyTorch's forward over reverse: another road than that of flatlib.pytorch.

It is wrong for LayerNorm and missing for others; here it is asked about layers that it has right.
"""

import warnings
from contextlib import contextmanager

import torch


@contextmanager
def _old_scripts():
    """PyTorch itself calls torch.jit.script there, which warns about each call."""
    with warnings.catch_warnings():
        for kind in (DeprecationWarning, FutureWarning):
            warnings.filterwarnings("ignore", "`torch.jit", kind)
        yield


def _value(module, loss, inputs, targets):
    """The loss as a function of one flat vector, and that vector."""
    names, parameters = zip(*module.named_parameters(), strict=True)
    sizes = [parameter.numel() for parameter in parameters]

    def value(theta):
        parts = zip(theta.split(sizes), parameters, strict=True)
        weights = [part.reshape(parameter.shape) for part, parameter in parts]
        outputs = torch.func.functional_call(module, dict(zip(names, weights, strict=True)), inputs)
        return loss(outputs, targets)

    return value, torch.cat([parameter.detach().ravel() for parameter in parameters])


def by_func(module, loss, inputs, targets):
    """The Hessian, shape (P, P), for small P."""
    value, theta = _value(module, loss, inputs, targets)
    with _old_scripts():
        return torch.func.hessian(value)(theta).numpy()


def products_by_func(module, loss, inputs, targets, vectors):
    """The Hessian times the columns of an array of shape (P, c)."""
    value, theta = _value(module, loss, inputs, targets)
    gradient = torch.func.grad(value)
    with _old_scripts():
        columns = [
            torch.func.jvp(gradient, (theta,), (torch.as_tensor(vector.copy()),))[1]
            for vector in vectors.T
        ]
    return torch.stack(columns, dim=1).numpy()
