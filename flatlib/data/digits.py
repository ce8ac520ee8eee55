"""Handwritten digits that come with scikit-learn."""

import numpy as np

from flatlib.data.split import Split


def digits() -> Split:
    """Scikit-learn's 8x8 handwritten digits, 1347 to train on and 450 to test on.

    The split is stratified and always the same. Pixels are divided by 16, so they lie in [0, 1].
    Comes with scikit-learn: nothing is downloaded. Page: ``book/hessian_transform``.

    Example:
        >>> digits().train_inputs.shape, digits().test_labels.shape
        ((1347, 64), (450,))
    """
    # not at the top: half a second
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    images, labels = load_digits(return_X_y=True)
    train_x, test_x, train_y, test_y = train_test_split(
        images / 16.0, labels, test_size=450, random_state=0, stratify=labels
    )
    return Split(train_x, train_y, test_x, test_y)


def enlarged_digits() -> Split:
    """The same digits as images of the shape of MNIST's, (N, 28, 28, 1).

    Each pixel is drawn as a square of 3 x 3, with a margin of 2 around the whole: for networks
    made for MNIST, where MNIST cannot be fetched. The split is that of `digits`; the images hold no
    more than their 64 numbers. Page: ``book/spectra_and_basins``.

    Example:
        >>> enlarged_digits().train_inputs.shape
        (1347, 28, 28, 1)
    """
    split = digits()
    return split._replace(
        train_inputs=_enlarged(split.train_inputs), test_inputs=_enlarged(split.test_inputs)
    )


def parity(labels: np.ndarray) -> np.ndarray:
    """1 for odd labels and -1 for even ones, as a column of targets, shape (N, 1).

    Page: ``book/flattest_representative``.

    Example:
        >>> parity(np.array([3, 8])).tolist()
        [[1.0], [-1.0]]
    """
    return 2.0 * (labels % 2)[:, None] - 1


def _enlarged(rows: np.ndarray) -> np.ndarray:
    squares = np.kron(rows.reshape(-1, 8, 8), np.ones((1, 3, 3)))
    return np.pad(squares, ((0, 0), (2, 2), (2, 2)))[..., None]
