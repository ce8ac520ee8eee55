"""How a thing that holds arrays shows itself: its fields, and of a long array the shape alone."""

from dataclasses import fields
from typing import Any

import numpy as np

# Numbers that still fit into a line.
_FEW = 8


def short(self: Any) -> str:
    """The ``__repr__`` of a dataclass or named tuple, in a line or two whatever it holds."""
    names = getattr(self, "_fields", None) or [f.name for f in fields(self) if f.repr]
    shown = (f"{name}={_brief(getattr(self, name))}" for name in names)
    return f"{type(self).__name__}({', '.join(shown)})"


def _brief(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > _FEW:
        return f"<array {' x '.join(map(str, value.shape))}>"
    if type(value) in (list, tuple):
        items = ", ".join(map(_brief, value))
        return f"[{items}]" if type(value) is list else f"({items}{',' * (len(value) == 1)})"
    return repr(value)
