"""A figure with a slider, as one object: live on a static page, a picture on paper.

Page: every page of the book begins with one.
"""

from functools import cached_property
from itertools import product

from matplotlib.figure import Figure

from flatbook.explore import _layers, _live, _parameters
from flatbook.explore._player import player
from flatbook.explore._stage import Stage

__all__ = ["Explorable", "explore", "still"]

PNG_DPI = 150


def explore(
    draw,
    *,
    background=None,
    size="wide",
    panels=1,
    start=None,
    caption="",
    labels=None,
    formats=None,
    **parameters,
) -> "Explorable":
    r"""A figure that the reader moves with a slider, or with two.

    Page: ``book/index``.

    Every frame is drawn now; the page then needs no kernel, no network and no library. Draw what
    does not change in ``background``: it is stored once, and 25 frames cost about 60 kB.

    Args:
        draw: ``(axes, **values) -> str``. Draws what moves, and returns the alt text of that
            frame: one sentence on what is seen and what it means. ``axes`` is one Axes, or a
            tuple of them when ``panels`` is more than 1. Values arrive as Python ints or floats.
        background: ``(axes) -> None``. Draws what stays and sets the limits. Without it the axes
            are fixed to hold every frame, so that nothing jumps.
        size: ``"wide"``, ``"single"``, ``"square"``, or (width, height) in inches.
        panels: how many axes, side by side; 1 to 4.
        start: the value shown first; ``{name: value}`` when there are two parameters. The middle
            one if left out.
        caption: the claim in a full sentence; ``$...$`` is typeset.
        labels: ``{name: text}`` beside the slider; ``alpha`` is written α without it.
        formats: ``{name: format string}`` for the values, such as ``"{:.0%}"``, or a function
            from a value to its text.
        **parameters: one or two sequences of numbers that rise or fall strictly. With two, a
            frame is drawn for every pair.

    Raises:
        TypeError: a function, number or mapping is something else.
        ValueError: no parameter or more than two; values that are too few, not finite or not in
            order; a start not among them; a frame without alt text; a draw that adds axes or
            moves limits.

    The trap: both functions run once for every frame, so compute what is slow before. On the axes
    of a background the limits are settled: ``draw`` may read them and may not move them, and no
    axis label may depend on the parameter.

    >>> import numpy as np
    >>> def draw(axes, alpha):
    ...     axes.plot([0, 1], [0, alpha])
    ...     return f"A line that rises to {alpha:.3g}."
    >>> explore(draw, alpha=np.logspace(-1, 1, 3))
    Explorable(alpha: 3 values from 0.1 to 10; shown at 1)
    """
    return Explorable(
        draw,
        background,
        size,
        panels,
        caption,
        _parameters.make_parameters(parameters, start, labels, formats),
    )


def still(draw, *, size="wide", panels=1, caption="") -> "Explorable":
    """A figure without a slider, made, shown and captioned like one with.

    Page: ``book/index``.

    Args:
        draw: ``(axes) -> str``. Draws everything and returns the alt text.
        size: as for `explore`, like the next two.
        panels: how many axes, side by side.
        caption: the claim in a full sentence.

    >>> still(lambda axes: axes.plot([1, 2]) and "A line.")
    Explorable(no parameter)
    """
    return Explorable(draw, None, size, panels, caption, ())


class Explorable:
    """What `explore` and `still` return. A notebook shows it; nothing else need be called.

    Page: ``book/index``.

    Attributes:
        parameters: one per slider: ``name``, ``label``, ``values``, ``texts``, ``start``.
        caption: as given.
        alts: the alt text of each frame, the last parameter running fastest.
    """

    def __init__(self, draw, background, size, panels, caption, parameters):
        if not isinstance(caption, str):
            raise TypeError(f"caption must be text, got {caption!r}. Write one sentence.")
        self.parameters, self.caption = parameters, caption
        names = [parameter.name for parameter in parameters]
        grid = [
            dict(zip(names, values, strict=True))
            for values in product(*(parameter.values for parameter in parameters))
        ]
        self._stage = Stage(draw, background, size, panels, grid)
        self.alts = tuple(frame.alt for frame in self._stage.frames)

    @property
    def _shown(self) -> int:
        """Index of the start frame."""
        index = 0
        for parameter in self.parameters:
            index = index * len(parameter.values) + parameter.start
        return index

    @cached_property
    def html(self) -> str:
        """The figure element, complete in itself; byte for byte the same on every run."""
        frames = self._stage.frames
        if self.parameters:
            background = _layers.background_source(frames[self._shown])
            layers = _layers.overlay_sources(frames)
        else:
            background, layers = None, [_layers.whole_source(frames[0])]
        return player(
            background,
            layers,
            self.alts,
            self.parameters,
            self._shown,
            self.caption,
            self._stage.size,
        )

    @cached_property
    def png(self) -> bytes:
        """The start frame as a picture, for paper and for readers without script."""
        return _layers.png_bytes(self._stage.frames[self._shown].figure, PNG_DPI, colors=64)

    @property
    def num_bytes(self) -> int:
        """What the page pays: the length of ``html`` in UTF-8."""
        return len(self.html.encode())

    def figure(self, **values) -> Figure:
        """The whole figure at ``values``, which may lie between those of the sliders.

        Raises:
            ValueError: if ``values`` do not name each parameter once.
        """
        names = [parameter.name for parameter in self.parameters]
        if sorted(values) != sorted(names):
            raise ValueError(
                f"figure takes a value for each of ({', '.join(names)}), got ({', '.join(values)})."
            )
        return self._stage.frame(values).figure

    def live(self, *, continuous: bool = True):
        """The same figure as an ipywidgets box, redrawn by the kernel at each move.

        The sliders are continuous between the first value and the last where the values are
        evenly spaced, or evenly in ratio; they keep to the values where those are whole numbers
        or uneven, or with ``continuous=False``: for a draw that looks its values up in a table.

        Raises:
            ValueError: if the figure has no parameter.
        """
        if not self.parameters:
            raise ValueError("live needs a parameter, got a still figure. Show it as it is.")
        return _live.live_figure(self._stage, self.parameters, self.caption, continuous)

    def __repr__(self) -> str:
        return f"Explorable({'; '.join(map(str, self.parameters)) or 'no parameter'})"

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return {"text/plain": repr(self), "text/html": self.html, "image/png": self.png}
