"""Affine representations of the inputs, and what they do to a network's first layer."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from flatlib._guards import require_array, require_non_negative, require_shape
from flatlib._short import short
from flatlib._types import ArrayLike
from flatlib.networks import ConvNet, Network, Params, ParamsLike, require_chain
from flatlib.transforms.representations import Representation


@dataclass(frozen=True, eq=False)
class AffineMap(Representation):
    r""":math:`u = (x - c)\,M` with an invertible matrix M. Made by `standardization`, `whitening`.

    Page: ``book/input_representation``.

    Args:
        matrix: M, shape (d, d), invertible.
        center: c, shape (d,); zeros if left out.

    Raises:
        ValueError: if the matrix is not square, or singular to rounding, or a shape is wrong.

    Example:
        >>> AffineMap(np.diag([10.0, 0.1]))([[1.0, 1.0]])
        array([[10. ,  0.1]])
    """

    matrix: np.ndarray
    center: np.ndarray
    __repr__ = short

    def __init__(self, matrix: ArrayLike, *, center: ArrayLike | None = None) -> None:
        """Refuse what is no bijection."""
        matrix = require_array(matrix, "matrix", ndim=2)
        require_shape(matrix, (len(matrix),) * 2, "matrix")
        if np.linalg.cond(matrix) > 1 / np.finfo(float).eps:
            raise ValueError(
                "matrix must be invertible, got one that is singular to rounding. "
                "Drop the directions in which the data do not vary."
            )
        center = np.zeros(len(matrix)) if center is None else require_array(center, "center")
        require_shape(center, (len(matrix),), "center")
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "center", center)

    @property
    def backward(self) -> np.ndarray:
        r""":math:`M^{-1}`, shape (d, d): :math:`x = uM^{-1} + c`."""
        return np.linalg.inv(self.matrix)

    def __call__(self, inputs: ArrayLike) -> np.ndarray:
        r""":math:`(x - c)M` of each row, shape (N, d)."""
        return (require_rows(inputs, len(self.center), "inputs") - self.center) @ self.matrix

    def _back(self, codes: ArrayLike) -> np.ndarray:
        return require_rows(codes, len(self.center), "codes") @ self.backward + self.center

    def _slopes_back(self, codes: ArrayLike) -> np.ndarray:
        codes = require_rows(codes, len(self.center), "codes")
        return np.broadcast_to(self.backward.T, (len(codes), *self.matrix.shape)).copy()

    def fold(self, network: Network, params: ParamsLike) -> Params:
        r"""Params with which the network says about u what it said about x.

        .. math:: \theta_1 \mapsto M^{-1}\theta_1, \qquad b_1 \mapsto b_1 + c\,\theta_1

        Args:
            network: with d inputs, or images of d channels, which are mapped at every position;
                with biases, unless c is 0.
            params: its params; they are not touched.

        Raises:
            ValueError: if the number of inputs is another, there is no bias to take the center, or
                an image is padded with zeros that are none after the map, or pooled by maxima.
            TypeError: if the network is no chain of layers.
        """
        first, *rest = require_chain(network).require_params(params)
        if network.input_shape[-1] != len(self.center):
            raise ValueError(
                f"network must have {len(self.center)} inputs, got {network.input_shape[-1]}. "
                "Fit the map on the inputs of this network."
            )
        if isinstance(network, ConvNet):
            _require_foldable(network, bool(self.center.any()))
        # position by position, where there are several
        weights = first.reshape(-1, len(self.center), first.shape[-1])
        folded = (self.backward @ weights).reshape(first.shape)
        if network.bias:
            return folded, rest[0] + self.center @ weights.sum(axis=0), *rest[1:]
        if self.center.any():
            raise ValueError(
                "network must have biases to take up the center, got one without. "
                f"Use {type(network).__name__}(..., bias=True), or an AffineMap with center 0."
            )
        return folded, *rest


def standardization(inputs: ArrayLike) -> AffineMap:
    """Each feature minus its mean, over its standard deviation; by scikit-learn's StandardScaler.

    Page: ``book/input_representation``.

    Args:
        inputs: shape (N, d), the data it is fitted on. A feature that does not vary keeps its
            unit, since it has no deviation to be divided by.

    Raises:
        ValueError: if there are fewer than two examples.
        TypeError: for anything but real numbers.

    Example:
        >>> standardization([[0.0, 5.0], [2.0, 5.0]])([[4.0, 6.0]])
        array([[3., 1.]])
    """
    from sklearn.preprocessing import StandardScaler  # not at the top: half a second

    scaler = StandardScaler().fit(require_sample(inputs))
    return AffineMap(np.diag(1.0 / scaler.scale_), center=scaler.mean_)


def whitening(inputs: ArrayLike, *, ridge: float = 0.0) -> AffineMap:
    """Principal components, each over its standard deviation; by scikit-learn's PCA.

    Page: ``book/input_representation``.

    Args:
        inputs: shape (N, d) with N > d, the data it is fitted on.
        ridge: added to the variance of every component. 0 whitens, and needs data that vary in
            every direction.

    Raises:
        ValueError: if N is not above d, the ridge is negative, or it is 0 and the covariance is
            singular.
        TypeError: for anything but real numbers.

    Example:
        >>> data = np.random.default_rng(0).normal(size=(100, 3)) @ np.diag([1.0, 5.0, 25.0])
        >>> bool(np.allclose(np.cov(whitening(data)(data).T), np.eye(3)))
        True
    """
    inputs, ridge = require_sample(inputs), require_non_negative(ridge, "ridge")
    if len(inputs) <= inputs.shape[1]:
        raise ValueError(
            f"inputs must have more rows than columns, got shape {inputs.shape}. "
            "Fit on more examples, or on fewer features."
        )
    from sklearn.decomposition import PCA  # not at the top: half a second

    pca = PCA().fit(inputs)
    variances = pca.explained_variance_ + ridge
    if variances.min() <= np.finfo(float).eps * variances.max():
        raise ValueError(
            f"inputs must vary in every direction, got a variance of {variances.min():.1g}. "
            "Pass a ridge, for instance ridge=1e-3."
        )
    return AffineMap(pca.components_.T / np.sqrt(variances), center=pca.mean_)


def require_rows(value: Any, width: int, name: str) -> np.ndarray:
    """Return an array of shape (N, width)."""
    array = require_array(value, name, ndim=2)
    require_shape(array, (len(array), width), name)
    return array


def require_sample(value: Any) -> np.ndarray:
    """Return data to fit on: a matrix of at least two rows."""
    array = require_array(value, "inputs", ndim=2)
    if len(array) < 2 or array.shape[1] == 0:
        raise ValueError(
            f"inputs must have at least two rows, got shape {array.shape}. "
            "Rows are examples: pass the training inputs."
        )
    return array


def _require_foldable(network: ConvNet, moves: bool) -> None:
    """Maxima of mixed channels are others, and a zero beside the image is no zero once moved."""
    window = network.plan.stages[0].window
    padded = (window.positions == window.size).any()
    if any(pool.is_max for pool in network.plan.head) or (moves and padded):
        raise ValueError(
            "network must not take maxima of its inputs, nor pad them with zeros where the center "
            f"is not 0, got {network.layers}. "
            'Use padding="valid", or an AffineMap with center 0.'
        )
