"""What is kept of a net: numbers, text, arrays, and params, which are a tuple of arrays."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from flatlib._guards import SEQUENCES, shown
from flatlib.training._nets import Net

# How an array is called in the file of a net: of its own name, or the k-th of some params.
_ALONE, _PARAMS = "result.", "params."


def require_results(net: Net, result: Any) -> dict[str, Any]:
    """Arrays of numbers, booleans or text, and tuples of them: nothing needs unpickling."""
    if not isinstance(result, dict) or not all(isinstance(name, str) for name in result):
        raise TypeError(
            f"function must return a dict of numbers and arrays, got {shown(result)}. "
            "Name each result."
        )
    taken = {"seed", *net.setting} & set(result)
    if taken:
        raise ValueError(
            f"function must give its results names of their own, got {sorted(taken)}, which are "
            "settings. Choose others."
        )
    return {name: _require_arrays(value, name) for name, value in result.items()}


def named_arrays(result: dict[str, Any]) -> Iterator[tuple[str, np.ndarray]]:
    """One array after the other, under names that `from_named` understands."""
    for name, value in result.items():
        if isinstance(value, tuple):
            yield from ((f"{_PARAMS}{k}.{name}", array) for k, array in enumerate(value))
        else:
            yield _ALONE + name, value


def from_named(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The result whose arrays these are; their order is that of `named_arrays`."""
    result: dict[str, Any] = {}
    for key, array in arrays.items():
        if key.startswith(_ALONE):
            result[key.removeprefix(_ALONE)] = array
        elif key.startswith(_PARAMS):
            name = key.removeprefix(_PARAMS).partition(".")[2]
            result[name] = (*result.get(name, ()), array)
    return result


def as_row(setting: dict[str, Any], seed: int, result: dict[str, Any]) -> dict[str, Any]:
    """Setting, seed, results: numbers as numbers, arrays as arrays, params as tuples of them."""
    return {**setting, "seed": seed, **{name: _plain(value) for name, value in result.items()}}


def as_json(value: Any) -> Any:
    """What a row holds, as JSON has it."""
    if isinstance(value, tuple) and any(isinstance(item, np.ndarray) for item in value):
        return {"params": [array.tolist() for array in value]}
    return value.tolist() if isinstance(value, np.ndarray) else value


def from_json(value: Any) -> Any:
    """A result from what `as_json` made of it."""
    if isinstance(value, dict):
        return tuple(np.array(array) for array in value["params"])
    return np.array(value) if isinstance(value, list) else value


def _plain(value: Any) -> Any:
    if _is_params(value):
        return tuple(np.asarray(array) for array in value)
    array = np.asarray(value)
    return array if array.ndim else array.item()


def _is_params(value: Any) -> bool:
    """A list or tuple of arrays; of numbers alone it is an array itself."""
    return isinstance(value, SEQUENCES) and any(
        isinstance(item, np.ndarray) and item.ndim for item in value
    )


def _require_arrays(value: Any, name: str) -> Any:
    if _is_params(value):
        return tuple(_require_array(array, f"{name}[{k}]") for k, array in enumerate(value))
    return _require_array(value, name)


def _require_array(value: Any, name: str) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:  # NumPy's word for lists of different lengths
        raise TypeError(
            f"function must return numbers, arrays, or a tuple of arrays, got {shown(value)} for "
            f"{name}. Name the parts of what is nested deeper."
        ) from None
    if array.dtype.kind not in "biufU":
        raise TypeError(
            f"function must return numbers, booleans or text, got dtype {array.dtype} for "
            f"{name}. Return arrays made of these."
        )
    return array
