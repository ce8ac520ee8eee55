"""Exact critical points that keep a residual, which no descent on a ReLU net finds reliably."""

import numpy as np

from flatlib._guards import require_generator, require_positive
from flatlib.curvature import autodiff
from flatlib.data import TeacherData, teacher_student
from flatlib.networks import Network


def teacher_with_residual(
    network: Network, num_examples: int, rng: np.random.Generator, *, residual: float = 0.1
) -> TeacherData:
    r"""A teacher's targets plus noise that no first-order move of its weights can fit.

    The noise e is orthogonal to the range of the Jacobian J of the outputs, so the gradient of the
    squared loss, :math:`J^\top e / N`, is 0 to rounding while the loss is not. For a small residual
    the Hessian has no negative eigenvalue and the point is a minimum, without a kink; a trained
    ReLU net with residual seldom is. Page: ``book/exact_hessians``.

    Args:
        network: shape of the teacher, and of the student.
        num_examples: N; N times the number of outputs must exceed the rank of J.
        rng: draws the teacher, the inputs and the noise.
        residual: root mean square of e, positive.

    Returns:
        Inputs, targets and the params at which the gradient vanishes.

    Raises:
        ValueError: if there are too few examples to leave room for a residual.
        TypeError: if ``rng`` is no Generator.

    Example:
        >>> from flatlib import MLP, Objective, gradient
        >>> net = MLP((2, 3, 1))
        >>> data = teacher_with_residual(net, 40, np.random.default_rng(0))
        >>> objective = Objective(net, "squared", data.inputs, data.targets)
        >>> round(float(objective(data.params)), 4)
        0.005
        >>> bool(abs(gradient(objective, data.params)).max() < 1e-14)
        True
    """
    require_generator(rng)
    residual = require_positive(residual, "residual")
    inputs, targets, params = teacher_student(network, num_examples, rng)
    rows = autodiff.jacobian(lambda p: network.predict(p, inputs), params)
    basis, sizes, _ = np.linalg.svd(rows, full_matrices=False)
    basis = basis[:, sizes > 1e-10 * sizes[0]]
    if basis.shape[1] >= len(rows):
        raise ValueError(
            f"num_examples must leave room beside the Jacobian's range, got {num_examples} with "
            f"rank {basis.shape[1]} of {len(rows)}. Pass more examples or a smaller network."
        )
    noise = rng.normal(size=len(rows))
    for _ in range(2):  # twice, so that the projection is orthogonal to the last bit
        noise -= basis @ (basis.T @ noise)
    noise *= residual / np.sqrt(np.mean(noise**2))
    return TeacherData(inputs, targets + noise.reshape(targets.shape), params)
