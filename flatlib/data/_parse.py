"""From the bytes of a published file to arrays. Nothing in it is ever unpickled or extracted."""

import gzip
import io
import tarfile

import numpy as np
import scipy  # its rooms load when they are used

_CIFAR_RECORD = 1 + 3 * 32 * 32


def idx(content: bytes) -> np.ndarray:
    """The array in a gzipped idx file of unsigned bytes, the format of MNIST."""
    raw = gzip.decompress(content)
    # two zeros, 8 for unsigned bytes, the number of axes; then each length in four bytes
    ndim = raw[3]
    shape = np.frombuffer(raw, ">u4", count=ndim, offset=4)
    return np.frombuffer(raw, np.uint8, offset=4 + 4 * ndim).reshape(shape)


def svhn_mat(content: bytes) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 32, 32, 3) and labels (N,) of a .mat file of SVHN, where 10 stands for digit 0."""
    variables = scipy.io.loadmat(io.BytesIO(content), variable_names=("X", "y"))
    return np.moveaxis(variables["X"], -1, 0), variables["y"].ravel().astype(int) % 10


def cifar_archive(content: bytes, names: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
    """Images (N, 32, 32, 3) and labels (N,) of the named files of CIFAR-10's binary archive."""
    with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as archive:
        members = [archive.extractfile(f"cifar-10-batches-bin/{name}") for name in names]
        # None would be a folder: the digest has said that these are files
        raw = b"".join(member.read() for member in members if member is not None)
    records = np.frombuffer(raw, np.uint8).reshape(-1, _CIFAR_RECORD)
    # a label, then the planes of red, green and blue
    images = records[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, records[:, 0].astype(int)
