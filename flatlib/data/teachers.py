"""Teachers: data of which an exact minimum is known."""

from typing import NamedTuple

import numpy as np

from flatlib._guards import require_generator, require_integer
from flatlib._short import short
from flatlib.networks import Network, Params, require_network


class TeacherData(NamedTuple):
    """Inputs (N, d), targets (N, C), and the params at which the loss is exactly zero.

    Page: ``book/exact_hessians``.
    """

    inputs: np.ndarray
    targets: np.ndarray
    params: Params

    def __repr__(self) -> str:
        """Its fields, arrays by their shapes."""
        return short(self)


def teacher_student(network: Network, num_examples: int, rng: np.random.Generator) -> TeacherData:
    """An exact minimum for free: targets are what a random network of the same shape says.

    Squared loss is 0 and its gradient is 0 at ``params``, to the last bit, whatever the
    activation. A trained ReLU net with residual seldom has a Hessian at all where it ends (it
    sits on kinks), so tests and pages start from teachers. Page: ``book/hessian_transform``.

    Args:
        network: shape of the teacher, and of the student.
        num_examples: N >= 1.
        rng: draws the teacher (with standard normal biases) and standard normal inputs.

    Raises:
        ValueError: if ``num_examples`` is below 1.
        TypeError: if ``num_examples`` is no integer, or ``rng`` no Generator.
    """
    require_network(network)
    require_generator(rng)
    num_examples = require_integer(num_examples, "num_examples", minimum=1)
    inputs = rng.normal(size=(num_examples, *network.input_shape))
    params = network.init(rng, bias_std=1.0)
    return TeacherData(inputs, network.predict(params, inputs), params)
