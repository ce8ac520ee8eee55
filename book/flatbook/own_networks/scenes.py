"""Convolutional nets with a given number of parameters, and what their Hessians weigh."""

from itertools import product


def shapes(count: int, kernels: tuple[int, ...] = (3, 5)) -> list[tuple[tuple[int, ...], int, int]]:
    """All nets of three biased convolutions, the last to 10 classes, with this many parameters.

    Returns:
        (kernel sizes, channels of the first, channels of the second), on one input channel.
    """
    found = []
    for first, second, third in product(kernels, repeat=3):
        for channels in range(1, count):
            rest = count - 10 - (first**2 + 1) * channels
            width, left = divmod(rest, second**2 * channels + 1 + 10 * third**2)
            if width > 0 and left == 0:
                found.append(((first, second, third), channels, width))
    return found


def gibibytes(num_params: int) -> float:
    """Memory of the Hessian with P rows, in double precision."""
    return 8 * num_params**2 / 2**30
