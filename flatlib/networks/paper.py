"""The convolutional networks of Wu, Zhu & E 2017, appendix A (page ``book/exact_hessians``)."""

from flatlib.networks._layers import AveragePool, Conv, Dense, GlobalAverage, MaxPool
from flatlib.networks.convnet import ConvNet


def mlenet(input_shape: tuple[int, ...] = (28, 28, 1)) -> ConvNet:
    """The "modified LeNet" of the paper, made for computing Hessians: 3781 parameters on MNIST.

    Convolution 5x5 to 6 channels, ReLU, max-pool 2, convolution 5x5 to 15, ReLU, max-pool 2,
    convolution 3x3 to 10, global average. The paper gives only the count and "the last fully
    connected layer of LeNet is replaced by a convolutional layer plus a global average pooling
    layer"; with three biased convolutions and 10 classes two shapes have 3781 parameters, and this
    is the one that looks like LeNet (the other: 3x3 to 4, 3x3 to 13, 5x5 to 10).
    Paper: Wu, Zhu & E, appendix A and Figure 2. Page: ``book/exact_hessians``.

    Args:
        input_shape: (height, width, channels), at least 24 x 24; (32, 32, 3) for SVHN.

    Raises:
        ValueError, TypeError: if the layers do not fit, as `ConvNet` does.

    Example:
        >>> mlenet().num_params
        3781
    """
    layers = (Conv(6, 5), MaxPool(2), Conv(15, 5), MaxPool(2), Conv(10, 3), GlobalAverage())
    return ConvNet(input_shape, layers)


def lenet(input_shape: tuple[int, ...] = (28, 28, 1)) -> ConvNet:
    """LeNet-5 as it is usually built today: 61706 parameters on MNIST.

    Convolution 5x5 to 6 channels ("same", as if the image were padded to 32 x 32), max-pool 2,
    convolution 5x5 to 16, max-pool 2, dense 120, 84, 10; ReLU. LeCun et al. (1998) had trainable
    subsampling, a sparse table of connections between the convolutions, a scaled tanh and radial
    outputs. Its Hessian would take 28 GiB: use products.
    Paper: Wu, Zhu & E, appendix A ("Standard model") and Table 1. Page: ``book/exact_hessians``.

    Args:
        input_shape: (height, width, channels), at least 12 x 12.

    Raises:
        ValueError, TypeError: if the layers do not fit, as `ConvNet` does.

    Example:
        >>> lenet().num_params
        61706
    """
    convolutions = (Conv(6, 5, padding="same"), MaxPool(2), Conv(16, 5), MaxPool(2))
    return ConvNet(input_shape, (*convolutions, Dense(120), Dense(84), Dense(10)))


def snin(input_shape: tuple[int, ...] = (28, 28, 1), widths: tuple[int, ...] = (20, 30, 20)):
    """A small network in network: three blocks of 20, 30 and 20 channels, 24300 parameters.

    The paper says "the feature numbers of three block of NIN is set to (20, 30, 20)" and nothing
    else. The rest is Lin et al. (2013): a block is a convolution (5x5, 5x5, 3x3, "same") followed
    by two 1x1 convolutions; after the first block max-pooling 3 with stride 2, after the second
    average pooling 3 with stride 2; the last 1x1 convolution makes one map for each of the 10
    classes, and their global averages are the outputs. Dropout is left out.
    Paper: Wu, Zhu & E, appendix A and Table 1. Page: ``book/exact_hessians``.

    Args:
        input_shape: (height, width, channels), at least 7 x 7.
        widths: channels of the three blocks.

    Raises:
        ValueError, TypeError: if the layers do not fit, as `ConvNet` does.

    Example:
        >>> snin().depth, snin().num_params
        (9, 24300)
    """
    if not isinstance(widths, (tuple, list)) or len(widths) != 3:
        raise ValueError(
            f"widths must be three numbers of channels, got {widths!r}. Pass (20, 30, 20)."
        )
    first, second, third = widths
    blocks = (
        *_block(first, 5, first),
        MaxPool(3, 2),
        *_block(second, 5, second),
        AveragePool(3, 2),
        *_block(third, 3, 10),
    )
    return ConvNet(input_shape, (*blocks, GlobalAverage()))


def _block(channels: int, kernel: int, out: int) -> tuple[Conv, ...]:
    return Conv(channels, kernel, padding="same"), Conv(channels, 1), Conv(out, 1)
