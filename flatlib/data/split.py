"""What every labelled data set is returned as."""

import hashlib
from typing import NamedTuple

import numpy as np

from flatlib._short import short


class Split(NamedTuple):
    """Inputs, one example a row, and integer labels, for training and for testing.

    Page: ``book/hessian_transform``.

    Images have pixels in [0, 1]. Digits and signals come as rows of shape (N, d); MNIST, SVHN and
    CIFAR-10 as images of shape (N, height, width, channels): ``inputs.reshape(len(inputs), -1)``
    makes rows of them.
    """

    train_inputs: np.ndarray
    train_labels: np.ndarray
    test_inputs: np.ndarray
    test_labels: np.ndarray

    def digests(self) -> dict[str, str]:
        """SHA-256 of each field: what a table of results was made from, to be compared later.

        Digested are the bytes as on most machines, the least significant first, row after row.
        """
        return {
            name: hashlib.sha256(field.astype(field.dtype.newbyteorder("<")).tobytes()).hexdigest()
            for name, field in self._asdict().items()
        }

    def __repr__(self) -> str:
        """Its fields, arrays by their shapes."""
        return short(self)
