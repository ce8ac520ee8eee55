"""What is said of a loss, held against its value; and what is not said, derived from it."""

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
from autograd import elementwise_grad
from numpy import ndarray
from numpy.random import default_rng

#: examples that are looked at, at most
_ROWS = 8
# Of the largest value: a central difference with this step is off by 1e-10, a slip by far more.
_STEP, _TOLERANCE = 1e-5, 1e-8
#: by so much of the values that a difference is made of it may be off as well
_ROUNDING = 1e-14 / _STEP


def slope(function: Callable, outputs: Any) -> ndarray:
    """The gradient of a number for each row, by autograd, shape (N, C)."""
    try:
        # autograd warns of what does not depend on the outputs
        return elementwise_grad(lambda points: function(points) + 0.0 * points[:, 0])(outputs)
    except (TypeError, ValueError, AttributeError) as error:
        raise TypeError(
            "value must be written with autograd.numpy where its derivatives are left out, got "
            f"{type(error).__name__}: {error}. Write it so, or give gradient and curvature."
        ) from error


def columns(function: Callable, outputs: ndarray) -> ndarray:
    """The Jacobian of a row of numbers for each row, shape (N, C, C)."""
    numbers = range(outputs.shape[1])
    rows = [slope(lambda points, c=c: function(points)[:, c], outputs) for c in numbers]
    return np.stack(rows, axis=1)


def require_true(loss: Any, targets: ndarray, num_outputs: int) -> None:
    """Refuse a loss whose functions are none, or whose derivatives are another's."""
    for name in ("_value", "_gradient", "_curvature"):
        function = getattr(loss, name)
        if not (callable(function) or (function is None and name != "_value")):
            raise TypeError(
                f"{name[1:]} must be callable, got {type(function).__name__}. "
                "Pass a function of outputs and targets, written with autograd.numpy."
            )
    found = False
    for outputs in _points(targets[:_ROWS], num_outputs):
        found |= _is_true_at(loss, outputs, targets[: len(outputs)])
    if not found:
        raise ValueError(
            "value must be finite at some outputs, got none among random ones of any sign. "
            "Look at value(outputs, targets) with your own."
        )


def _points(targets: ndarray, num_outputs: int) -> list[ndarray]:
    """Outputs of both signs, of one sign (there may be a logarithm), and near the targets."""
    random = default_rng(0).normal(size=(len(targets), num_outputs))
    near = [targets + random] if targets.shape == random.shape else []
    return [random, np.abs(random), *near]


def _is_true_at(loss: Any, outputs: ndarray, targets: ndarray) -> bool:
    """Whether the value is finite at a row of outputs; a refusal if something is false there."""
    with np.errstate(all="ignore"):  # a warning would come before the sentence that explains it
        values = _shaped(loss.value, "value", outputs, targets, outputs.shape[:1])
        kept = np.isfinite(values)
        if not kept.any():
            return False
        outputs, targets, values = outputs[kept], targets[kept], values[kept]
        _require_alone(loss, outputs, targets, values)
        slopes = _shaped(loss.gradient, "gradient", outputs, targets, outputs.shape)
        bends = _shaped(
            loss.curvature, "curvature", outputs, targets, (*outputs.shape, outputs.shape[1])
        )
        if loss._gradient is not None:
            _require_derivative(slopes, "gradient", loss.value, outputs, targets)
        if loss._curvature is not None:
            _require_derivative(bends, "curvature", loss.gradient, outputs, targets)
    return True


def _shaped(
    function: Callable, name: str, outputs: ndarray, targets: ndarray, shape: tuple[int, ...]
) -> ndarray:
    try:
        found = np.asarray(function(outputs, targets))
    except (TypeError, AttributeError) as error:
        if "autograd.numpy" in str(error):
            raise
        raise _broken(name, outputs, targets, error) from error
    except (ValueError, IndexError) as error:
        raise _broken(name, outputs, targets, error) from error
    if found.shape != shape:
        per = "one number" if name == "value" else f"{len(shape) - 1} axes of outputs"
        raise ValueError(
            f"{name} must have {per} for each example, shape {shape}, got {found.shape}. "
            "Sum over the outputs with axis=1, and do not sum over the examples."
        )
    return found


def _broken(name: str, outputs: ndarray, targets: ndarray, error: Exception) -> ValueError:
    line = (str(error).splitlines() or [""])[0][:80].rstrip(". ")
    return ValueError(
        f"{name} must take outputs {outputs.shape} and targets {targets.shape}, however many "
        f"examples, got {type(error).__name__}: {line}. Call it with such arrays by itself."
    )


def _require_alone(loss: Any, outputs: ndarray, targets: ndarray, values: ndarray) -> None:
    """One example alone has the loss that it has beside others."""
    alone = _shaped(loss.value, "value", outputs[-1:], targets[-1:], (1,))[0]
    back = loss.value(outputs[::-1], targets[::-1])[::-1]
    wrong = [x for x in (alone, back[-1], back[0]) if not np.isfinite(x)]
    off = max(abs(alone - values[-1]), np.abs(back - values).max())
    if wrong or off > _TOLERANCE * (1 + np.abs(values).max()):
        rows = f" (targets {targets.shape} beside outputs {outputs.shape})"
        raise ValueError(
            "value must be that of each example alone, got another beside others, "
            f"{off:.2g} off{rows if targets.ndim == 1 else ''}. "
            + ("Pass targets.reshape(-1, 1), or leave" if targets.ndim == 1 else "Leave")
            + " out means over the examples and what depends on their order."
        )


def _require_derivative(
    said: ndarray, name: str, function: Callable, outputs: ndarray, targets: ndarray
) -> None:
    """By central differences, which take a function however it is written."""
    parts = []
    for unit in np.eye(outputs.shape[1]):
        ends = (function(outputs + s * _STEP * unit, targets) for s in (1, -1))
        parts.append(np.subtract(*ends) / (2 * _STEP))
    true = np.stack(parts, axis=-1)
    size = np.abs(function(outputs, targets)).max()
    off = np.abs(said - true)
    if not off.max() <= _TOLERANCE * (1 + np.abs(true).max()) + _ROUNDING * size:
        place = np.unravel_index(np.nanargmax(off), off.shape)
        raise ValueError(
            f"{name} must be that of value, got {said[place]:.6g} for example {place[0]} at random "
            f"outputs, where differences have {true[place]:.6g}. "
            "Mend it, or leave it out: autograd derives it."
        )
