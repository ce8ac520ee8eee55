"""MNIST, SVHN and CIFAR-10: fetched when they are asked for, and kept."""

from pathlib import Path

import numpy as np

from flatlib._guards import require_integer
from flatlib.data import _parse
from flatlib.data._cache import Fetch, PublishedFile, cached
from flatlib.data.split import Split

_MNIST = "https://ossci-datasets.s3.amazonaws.com/mnist/"
_MNIST_FILES = (
    PublishedFile(
        _MNIST + "train-images-idx3-ubyte.gz",
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        9912422,
    ),
    PublishedFile(
        _MNIST + "train-labels-idx1-ubyte.gz",
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        28881,
    ),
    PublishedFile(
        _MNIST + "t10k-images-idx3-ubyte.gz",
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
        1648877,
    ),
    PublishedFile(
        _MNIST + "t10k-labels-idx1-ubyte.gz",
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
        4542,
    ),
)
# The address that its page gives is plain http; the digests make up for that.
_SVHN = "http://ufldl.stanford.edu/housenumbers/"
_SVHN_FILES = (
    PublishedFile(
        _SVHN + "train_32x32.mat",
        "435e94d69a87fde4fd4d7f3dd208dfc32cb6ae8af2240d066de1df7508d083b8",
        182040794,
    ),
    PublishedFile(
        _SVHN + "test_32x32.mat",
        "cdce80dfb2a2c4c6160906d0bd7c68ec5a99d7ca4831afa54f09182025b6a75b",
        64275384,
    ),
)
_CIFAR = PublishedFile(
    "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
    "c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd",
    170052171,
)
_CIFAR_TRAIN = tuple(f"data_batch_{number}.bin" for number in range(1, 6))


def mnist(
    *,
    num_train: int | None = None,
    num_test: int | None = None,
    folder: str | Path | None = None,
    fetch: Fetch | None = None,
) -> Split:
    """MNIST: handwritten digits, images (N, 28, 28, 1), 60000 to train on and 10000 to test on.

    Page: ``book/spectra_and_basins``.

    The four original files (12 MB) are fetched at the first call and kept. Each time their SHA-256
    digests are compared with the known ones; a damaged file is named in a warning and fetched
    again. Only a mirror serves these files today, which the digests make as good as the original.
    Where the files cannot be kept they are used all the same, with a warning.

    Args:
        num_train: only the first so many training images; all of them take 376 MB as float64.
        num_test: only the first so many test images.
        folder: where to keep the files; the user's cache directory if None.
        fetch: function from an address to bytes that stands in for a plain download, for instance
            behind a proxy. It may raise OSError.

    Raises:
        ConnectionError: without the network, or if what came is not the file that was published.
        ValueError: if ``num_train`` or ``num_test`` is below 1 or above what there is.
        TypeError: for a number that is no integer, a folder that is no path, or a fetch that
            cannot be called or returns no bytes.
    """
    counts = _require_counts(num_train, num_test, 60000, 10000)
    arrays = [_parse.idx(cached(file, folder, fetch)) for file in _MNIST_FILES]
    return _split((arrays[0][..., None], arrays[1]), (arrays[2][..., None], arrays[3]), counts)


def svhn(
    *,
    num_train: int | None = None,
    num_test: int | None = None,
    folder: str | Path | None = None,
    fetch: Fetch | None = None,
) -> Split:
    """SVHN: house numbers, images (N, 32, 32, 3), 73257 to train on and 26032 to test on.

    Page: ``book/own_networks``.

    The two cropped files for Matlab (246 MB) are fetched at the first call and kept, as `mnist`
    keeps its own, over plain http, for which their digests make up. Arguments and errors are those
    of `mnist`. Label 10 of the files is digit 0.
    """
    counts = _require_counts(num_train, num_test, 73257, 26032)
    train, test = (_parse.svhn_mat(cached(file, folder, fetch)) for file in _SVHN_FILES)
    return _split(train, test, counts)


def cifar10(
    *,
    num_train: int | None = None,
    num_test: int | None = None,
    folder: str | Path | None = None,
    fetch: Fetch | None = None,
) -> Split:
    """CIFAR-10: small photographs, images (N, 32, 32, 3), 50000 to train on and 10000 to test on.

    Page: ``book/own_networks``.

    The archive of the binary version (170 MB) is fetched at the first call and kept, as `mnist`
    keeps its files; the version for Python is a pickle, which no download should be. Arguments
    and errors are those of `mnist`. All training images take 1.2 GB as float64.
    """
    counts = _require_counts(num_train, num_test, 50000, 10000)
    content = cached(_CIFAR, folder, fetch)
    train = _parse.cifar_archive(content, _CIFAR_TRAIN)
    return _split(train, _parse.cifar_archive(content, ("test_batch.bin",)), counts)


def _require_counts(
    num_train: int | None, num_test: int | None, most_train: int, most_test: int
) -> tuple[int, int]:
    """Both numbers, before anything is fetched."""
    return (
        _require_count(num_train, "num_train", most_train),
        _require_count(num_test, "num_test", most_test),
    )


def _require_count(value: int | None, name: str, most: int) -> int:
    count = most if value is None else require_integer(value, name, minimum=1)
    if count > most:
        raise ValueError(f"{name} must be at most {most}, got {count}. Pass None for all.")
    return count


def _split(
    train: tuple[np.ndarray, np.ndarray],
    test: tuple[np.ndarray, np.ndarray],
    counts: tuple[int, int],
) -> Split:
    """Cut before converting: float64 takes eight times the room."""
    (train_x, train_y), (test_x, test_y) = (
        (images[:count] / 255.0, labels[:count].astype(int))
        for (images, labels), count in zip((train, test), counts, strict=True)
    )
    return Split(train_x, train_y, test_x, test_y)
