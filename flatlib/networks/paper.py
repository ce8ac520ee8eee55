"""The convolutional networks of Wu, Zhu & E 2017, appendix A (page ``book/own_networks``)."""

from flatlib.networks._layers import Conv, Dense, GlobalAverage, Layer, MaxPool
from flatlib.networks.convnet import ConvNet


def mlenet(input_shape: tuple[int, ...] = (28, 28, 1)) -> ConvNet:
    """The "modified LeNet" of the paper, made for computing Hessians: 3781 parameters on MNIST.

    Convolution 5x5 to 6 channels, ReLU, max-pool 2, convolution 5x5 to 15, ReLU, max-pool 2,
    convolution 3x3 to 10, global average. The paper gives only the count and "the last fully
    connected layer of LeNet is replaced by a convolutional layer plus a global average pooling
    layer"; with three biased convolutions of 3x3 or 5x5 and 10 classes three shapes have 3781
    parameters, and this is the one that looks like LeNet (3x3 to 4, 3x3 to 13, 5x5 to 10 is
    another; the third has 66 channels and then 3).
    Paper: Wu, Zhu & E, appendix A and Figure 2. Page: ``book/own_networks``.

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
    Paper: Wu, Zhu & E, appendix A ("Standard model") and Table 1. Page: ``book/own_networks``.

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


def snin(
    input_shape: tuple[int, ...] = (28, 28, 1), *, widths: tuple[int, ...] = (20, 30, 20)
) -> ConvNet:
    """A small network in network: three blocks of 20, 30 and 20 channels, 33900 parameters.

    The paper says "the feature numbers of three block of NIN is set to (20, 30, 20)" and nothing
    else. The rest is the net for MNIST that Lin, Chen and Yan published with their code
    (``NIN/mnist_def`` of cuda-convnet): a block is a 5x5 convolution ("same") followed by two 1x1
    convolutions; max-pooling 3 with stride 2 after the first block and after the second; the last
    1x1 convolution makes one map for each of the 10 classes, and their global averages are the
    outputs. Theirs has fewer channels in the 1x1 layers than in the 5x5 one, dropout, a ReLU on
    the last maps too, and pools over the edge. In their net for CIFAR-10 the third block is 3x3,
    and in ports of it the second pooling an average.
    Paper: Wu, Zhu & E, appendix A and Table 1. Page: ``book/own_networks``.

    Args:
        input_shape: (height, width, channels), at least 7 x 7.
        widths: channels of the three blocks.

    Raises:
        ValueError, TypeError: if the layers do not fit, as `ConvNet` does.

    Example:
        >>> snin().depth, snin().num_params
        (9, 33900)
    """
    if not isinstance(widths, (tuple, list)) or len(widths) != 3:
        raise ValueError(
            f"widths must be three numbers of channels, got {widths!r}. Pass (20, 30, 20)."
        )
    first, second, third = widths
    blocks: tuple[Layer, ...] = (
        *_block(first, 5, first),
        MaxPool(3, stride=2),
        *_block(second, 5, second),
        MaxPool(3, stride=2),
        *_block(third, 5, 10),
    )
    return ConvNet(input_shape, (*blocks, GlobalAverage()))


def _block(channels: int, kernel: int, out: int) -> tuple[Conv, ...]:
    return Conv(channels, kernel, padding="same"), Conv(channels, 1), Conv(out, 1)
