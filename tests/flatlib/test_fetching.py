"""What is read from a network: to the size of the file, and no further."""

import hashlib
import http.server
import threading

import numpy as np
import pytest

from flatlib.data import _cache, svhn


class Endless(http.server.BaseHTTPRequestHandler):
    """Does not say how much it sends, and never stops."""

    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x" * 65536)
        except OSError:  # the other end has had enough
            pass

    def log_message(self, *words):
        pass


@pytest.fixture
def endless():
    server = http.server.HTTPServer(("127.0.0.1", 0), Endless)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/file"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_plain_download_reads_an_address(tmp_path):
    content = np.random.default_rng(1).bytes(3 << 20)
    (tmp_path / "file").write_bytes(content)
    for size in (3 << 20, 5 << 20):
        assert _cache.download((tmp_path / "file").as_uri(), size) == content


def test_an_answer_without_end_is_read_to_the_size_of_the_file_and_refused(endless, tmp_path):
    size = 5_000_000
    assert len(_cache.download(endless, size)) == size + 1
    file = _cache.PublishedFile(endless, hashlib.sha256(b"x" * size).hexdigest(), size)
    with pytest.raises(ConnectionError, match=f"must have {size} bytes .*, got {size + 1} with"):
        _cache.cached(file, tmp_path, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("wrong", [None, "text", 3, [b"x"]])
def test_a_fetch_that_returns_no_bytes_is_refused(tmp_path, wrong):
    with pytest.raises(TypeError, match=r"fetch must return bytes, got .*\. Return the content"):
        svhn(folder=tmp_path, fetch=lambda url: wrong)
