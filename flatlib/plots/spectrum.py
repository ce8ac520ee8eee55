"""The eigenvalues of a matrix: a few as stems, many as a histogram, with their density over it."""

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.sparse.linalg import LinearOperator

from flatlib._guards import require_array
from flatlib.curvature import SpectralDensity
from flatlib.plots._symlog import symlog
from flatlib.plots.style import COLORS, WORDS, drawing, legend_above, require_axes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# up to here each eigenvalue has a stem of its own
_FEW = 50
_BARS = 50
_SIDES = (("negative", "alpha"), ("near 0", "muted"), ("positive", "hessian"))


def spectrum(eigenvalues: Any, *, density: Any = None, ax: "Axes | None" = None) -> "Axes":
    r"""Eigenvalues on an axis that is logarithmic on both sides of 0 where they span decades.

    Up to 50 of them are stems, from the largest on. More are a histogram, whose bars are equally
    wide on the axis as drawn; the one around 0 is grey. Negative ones have a colour of their own,
    and the legend says how many there are.

    The density is the number of eigenvalues expected in a bar: the masses, smoothed by a Gaussian
    half a bar wide, on the axis as drawn.

    Page: ``book/exact_hessians``.

    Args:
        eigenvalues: shape (k,), in any order, all of them or the outermost; or a
            `flatlib.curvature.SpectralDensity`, which is drawn by itself.
        density: a SpectralDensity of the same matrix, to be drawn over its P eigenvalues.
        ax: where to draw; new Axes if left out.

    Returns:
        The Axes. The trap: around 0 the axis is linear, as far as the tenth part of all sizes (of
        the density's nodes, where there is one) or a millionth of the largest. What is rounding
        there looks like a spectrum; a gap in the density is what its steps do not resolve.

    Raises:
        ValueError: for NaN or infinity, another shape, none at all, or a density of another P.
        TypeError: for complex or object arrays, or another ``density`` or ``ax``.

    Example:
        >>> from matplotlib import pyplot
        >>> spectrum([3.0, 1.0, -0.2]).get_ylabel()
        'eigenvalue'
        >>> pyplot.close()
    """
    values, density = _read(eigenvalues, density)
    with drawing(require_axes(ax)) as ax:
        if density is None and values is not None and len(values) <= _FEW:
            _stems(ax, np.sort(values)[::-1])
        else:
            _histogram(ax, values, density)
    return ax


def _read(eigenvalues: Any, density: Any) -> tuple[np.ndarray | None, SpectralDensity | None]:
    """What to draw: eigenvalues, a density, or both, which are then of one matrix."""
    if density is not None and not isinstance(density, SpectralDensity):
        raise TypeError(
            f"density must be a SpectralDensity, got {type(density).__name__}. "
            "Pass flatlib.curvature.spectral_density(operator, rng)."
        )
    if isinstance(eigenvalues, SpectralDensity):
        if density is not None:
            raise ValueError(
                "eigenvalues must be an array where a density is drawn over them, got two "
                "densities. Draw the second on the same ax."
            )
        return None, eigenvalues
    values = _require_eigenvalues(eigenvalues)
    if density is not None and density.num_params != len(values):
        raise ValueError(
            f"density must be of P = {len(values)} parameters, as many as there are eigenvalues, "
            f"got {density.num_params}. Pass all the eigenvalues of its matrix."
        )
    return values, density


def _require_eigenvalues(eigenvalues: Any) -> np.ndarray:
    """A vector of them; who passes the operator or the matrix is told how to get them."""
    if isinstance(eigenvalues, LinearOperator):
        raise TypeError(
            "eigenvalues must be an array, got an operator. Pass flatlib.curvature."
            "spectral_density(operator, rng), or flatlib.top_eigenvalues(operator, k)."
        )
    shape = np.shape(eigenvalues)
    if len(shape) == 2 and shape[0] == shape[1] > 1:
        raise ValueError(
            f"eigenvalues must have 1 dimension, got a matrix of shape {shape}. "
            "Pass np.linalg.eigvalsh of it."
        )
    values = require_array(eigenvalues, "eigenvalues", ndim=1)
    if not len(values):
        raise ValueError("eigenvalues must be at least one, got none. Pass np.linalg.eigvalsh(H).")
    return values


def _stems(ax: "Axes", values: np.ndarray) -> None:
    from matplotlib.ticker import MaxNLocator

    ranks = np.arange(1, len(values) + 1)
    ax.axhline(0.0, color=WORDS, linewidth=0.9)
    for name, color, kept, marker in (
        ("positive", "hessian", values >= 0, "o"),
        ("negative", "alpha", values < 0, "v"),
    ):
        if kept.any():
            ax.vlines(ranks[kept], 0.0, values[kept], color=COLORS[color], linewidth=1.5)
            label = f"{kept.sum():,} {name}"
            ax.plot(ranks[kept], values[kept], marker, color=COLORS[color], label=label)
    symlog(ax, "y", values)
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set(xlabel="rank", ylabel="eigenvalue")
    legend_above(ax, 3)


def _histogram(ax: "Axes", values: np.ndarray | None, density: SpectralDensity | None) -> None:
    # the density resolves less than the eigenvalues: decades that it cannot tell apart are linear
    spread = values if density is None else density.nodes[density.weights > 0]
    assert spread is not None  # one of the two is there
    symlog(ax, "x", spread)
    transform = ax.xaxis.get_transform()
    nodes = None if density is None else density.nodes
    ends = [array for array in (values, nodes) if array is not None]
    edges = _edges(transform.transform(np.concatenate([array.ravel() for array in ends])))
    heights = np.zeros(1)
    if values is not None:
        heights = _bars(ax, values, transform.inverted().transform(edges))
    if density is not None:
        heights = np.append(heights, _curve(ax, density, edges, alone=values is None))
    if heights.max() > 30:
        ax.set(yscale="log", ylim=(0.5, 2 * heights.max()))
    ax.set(xlabel="eigenvalue", ylabel="number of eigenvalues")
    legend_above(ax, 3)


def _edges(places: np.ndarray) -> np.ndarray:
    """Equally wide bars on the axis as drawn, one of them with 0 in its middle."""
    width = (np.ptp(places) or np.abs(places).max() or 1.0) / _BARS
    first, last = np.round(places.min() / width), np.round(places.max() / width)
    return width * (np.arange(first - 1, last + 3) - 0.5)


def _bars(ax: "Axes", values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    counts, _ = np.histogram(values, edges)
    middles = np.sign(edges[1:] + edges[:-1]) * (edges[1:] * edges[:-1] > 0)
    for side, (name, color) in zip((-1, 0, 1), _SIDES, strict=True):
        kept = (middles == side) & (counts > 0)
        if kept.any():
            left, width = edges[:-1][kept], np.diff(edges)[kept]
            label = f"{counts[kept].sum():,} {name}"
            ax.bar(left, counts[kept], width, align="edge", color=COLORS[color], label=label)
    return counts


def _curve(ax: "Axes", density: SpectralDensity, edges: np.ndarray, *, alone: bool) -> np.ndarray:
    """Expected number in a bar around each place: P times the mass there, smoothed."""
    transform, width = ax.xaxis.get_transform(), edges[1] - edges[0]
    places = np.linspace(edges[0], edges[-1], 10 * len(edges))
    offsets = (places[:, None] - transform.transform(density.nodes.ravel())) / (width / 2)
    masses = density.weights.ravel() * density.num_params / len(density.nodes)
    heights = np.exp(-(offsets**2) / 2) @ masses * 2 / np.sqrt(2 * np.pi)
    at = transform.inverted().transform(places)
    for side, (name, color) in zip((-1, 0, 1), _SIDES if alone else (), strict=alone):
        kept = np.sign(places) * (np.abs(places) > width / 2) == side
        if kept.any():
            ax.fill_between(at[kept], heights[kept], color=COLORS[color], alpha=0.6, label=name)
    ax.plot(at, heights, color=COLORS["loss"], linewidth=1.5, label="density")
    return heights
