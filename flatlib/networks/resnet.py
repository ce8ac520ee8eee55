"""Residual networks of He et al. (2015): no code that runs them, only what they are made of."""

from flatlib._guards import require_choice

# channels of the stages, blocks in each, and whether a block that changes shape has a convolution
# 1x1 with batch normalization around it (else: every second pixel, with zeros for new channels)
_KINDS = {
    "ResNet-18": ((64, 128, 256, 512), 2, True),
    "ResNet-32": ((16, 32, 64), 5, False),
}


def resnet_parts(name: str) -> dict[str, int]:
    """Numbers of trainable parameters of a residual net on CIFAR-10, part by part.

    Convolutions are 3x3 without biases, each is followed by batch normalization (two numbers for
    each channel), a block has two of them, and a dense layer reads the global averages.
    ``"ResNet-32"`` is the net that He et al. built for CIFAR-10, 6n + 2 layers with n = 5, with
    shortcuts that have no parameters. 18 is not of that form: ``"ResNet-18"`` is the one for
    ImageNet with a first convolution of 3x3, as it is usually built for small images.
    Wu et al. say "Standard model (batch normalization is used)", and "about 0.5 million" of the
    second. Paper: Wu, Zhu & E, appendix A and section 5.3. Page: ``book/own_networks``.

    Args:
        name: ``"ResNet-18"`` or ``"ResNet-32"``.

    Returns:
        ``{part: number}`` from the input on; their sum is P. Means and variances that batch
        normalization keeps for later are no parameters.

    Raises:
        ValueError: for another name.

    Example:
        >>> sum(resnet_parts("ResNet-32").values())
        464154
    """
    widths, blocks, projects = _KINDS[require_choice(name, "name", _KINDS)]
    parts, channels = {"stem": _convolution(3, 3, widths[0])}, widths[0]
    for number, width in enumerate(widths, start=1):
        first = _convolution(3, channels, width) + _convolution(3, width, width)
        if projects and channels != width:
            first += _convolution(1, channels, width)
        parts[f"stage {number}"] = first + (blocks - 1) * 2 * _convolution(3, width, width)
        channels = width
    return {**parts, "output": (channels + 1) * 10}


def _convolution(kernel: int, channels: int, filters: int) -> int:
    """Weights, and a factor and a shift of batch normalization for each filter."""
    return (kernel**2 * channels + 2) * filters
