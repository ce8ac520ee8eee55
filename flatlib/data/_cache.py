"""Published files: fetched once, kept in a folder, and checked each time before they are read."""

import hashlib
import os
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.request import urlopen

import platformdirs
from tqdm import tqdm

from flatlib._guards import require_callable, require_path

_CHUNK = 1 << 20
# seconds without a byte
_PATIENCE = 60

Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class PublishedFile:
    """Where a file is published, and the MD5 digest that its publishers and users know it by."""

    url: str
    md5: str

    @property
    def name(self) -> str:
        """Its name in the cache, which is its name on the server."""
        return self.url.rpartition("/")[2]


def download(url: str) -> bytes:
    """The content of an address, with a bar on a terminal, for it may be 180 MB."""
    with urlopen(url, timeout=_PATIENCE) as answer:
        size = int(answer.headers.get("Content-Length", 0)) or None
        bar = tqdm(total=size, unit="B", unit_scale=True, desc=url.rpartition("/")[2], disable=None)
        with bar:
            chunks = []
            while chunk := answer.read(_CHUNK):
                chunks.append(chunk)
                bar.update(len(chunk))
    return b"".join(chunks)


def cached(file: PublishedFile, folder: str | Path | None, fetch: Fetch | None) -> bytes:
    """The content of the file, from the cache if it is there in good order.

    What does not have the digest never gets past here, neither from the disk nor from the network.
    """
    fetch = download if fetch is None else require_callable(fetch, "fetch")
    path = cache_folder(folder) / file.name
    if path.is_file():
        content = path.read_bytes()
        if _md5(content) == file.md5:
            return content
        warnings.warn(f"{path} is damaged: its MD5 is wrong. Fetching it again.", stacklevel=4)
    content = _fetch(file, path, fetch)
    _put(path, content)
    return content


def cache_folder(folder: str | Path | None) -> Path:
    """The folder given, or the user's cache directory as the system has it."""
    if folder is None:
        return Path(platformdirs.user_cache_dir("flatlib"))
    return require_path(folder, "folder")


def _fetch(file: PublishedFile, path: Path, fetch: Fetch) -> bytes:
    try:
        content = fetch(file.url)
    except (OSError, HTTPException) as error:  # no network, no such host, refused, cut short
        raise ConnectionError(
            f"{file.name} must be fetched once, got no answer from {file.url} ({error}). "
            f"Connect to the network, or put the file into {path.parent} yourself."
        ) from error
    if _md5(content) != file.md5:
        raise ConnectionError(
            f"{file.name} must have MD5 {file.md5}, got {_md5(content)} from {file.url}. "
            "Try again: the transfer broke, or the file published there is another one."
        )
    return content


def _put(path: Path, content: bytes) -> None:
    """Write it whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(content)
    os.replace(part, path)


def _md5(content: bytes) -> str:
    """Against damage, not against an attacker: these are the digests that were published."""
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
