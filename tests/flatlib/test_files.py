"""Files that are there whole or not at all: two writers, a link in the way, a disk that refuses."""

import os
import socket
import threading

import pytest

from flatlib import _files
from flatlib._files import remove_leftovers, require_writable, write_whole

HERE = socket.gethostname()
NOBODY = 2**23  # no process has this number: Linux stops at 2^22


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    for content in (b"one", b"two" * 1000):
        write_whole(tmp_path / "below" / "file", content)
        assert (tmp_path / "below" / "file").read_bytes() == content
    assert names(tmp_path / "below") == ["file"]


def test_threads_that_write_one_file_do_not_mix(tmp_path):
    """With one name for the process, the pieces of two would be in one file, or a file missing."""
    path, errors = tmp_path / "file", []
    contents = [bytes([letter]) * 300_000 for letter in b"abcdefgh"]

    def write(content):
        try:
            for _ in range(5):
                write_whole(path, content)
        except OSError as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=[content]) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert path.read_bytes() in contents
    assert names(tmp_path) == ["file"]


def test_nothing_is_written_through_a_link(tmp_path, monkeypatch):
    precious, folder = tmp_path / "precious", tmp_path / "folder"
    precious.write_bytes(b"precious")
    folder.mkdir()
    monkeypatch.setattr(_files, "token_hex", lambda size: "0" * 2 * size)
    part = folder / f".file.{HERE}.{os.getpid()}.00000000.part"
    part.symlink_to(precious)
    with pytest.raises(FileExistsError):
        write_whole(folder / "file", b"other")
    assert precious.read_bytes() == b"precious"
    (folder / "file").symlink_to(precious)
    write_whole(folder / "file", b"other")  # the link of the name itself is replaced
    assert precious.read_bytes() == b"precious"
    assert (folder / "file").read_bytes() == b"other"


def test_an_error_leaves_the_old_file_and_no_piece_of_the_new(tmp_path, monkeypatch):
    write_whole(tmp_path / "file", b"old")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(tmp_path / "file", b"new")
    assert (tmp_path / "file").read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_a_folder_that_cannot_be_written_to_is_refused(tmp_path):
    require_writable(tmp_path / "new", "folder")
    assert names(tmp_path / "new") == []
    (tmp_path / "file").write_bytes(b"")
    words = rf"folder must be a folder to write to, got {tmp_path}/file/nets \(Not a directory\)\."
    with pytest.raises(PermissionError, match=words):
        require_writable(tmp_path / "file" / "nets", "folder")


def test_pieces_of_dead_processes_of_this_machine_are_removed_and_no_others(tmp_path):
    dead = tmp_path / f".file.npz.{HERE}.{NOBODY}.0123abcd.part"
    kept = [
        tmp_path / f".file.npz.{HERE}.{os.getpid()}.0123abcd.part",
        tmp_path / f".file.npz.another-{HERE}x.{NOBODY}.0123abcd.part",
        tmp_path / f"file.{HERE}.{NOBODY}.0123abcd.part",
        tmp_path / ".something.else.part",
    ]
    for path in (dead, *kept):
        path.write_bytes(b"half")
    remove_leftovers(tmp_path)
    assert set(tmp_path.iterdir()) == set(kept)
