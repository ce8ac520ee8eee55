"""A folder with one file for each finished net: whole or absent, and checked before it is read."""

import hashlib
import io
import json
import time
import warnings
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from flatlib._files import write_whole
from flatlib._version import VERSION
from flatlib.training._machine import machine
from flatlib.training._nets import Net, canonical
from flatlib.training._results import from_named, named_arrays, require_results

# a SHA-256 digest in hexadecimal, as the comment at the end of the archive
_DIGEST = 64


@dataclass(frozen=True)
class Record:
    """What the file of one net holds: its result, and how it came about."""

    result: dict[str, Any]
    provenance: dict[str, Any]


@dataclass(frozen=True)
class Store:
    """The folder of a sweep."""

    folder: Path

    def path(self, net: Net) -> Path:
        """Where this net's file is, or will be."""
        return self.folder / f"{net.key}.npz"

    def read(self, net: Net) -> Record | None:
        """The net's record; None if there is no file, or one that is damaged, which is named."""
        path = self.path(net)
        try:
            return decode(path.read_bytes(), net)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except ValueError as error:
            warnings.warn(f"{path} is damaged ({error}). Computing {net} again.", stacklevel=5)
            return None

    def write(self, net: Net, result: Any, *, spent: dict[str, float], code: str) -> None:
        """The whole file under its name in one step, or nothing: whoever dies in between."""
        where = {"machine": machine(), "finished": _now()}
        provenance = {**_versions(), "code": code, **spent, **where}
        content = encode(net, Record(require_results(net, result), provenance))
        write_whole(self.path(net), content)

    def has(self, net: Net, code: str) -> bool:
        """Whether the net is there in good order, made by this code."""
        try:
            record = decode(self.path(net).read_bytes(), net)
        except (FileNotFoundError, ValueError):
            return False
        return record.provenance.get("code") == code


def encode(net: Net, record: Record) -> bytes:
    """An npz archive that ends with the digest of all the bytes before it."""
    about = np.frombuffer(canonical({**net.identity, **record.provenance}).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, about=about, **dict[str, Any](named_arrays(record.result)))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"0" * _DIGEST
    body = buffer.getvalue()[:-_DIGEST]
    return body + hashlib.sha256(body).hexdigest().encode()


def decode(content: bytes, net: Net) -> Record:
    """The record; ValueError if a bit is wrong, or if it is of another net."""
    body, digest = content[:-_DIGEST], content[-_DIGEST:]
    if hashlib.sha256(body).hexdigest().encode() != digest:
        raise ValueError("its checksum is wrong")
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        about = json.loads(file["about"].tobytes())
        result = from_named({name: file[name] for name in file.files})
    identity = {name: about.pop(name) for name in net.identity}
    if canonical(identity) != canonical(net.identity):
        raise ValueError("it holds another net")
    return Record(result, about)


def _versions() -> dict[str, str]:
    return {"flatlib": VERSION, "numpy": np.__version__}


def _now() -> str:
    return datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="seconds")
