"""Draws the frames of a figure, all on the same axes, and tells what moves from what does not.

Every frame is a fresh figure on which the background is drawn first and the moving part after it.
Whatever was there before the moving part is fixed; the rest moves. A layer is the same figure with
one of the two hidden, so scales, limits, aspects and positions agree by construction: there is
nothing to copy and nothing to get wrong.
"""

from dataclasses import dataclass

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from flatbook import style


@dataclass(frozen=True)
class Frame:
    """One drawn frame; ``fixed`` and ``moving`` are the artists of its two layers."""

    alt: str
    figure: Figure
    fixed: tuple[Artist, ...]
    moving: tuple[Artist, ...]


class Stage:
    """Where a figure's frames are drawn: ``frames`` for the given values, `frame` for any other."""

    def __init__(self, draw, background, size, panels, grid):
        for argument, function in {"draw": draw, "background": background}.items():
            if not callable(function) and not (argument == "background" and function is None):
                raise TypeError(
                    f"{argument} must be a function of the axes, got {function!r}. "
                    f"Pass the function itself, not its result."
                )
        self.draw, self.background, self.panels = draw, background, panels
        self.size = style.figure_size(size)
        self.limits = self.positions = None
        with style.context():
            self.frames = [self._drawn(values) for values in grid]
            if background is None:
                self.limits = union(limits_of(frame.figure) for frame in self.frames)
            self.positions = self._settled_positions()
            for frame in self.frames:
                self._settle(frame.figure)
        require_same_labels(self.frames)

    def frame(self, values) -> Frame:
        """The frame at ``values``, which need not be among those of the slider."""
        with style.context():
            frame = self._drawn(values)
            self._settle(frame.figure)
        return frame

    def _drawn(self, values) -> Frame:
        figure, axes = style.new_figure(self.size, self.panels)
        target = axes[0] if self.panels == 1 else axes
        if self.background is not None:
            self.background(target)
            limits_of(figure)  # asked for first: autoscaling is lazy, and would never be done
            for ax in figure.axes:
                ax.autoscale(False)
        fixed, limits = settled_artists(figure), limits_of(figure)
        alt = require_alt(self.draw(target, **values), values)
        require_same_axes(figure, limits, values, may_move=self.background is None)
        moving = tuple(artist for artist in artists_of(figure) if artist not in fixed)
        return Frame(alt, figure, fixed, moving)

    def _settled_positions(self) -> list[Bbox]:
        """Positions that leave room for the widest labels of any frame."""
        figures = [frame.figure for frame in self.frames]
        if self.background is not None:
            figures = figures[:1]
        boxes = []
        for figure in figures:
            self._set_limits(figure)
            figure.draw_without_rendering()
            boxes.append([ax.get_position().extents for ax in figure.axes])
        boxes = np.array(boxes)  # (figures, axes, 4): x0, y0, x1, y1
        low, high = boxes[..., :2].max(axis=0), boxes[..., 2:].min(axis=0)
        return [Bbox.from_extents(*corner, *other) for corner, other in zip(low, high, strict=True)]

    def _settle(self, figure) -> None:
        self._set_limits(figure)
        figure.set_layout_engine("none")
        for ax, position in zip(figure.axes, self.positions, strict=True):
            ax.set_position(position)

    def _set_limits(self, figure) -> None:
        if self.limits is not None:
            for ax, (x0, x1, y0, y1) in zip(figure.axes, self.limits, strict=True):
                ax.set(xlim=(x0, x1), ylim=(y0, y1))


def artists_of(figure: Figure) -> tuple[Artist, ...]:
    """All that a figure shows, apart from its own ground."""
    loose = [
        artist
        for artist in figure.get_children()
        if artist is not figure.patch and not isinstance(artist, Axes)
    ]
    return tuple(loose + [artist for ax in figure.axes for artist in ax.get_children()])


def settled_artists(figure: Figure) -> tuple[Artist, ...]:
    """All but the empty texts: a title that is blank so far is the draw's to fill."""
    return tuple(
        artist
        for artist in artists_of(figure)
        if not (isinstance(artist, Text) and not artist.get_text())
    )


def limits_of(figure: Figure) -> np.ndarray:
    """(axes, 4): x from, x to, y from, y to."""
    return np.array([(*ax.get_xlim(), *ax.get_ylim()) for ax in figure.axes])


def union(limits) -> np.ndarray:
    """The limits that hold all of the given ones; an axis turned round in the first stays so."""
    limits = np.array(list(limits))  # (frames, axes, 4)
    start, end = limits[..., 0::2], limits[..., 1::2]
    upright = start[0] <= end[0]
    low, high = np.minimum(start, end).min(axis=0), np.maximum(start, end).max(axis=0)
    first, last = np.where(upright, low, high), np.where(upright, high, low)
    return np.stack([first[:, 0], last[:, 0], first[:, 1], last[:, 1]], axis=1)


def require_alt(alt, values) -> str:
    if not isinstance(alt, str) or not alt.strip():
        where = f" at {values}" if values else ""
        raise ValueError(
            f"draw must return the alt text of its frame, got {alt!r}{where}. "
            "Return a sentence that says what is seen and what it means."
        )
    return " ".join(alt.split())


def require_same_axes(figure, limits, values, *, may_move) -> None:
    if len(figure.axes) != len(limits):
        raise ValueError(
            "draw must not add axes, got a new one (a colour bar or a twin). Make it in background."
        )
    if not may_move and (limits != limits_of(figure)).any():
        raise ValueError(
            "draw must not change the limits that background has set, got others at "
            f"{values}. Set them in background."
        )


def require_same_labels(frames) -> None:
    """The axis labels are in the fixed layer: one that moves would be shown wrong."""
    first, *others = (
        [(ax.get_xlabel(), ax.get_ylabel()) for ax in frame.figure.axes] for frame in frames
    )
    for labels in others:
        if labels != first:
            raise ValueError(
                f"draw must give the axes the same labels in each frame, got {first} "
                f"and {labels}. Put what moves in the title or a text."
            )
