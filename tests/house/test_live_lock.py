"""What `make live` puts beside the site: each file pinned, and refused if it is another."""

import json
import re

import live
import pytest


def test_every_file_has_a_digest_and_there_is_a_second_source():
    assert all(re.fullmatch("[0-9a-f]{64}", known) for known in live.RUNTIME["files"].values())
    assert re.fullmatch("[0-9a-f]{64}", live.RUNTIME["sha256"])
    assert live.RUNTIME["info"]["version"] in live.RUNTIME["otherwise"]


@pytest.mark.parametrize("name", live.PLAIN)
def test_a_plain_package_is_the_one_of_the_lock(name):
    first, *digests = live.pinned(name).splitlines()
    assert first.startswith(f"{name}==")
    assert digests
    assert all("--hash=sha256:" in line for line in digests)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Files that are the pinned ones, and a site with both wheels."""
    monkeypatch.setattr(live, "KEPT", tmp_path)
    monkeypatch.setattr(live, "SITE", tmp_path / "site")
    monkeypatch.setattr(live, "LIVE", tmp_path / "site/_static/live")
    monkeypatch.setattr(live, "PLAIN", ())
    wheels = tmp_path / "site/_static/wheels"
    wheels.mkdir(parents=True)
    for name in ("flat_minima-1-py3-none-any.whl", "flat_minima_book-1-py3-none-any.whl"):
        (wheels / name).write_bytes(b"ours")
    for name in ("pyodide.js", "some_numbers-2.0-cp312.whl", "shared-3.zip"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    files = {path.name: live.digest(path) for path in tmp_path.iterdir() if path.is_file()}
    monkeypatch.setattr(live, "RUNTIME", {"info": {}, "files": files})
    return tmp_path


def test_what_is_there_is_listed_and_not_fetched(folder, monkeypatch, capsys):
    monkeypatch.setattr(live, "fetch", lambda requirement: pytest.fail(f"fetched {requirement}"))
    live.main()
    listed = json.loads((live.LIVE / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert set(listed) == {"some-numbers", "shared", "flat-minima", "flat-minima-book"}
    assert listed["shared"]["package_type"] == "shared_library"
    for package in listed.values():
        assert live.digest(live.LIVE / package["file_name"]) == package["sha256"]
    assert (live.LIVE / "pyodide.js").exists()
    assert "MB in" in capsys.readouterr().out


def test_another_file_is_refused_from_any_source(folder):
    (folder / "shared-3.zip").write_bytes(b"another")
    for source in (None, folder):
        with pytest.raises(SystemExit, match="must have the SHA-256"):
            live.main(source)


def test_another_wheel_of_the_same_name_is_refused(folder):
    (folder / "tqdm-1.0-py3-none-any.whl").write_bytes(b"another")
    with pytest.raises(SystemExit, match="is not the one that is pinned"):
        live.wheel_of(f"tqdm==1.0 --hash=sha256:{64 * '0'}")
