"""The networks of the paper, part by part; nets of a given size; what a Hessian weighs."""

from itertools import product

from flatlib.networks import Network, lenet, mlenet, resnet_parts, snin

NAMES = ("mLeNet", "sNIN", "LeNet", "ResNet-32", "ResNet-18")


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


def parts_of(name: str) -> dict[str, int]:
    """Numbers of parameters, part by part: layers, or the stages of a residual net."""
    if name.startswith("ResNet"):
        return resnet_parts(name)
    return layers_of({"mLeNet": mlenet, "sNIN": snin, "LeNet": lenet}[name]())


def layers_of(network: Network) -> dict[str, int]:
    """Each layer of a net with biases: what it is, and its weights and biases together."""
    parts = {}
    for number, shape in enumerate(network.param_shapes[::2], start=1):
        kind = f"{shape[0]}×{shape[1]}, {shape[3]} ch." if len(shape) == 4 else f"dense {shape[1]}"
        size = shape[-1]
        for length in shape[:-1]:
            size *= length
        parts[f"{number}  {kind}"] = size + shape[-1]
    return parts
