"""Data sets that need no network: teachers with exact minima, the digits, Wu et al.'s cubic."""

from typing import NamedTuple

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from flatlib._guards import require_generator, require_integer, require_non_negative
from flatlib.networks import Network, Params, require_network


class TeacherData(NamedTuple):
    """Inputs (N, d), targets (N, C), and the params at which the loss is exactly zero."""

    inputs: np.ndarray
    targets: np.ndarray
    params: Params


class Split(NamedTuple):
    """Images as rows of pixels in [0, 1], and integer labels, for training and for testing."""

    train_inputs: np.ndarray
    train_labels: np.ndarray
    test_inputs: np.ndarray
    test_labels: np.ndarray


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


def digits() -> Split:
    """Scikit-learn's 8x8 handwritten digits, 1347 to train on and 450 to test on.

    The split is stratified and always the same. Pixels are divided by 16, so they lie in [0, 1].
    Comes with scikit-learn: nothing is downloaded. Page: ``book/hessian_transform``.

    Example:
        >>> digits().train_inputs.shape, digits().test_labels.shape
        ((1347, 64), (450,))
    """
    images, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        images / 16.0, labels, test_size=450, random_state=0, stratify=labels
    )
    return Split(train_x, train_y, test_x, test_y)


def cubic(rng: np.random.Generator, noise: float = 0.1) -> tuple[np.ndarray, np.ndarray]:
    r"""Five noisy points of :math:`y = x^3 - 3x^2 - x + 1`, the first example of Wu et al.

    Paper: Wu et al., section 2.1, Figure 1. The paper writes N(0, 0.1) and does not say whether
    0.1 is a variance; here ``noise`` is the standard deviation. The five inputs are evenly spaced
    on [-1.5, 3].

    Args:
        rng: draws the noise.
        noise: standard deviation, 0 for the exact curve.

    Returns:
        Inputs and targets, both of shape (5, 1).

    Raises:
        ValueError: if ``noise`` is negative or not finite.
        TypeError: if ``rng`` is no Generator.
    """
    require_generator(rng)
    noise = require_non_negative(noise, "noise")
    x = np.linspace(-1.5, 3.0, 5)[:, None]
    return x, x**3 - 3 * x**2 - x + 1 + noise * rng.normal(size=x.shape)
