"""Published files: fetched once, kept in a folder, and checked each time before they are read."""

import hashlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from flatlib._files import write_whole
from flatlib._guards import require_callable, require_path

_CHUNK = 1 << 20
# seconds without a byte
_PATIENCE = 60

Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class PublishedFile:
    """Where a file is published, its SHA-256 digest, and how many bytes it has."""

    url: str
    sha256: str
    size: int

    @property
    def name(self) -> str:
        """Its name in the cache, which is its name on the server."""
        return self.url.rpartition("/")[2]


def download(url: str, size: int) -> bytes:
    """The content of an address, with a bar on a terminal, for it may be 180 MB.

    No more than a byte above ``size`` is read, whatever the other end says and sends: the digest
    refuses it afterwards.
    """
    from tqdm import tqdm  # not at the top: only a bar needs it

    name, chunks, left = url.rpartition("/")[2], [], size + 1
    with urlopen(url, timeout=_PATIENCE) as answer:
        with tqdm(total=size, unit="B", unit_scale=True, desc=name, disable=None) as bar:
            while left > 0 and (chunk := answer.read(min(_CHUNK, left))):
                chunks.append(chunk)
                left -= len(chunk)
                bar.update(len(chunk))
    return b"".join(chunks)


def cached(file: PublishedFile, folder: str | Path | None, fetch: Fetch | None) -> bytes:
    """The content of the file, from the cache if it is there in good order.

    What does not have the digest never gets past here, neither from the disk nor from the network.
    """
    if fetch is None:
        fetch = partial(download, size=file.size)
    require_callable(fetch, "fetch")
    path = cache_folder(folder) / file.name
    if path.is_file():
        content = path.read_bytes()
        if _digest(content) == file.sha256:
            return content
        warnings.warn(f"{path} is damaged: its SHA-256 is wrong. Fetching it again.", stacklevel=4)
    content = _fetch(file, path, fetch)
    try:
        write_whole(path, content)
    except OSError as error:  # it is the right file, kept or not
        warnings.warn(
            f"{file.name} cannot be kept in {path.parent} ({error.strerror}) and will be fetched "
            "again next time. Pass a folder that can be written to.",
            stacklevel=4,
        )
    return content


def cache_folder(folder: str | Path | None) -> Path:
    """The folder given, or the user's cache directory as the system has it."""
    if folder is None:
        import platformdirs  # not at the top: only images ask

        return Path(platformdirs.user_cache_dir("flatlib"))
    return require_path(folder, "folder")


def _fetch(file: PublishedFile, path: Path, fetch: Fetch) -> bytes:
    try:
        content = _require_bytes(fetch(file.url))
    except (OSError, HTTPException) as error:  # no network, no such host, refused, cut short
        raise ConnectionError(
            f"{file.name} must be fetched once, got no answer from {file.url} ({error}). "
            f"Connect to the network, or put the file into {path.parent} yourself."
        ) from error
    if _digest(content) != file.sha256:
        raise ConnectionError(
            f"{file.name} must have {file.size} bytes with SHA-256 {file.sha256}, got "
            f"{len(content)} with {_digest(content)} from {file.url}. "
            "Try again: the transfer broke, or the file published there is another one."
        )
    return content


def _require_bytes(content: Any) -> bytes:
    if not isinstance(content, (bytes, bytearray)):
        raise TypeError(
            f"fetch must return bytes, got {type(content).__name__}. Return the content of the "
            "address, for instance answer.read()."
        )
    return bytes(content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
