"""Handwritten digits that come with scikit-learn."""

from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from flatlib.data.split import Split


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
