"""Write a file whole or not at all, whoever else writes beside it and whatever dies in between."""

import os
import re
import socket
from pathlib import Path
from secrets import token_hex

_PART = re.compile(r"\..+\.(\d+)\.[0-9a-f]{8}\.part")


def write_whole(path: Path, content: bytes) -> None:
    """Replace the file in one step.

    The bytes go to the disk under a name that no other thread or process uses, and that must not
    exist: where someone has left a link, nothing is written through it.
    """
    part = path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.{token_hex(4)}.part")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with part.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def require_writable(folder: Path, name: str) -> None:
    """Refuse a folder in which no file can be made, before hours of work end there."""
    probe = folder / f"probe-{token_hex(8)}"
    try:
        write_whole(probe, b"")
        probe.unlink()
    except OSError as error:
        raise PermissionError(
            f"{name} must be a folder to write to, got {folder} ({error.strerror}). "
            "Pass another one, or change who may write there."
        ) from error


def remove_leftovers(folder: Path) -> None:
    """What processes of this machine had begun to write when they were killed."""
    for part in folder.glob(".*.part"):
        found = _PART.fullmatch(part.name)
        if found is None or f".{socket.gethostname()}.{found[1]}." not in part.name:
            continue
        if not runs(int(found[1])):
            part.unlink(missing_ok=True)


def runs(process: int) -> bool:
    """A zombie does not: it is dead and waits for a parent that may be dead, too."""
    import psutil  # not at the top: only sweeps ask

    try:
        return psutil.Process(process).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
