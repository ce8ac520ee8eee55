"""``python -m benchmarks.torch_products``: Hessian products of a module, ours and curvlinops'.

Ours keep the graph of the gradient and go back through it; curvlinops runs the module for each
product, several vectors at once. Medians of alternating rounds, on one thread.
"""

import time
from collections.abc import Callable
from statistics import median

import numpy as np
import torch
from curvlinops import HessianLinearOperator
from torch import nn

from flatlib import pytorch

ROUNDS = 5
COLUMNS = 16


def cases() -> dict[str, tuple[nn.Module, torch.Tensor, torch.Tensor]]:
    """Name -> module in float64, inputs, labels: the digits, by two networks."""
    images, labels, *_ = pytorch.examples.digits()
    dense = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10)).double()
    residual = pytorch.examples.small_resnet(np.random.default_rng(0)).eval()
    return {
        "64-32-10, N = 1347": (dense, images, labels),
        "residual net, N = 64": (residual, images[:64], labels[:64]),
        "residual net, N = 512": (residual, images[:512], labels[:512]),
    }


def runs(module: nn.Module, inputs: torch.Tensor, labels: torch.Tensor) -> dict[str, Callable]:
    """Each way to multiply, once with one vector and once with several."""
    ours = pytorch.hessian_operator(module, "cross_entropy", inputs, labels)
    parameters = list(module.parameters())
    theirs = HessianLinearOperator(module, nn.CrossEntropyLoss(), parameters, [(inputs, labels)])
    vectors = np.random.default_rng(0).standard_normal((ours.shape[0], COLUMNS))
    columns = torch.as_tensor(vectors)
    np.testing.assert_allclose(ours @ vectors, (theirs @ columns).detach(), rtol=0, atol=1e-8)
    return {
        "ours, 1 vector": lambda: ours @ vectors[:, 0],
        "curvlinops, 1 vector": lambda: theirs @ columns[:, 0],
        f"ours, {COLUMNS}": lambda: ours @ vectors,
        f"curvlinops, {COLUMNS}": lambda: theirs @ columns,
    }


def main() -> None:
    """Print one line for each case: medians of milliseconds."""
    torch.set_num_threads(1)
    for name, case in cases().items():
        ways = runs(*case)
        found: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            for way, run in ways.items():
                start = time.process_time()
                run()
                found.setdefault(way, []).append(1e3 * (time.process_time() - start))
        times = (f"{way} {median(values):.1f} ms" for way, values in found.items())
        print(f"{name}: {'; '.join(times)}", flush=True)


if __name__ == "__main__":
    main()
