"""Which nets are being made now, by which process, and which a worker has died over."""

import json
import os
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flatlib._files import runs, write_whole
from flatlib.training._nets import Net, canonical

# Seconds that a file may be without content: between its beginning and its first byte.
_GRACE = 5.0


@dataclass(frozen=True)
class Begun:
    """One small file for each net under way, beside the nets; gone when the net is there.

    Attributes:
        folder: of the sweep.
        sweep: a token that tells the marks of this sweep from those of another.
    """

    folder: Path
    sweep: str

    def take(self, net: Net) -> bool:
        """Begin a net; False if another living process of this machine is at it already."""
        for _ in range(2):
            try:
                with self.path(net).open("x", encoding="utf-8") as file:
                    file.write(canonical({"sweep": self.sweep, **_own_mark()}))
                return True
            except FileExistsError:
                if self.busy(net):
                    return False
                self.release(net)  # of a process that has died, or of a machine out of sight
        return False

    def release(self, net: Net) -> None:
        """It is done, or has failed in the open."""
        self.path(net).unlink(missing_ok=True)

    def release_all(self, nets: Iterable[Net]) -> None:
        """What this sweep has under way, when it is stopped: nobody has died over these."""
        for net in nets:
            mark = _read(self.path(net))
            if mark and mark["sweep"] == self.sweep:
                self.release(net)

    def busy(self, net: Net) -> bool:
        """Whether a living process of this machine makes it."""
        mark = _read(self.path(net))
        return mark is not None and (mark == {} or _lives(mark))

    def bury(self, nets: Iterable[Net]) -> list[Net]:
        """Count a death for each net that another process of this machine had begun and died."""
        marks = ((net, _read(self.path(net))) for net in nets)
        dead = [net for net, mark in marks if mark and _has_died(mark)]
        for net in dead:
            write_whole(self._fatal(net), str(self.deaths(net) + 1).encode())
            self.release(net)
        return dead

    def tidy(self, finished: Iterable[Net]) -> None:
        """Drop the marks of who was killed after the net was written and before it said so."""
        for net in finished:
            if self.path(net).exists() and not self.busy(net):
                with suppress(OSError):  # a folder that can only be read
                    self.forget(net)
                    self.release(net)

    def deaths(self, net: Net) -> int:
        """How often a process has died over it."""
        found = _read(self._fatal(net))
        return found if isinstance(found, int) else 0

    def forget(self, net: Net) -> None:
        """It has come out after all."""
        self._fatal(net).unlink(missing_ok=True)

    def path(self, net: Net) -> Path:
        """Where the mark of this net is, or will be."""
        return self.folder / f".{net.key}.begun"

    def _fatal(self, net: Net) -> Path:
        return self.folder / f".{net.key}.fatal"


def _own_mark() -> dict:
    """With the time at which the process began: a later one may get the same number."""
    import psutil  # as in flatlib._files

    return {
        "host": socket.gethostname(),
        "process": os.getpid(),
        "since": psutil.Process().create_time(),
        "thread": threading.get_ident(),
    }


def _read(path: Path) -> Any:
    """None if there is no file; empty if it was made just now and is still without content."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError:
        young = path.exists() and time.time() - path.stat().st_mtime < _GRACE
        return {} if young else None


def _is_here(mark: dict) -> bool:
    return mark["host"] == socket.gethostname()


def _has_died(mark: dict) -> bool:
    return _is_here(mark) and mark["process"] != os.getpid() and not _lives(mark)


def _lives(mark: dict) -> bool:
    if not _is_here(mark) or not runs(mark["process"]):
        return False
    if mark["process"] == os.getpid():  # this thread makes nothing while it asks
        others = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
        return mark["thread"] in others
    import psutil  # as in flatlib._files

    try:
        return abs(psutil.Process(mark["process"]).create_time() - mark["since"]) < 1.0
    except psutil.NoSuchProcess:
        return False
