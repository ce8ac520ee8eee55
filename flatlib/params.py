"""A network's weights: a tuple of arrays on one side, one flat vector theta on the other.

Dense networks order them W1, b1, W2, b2, … and each array is read row by row (C order), so that
``theta`` is the row vector of the papers. Any nested list, tuple or dict of arrays has the same
two faces, which is what lets `flatlib.hessian` differentiate a callable of any such structure. A
dict is read in the order in which its keys were put in.
"""

import math
from collections.abc import Callable, Iterator
from copy import copy
from itertools import accumulate
from typing import Any

import autograd.numpy as np
import numpy
from autograd.tracer import getval, isbox
from numpy import ndarray
from numpy import shape as shape_of  # of a box, too

from flatlib._guards import MAPPINGS, SEQUENCES, require_array


def flatten(params: Any) -> ndarray:
    r"""Concatenate arrays into the flat vector :math:`\theta \in \mathbb{R}^P`.

    Page: ``book/notation``.

    Args:
        params: an array, or a (nested) tuple, list or dict of arrays, of real numbers.

    Returns:
        float64 vector of shape (P,): each array in C order, one after the other; those of a dict
        in the order of its keys as inserted.

    Raises:
        ValueError: if there is no array in it, or an entry is not finite.
        TypeError: if an array holds anything but real numbers.

    Example:
        >>> flatten((np.array([[1, 2], [3, 4]]), np.array([5, 6])))
        array([1., 2., 3., 4., 5., 6.])
        >>> flatten({"weights": [[1, 2]], "bias": 3})
        array([1., 2., 3.])
    """
    leaves = [require_array(leaf, name) for name, leaf in _named_leaves(params, "params")]
    if not leaves:
        raise ValueError(
            "params must hold at least one array, got an empty structure. "
            "Pass the tuple that net.init(rng) returns."
        )
    if any(map(isbox, leaves)):
        return np.concatenate([np.ravel(leaf) for leaf in leaves])
    return numpy.concatenate([leaf.ravel() for leaf in leaves])


def unflatten(theta: Any, like: Any) -> Any:
    r"""Cut a flat vector back into arrays, the inverse of `flatten`.

    Page: ``book/notation``.

    Args:
        theta: vector of shape (P,).
        like: params whose structure (nesting, shapes) the result takes; its values are not used.

    Returns:
        The structure of ``like`` filled with the entries of ``theta``. An array for an array, a
        tuple for a tuple, a list for a list, a dict for a dict, its keys in their order. Traceable
        by autograd.

    Raises:
        ValueError: if ``theta`` is not a vector of exactly P finite numbers.

    Example:
        >>> unflatten([1, 2, 3], like=(np.zeros((1, 2)), np.zeros(1)))
        (array([[1., 2.]]), array([3.]))
    """
    theta = require_array(theta, "theta", ndim=1)
    sizes = block_sizes(like)
    size = sum(sizes)
    if theta.size != size:
        raise ValueError(
            f"theta must have the {size} entries of like, got {theta.size}. "
            "Pass as like params of the shapes that are wanted, such as (np.zeros((2, 3)),)."
        )
    return cutter(like)(theta)


def cutter(like: Any) -> Callable[[Any], Any]:
    """`unflatten` for many vectors of the right length: descent cuts one at each step."""
    shapes, flat = _shapes(like), _is_flat(like)
    ends = list(accumulate(map(math.prod, shapes), initial=0))
    cuts = list(zip(ends[:-1], ends[1:], shapes, strict=True))

    def cut(theta: Any) -> Any:
        leaves = [theta[start:end].reshape(shape) for start, end, shape in cuts]
        return tuple(leaves) if flat else _fill(like, iter(leaves))

    return cut


def block_sizes(params: Any) -> tuple[int, ...]:
    """Number of entries of each array, in the order of `flatten`.

    Page: ``book/notation``.

    Without biases this is the n_k of Dinh et al., the number of entries of theta_k; it is not the
    number of units of a layer, which is ``net.layer_sizes[k]``.
    """
    return tuple(map(math.prod, _shapes(params)))


def is_structure(params: Any) -> bool:
    """Whether it holds arrays, and is none itself."""
    return isinstance(params, (*SEQUENCES, *MAPPINGS))


def shapes(params: Any) -> Any:
    """The structure with a shape for each array; a list counts as a tuple."""
    if not is_structure(params):
        return shape_of(params)
    pairs = [(key, shapes(item)) for key, item in _items(params)]
    return dict(pairs) if isinstance(params, MAPPINGS) else tuple(shape for _, shape in pairs)


def _is_flat(params: Any) -> bool:
    """Whether it is what a network has: it is known without a look at the structure."""
    return type(params) is tuple and all(type(leaf) is ndarray for leaf in params)


def _shapes(params: Any) -> list[tuple[int, ...]]:
    """Of its arrays, in the order of `flatten`."""
    if _is_flat(params):
        return [leaf.shape for leaf in params]
    return [shape_of(leaf) for _, leaf in _named_leaves(params, "params")]


def _items(params: Any) -> list[tuple[Any, Any]]:
    """Keys or positions, and what is there."""
    keys = list(params.keys()) if isinstance(params, MAPPINGS) else range(len(params))
    return [(key, params[key]) for key in keys]


def _named_leaves(params: Any, name: str) -> Iterator[tuple[str, Any]]:
    if is_structure(params):
        for key, item in _items(params):
            yield from _named_leaves(item, f"{name}[{key!r}]")
    else:
        yield name, params


def _fill(like: Any, leaves: Iterator[Any]) -> Any:
    if not is_structure(like):
        return next(leaves)
    items = [(key, _fill(item, leaves)) for key, item in _items(like)]
    return _rebuilt(getval(like), items)  # what autograd is tracing comes in a box


def _rebuilt(like: Any, items: list[tuple[Any, Any]]) -> Any:
    """The same kind of dict, list or tuple, named ones and a defaultdict too."""
    if isinstance(like, dict):
        filled = copy(like)
        filled.update(items)
        return filled
    kind, values = type(like), [item for _, item in items]
    return kind._make(values) if hasattr(kind, "_make") else kind(values)
