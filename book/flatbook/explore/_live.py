"""The same figure drawn by the kernel: ipywidgets sliders, continuous where that makes sense."""

import numpy as np

from flatbook.explore import _layers
from flatbook.explore._player import player


def live_figure(stage, parameters, caption, continuous):
    """A ``VBox`` of one slider per parameter and, last, the picture."""
    import ipywidgets  # here: the book's static pages never need it

    sliders = [slider(ipywidgets, parameter, continuous) for parameter in parameters]
    picture = ipywidgets.HTML(layout={"max_width": "100%"})

    def redraw(_change=None):
        values = {
            parameter.name: widget.value
            for parameter, widget in zip(parameters, sliders, strict=True)
        }
        frame = stage.frame(values)
        picture.value = player(
            None, [_layers.whole_source(frame)], [frame.alt], (), 0, caption, stage.size
        )

    for widget in sliders:
        widget.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox([*sliders, picture])


def slider(ipywidgets, parameter, continuous):
    """Even steps, even ratios, or the values themselves: whichever the sequence is."""
    kind = spacing(parameter.values) if continuous else "listed"
    low, high = sorted((parameter.values[0], parameter.values[-1]))
    start = parameter.values[parameter.start]
    common = {"description": parameter.label, "style": {"description_width": "initial"}}
    if kind == "linear":
        return ipywidgets.FloatSlider(
            value=start, min=low, max=high, step=(high - low) / 200, readout_format=".3g", **common
        )
    if kind == "log":
        return ipywidgets.FloatLogSlider(
            value=start,
            base=10,
            min=np.log10(low),
            max=np.log10(high),
            step=np.log10(high / low) / 200,
            readout_format=".3g",
            **common,
        )
    options = list(zip(parameter.texts, parameter.values, strict=True))
    return ipywidgets.SelectionSlider(value=start, options=options, **common)


def spacing(values) -> str:
    """``linear``, ``log`` or ``listed``; whole numbers count things, so nothing lies between them.

    >>> spacing((0.1, 1.0, 10.0)), spacing((0.0, 0.5, 1.0)), spacing((1, 2, 3))
    ('log', 'linear', 'listed')
    """
    if all(isinstance(value, int) for value in values):
        return "listed"
    values = np.asarray(values, dtype=float)
    if constant(np.diff(values)):
        return "linear"
    if (values > 0).all() and constant(values[1:] / values[:-1]):
        return "log"
    return "listed"


def constant(values: np.ndarray) -> bool:
    return bool(np.ptp(values) <= 1e-6 * abs(values).max())
