"""Loaders of published files: parsing, checksums, the cache, no network. Nothing is downloaded."""

import gzip
import hashlib
import io
import os
import tarfile

import numpy as np
import platformdirs
import pytest
import scipy.io

from flatlib.data import _cache, cifar10, images, mnist, svhn

RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, size=(7, 32, 32, 3), dtype=np.uint8)
GREY, LABELS = PIXELS[:, :28, :28, 0], np.array([0, 9, 3, 1, 7, 2, 5], np.uint8)


def idx(array):
    head = bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape)
    return gzip.compress(head + array.tobytes())


def mat(pixels, labels):
    buffer = io.BytesIO()
    ones = np.where(labels == 0, 10, labels)[:, None]
    scipy.io.savemat(buffer, {"X": np.moveaxis(pixels, 0, -1), "y": ones})
    return buffer.getvalue()


def archive(pixels, labels):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        for number, name in enumerate((*images._CIFAR_TRAIN, "test_batch.bin")):
            planes = pixels[number].transpose(2, 0, 1).tobytes()
            content = bytes([labels[number]]) + planes
            member = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


class Server:
    """Stands in for the network: contents by name, and a list of what was asked for."""

    def __init__(self, contents):
        self.contents, self.asked = contents, []

    def __call__(self, url):
        self.asked.append(url.rpartition("/")[2])
        return self.contents[self.asked[-1]]


def publish(monkeypatch, **files):
    """Put small files in the place of the published ones, with their digests."""
    contents = {}
    for attribute, bodies in files.items():
        published = getattr(images, attribute)
        group = published if isinstance(published, tuple) else (published,)
        small = tuple(
            _cache.PublishedFile(file.url, hashlib.sha256(body).hexdigest(), len(body))
            for file, body in zip(group, bodies, strict=True)
        )
        contents |= {file.name: body for file, body in zip(small, bodies, strict=True)}
        monkeypatch.setattr(images, attribute, small if isinstance(published, tuple) else small[0])
    return Server(contents)


@pytest.fixture
def server(monkeypatch):
    return publish(
        monkeypatch,
        _MNIST_FILES=[idx(GREY[:5]), idx(LABELS[:5]), idx(GREY[5:]), idx(LABELS[5:])],
        _SVHN_FILES=[mat(PIXELS[:5], LABELS[:5]), mat(PIXELS[5:], LABELS[5:])],
        _CIFAR=[archive(PIXELS, LABELS)],
    )


@pytest.mark.parametrize("loader", [mnist, svhn, cifar10])
def test_each_format_gives_its_images_and_labels(server, tmp_path, loader):
    split = loader(folder=tmp_path, fetch=server)
    whole = GREY[..., None] if loader is mnist else PIXELS
    last = 6 if loader is cifar10 else 7
    np.testing.assert_array_equal(split.train_inputs, whole[:5] / 255)
    np.testing.assert_array_equal(split.test_inputs, whole[5:last] / 255)
    np.testing.assert_array_equal(split.train_labels, LABELS[:5])
    np.testing.assert_array_equal(split.test_labels, LABELS[5:last])
    assert split.train_inputs.dtype == np.float64
    few = loader(folder=tmp_path, fetch=server, num_train=2, num_test=1)
    assert (len(few.train_inputs), len(few.train_labels), len(few.test_inputs)) == (2, 2, 1)


def test_a_file_is_fetched_once(server, tmp_path):
    mnist(folder=tmp_path, fetch=server)
    assert len(server.asked) == 4
    mnist(folder=tmp_path, fetch=server)
    assert len(server.asked) == 4
    assert {path.name for path in tmp_path.iterdir()} == set(server.asked)


def test_a_damaged_file_is_named_and_fetched_again(server, tmp_path):
    expected = svhn(folder=tmp_path, fetch=server)
    path = tmp_path / "test_32x32.mat"
    content = path.read_bytes()
    for damaged in (content[:-1], content[:200] + b"!" + content[201:], b""):
        path.write_bytes(damaged)
        with pytest.warns(UserWarning, match=f"{path} is damaged"):
            split = svhn(folder=tmp_path, fetch=server)
        np.testing.assert_array_equal(split.test_inputs, expected.test_inputs)
        assert path.read_bytes() == content


def test_what_comes_with_another_digest_is_refused_and_not_kept(server, tmp_path):
    server.contents["train_32x32.mat"] += b"x"
    with pytest.raises(
        ConnectionError, match=r"train_32x32\.mat must have .* SHA-256 .*, got .* Try"
    ):
        svhn(folder=tmp_path, fetch=server)
    assert list(tmp_path.iterdir()) == []


def test_without_the_network_one_sentence_says_what_to_do(tmp_path):
    def no_network(url):
        raise OSError("Name or service not known")

    with pytest.raises(ConnectionError) as error:
        cifar10(folder=tmp_path, fetch=no_network)
    assert str(error.value) == (
        "cifar-10-binary.tar.gz must be fetched once, got no answer from "
        "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz (Name or service not known). "
        f"Connect to the network, or put the file into {tmp_path} yourself."
    )


def test_a_file_put_there_by_hand_needs_no_network(server, tmp_path):
    for name, content in server.contents.items():
        (tmp_path / name).write_bytes(content)
    cifar10(folder=tmp_path, fetch=server)
    assert server.asked == []


def test_the_folder_is_the_users_cache_unless_told(server, tmp_path, monkeypatch):
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda name: tmp_path / name)
    svhn(fetch=server)
    assert (tmp_path / "flatlib" / "train_32x32.mat").is_file()


def test_the_right_file_is_used_where_it_cannot_be_kept(server, tmp_path):
    (tmp_path / "file").touch()
    with pytest.warns(
        UserWarning, match=r"ubyte\.gz cannot be kept in .*file \(File exists\)"
    ) as w:
        split = mnist(folder=tmp_path / "file", fetch=server)
    assert len(w) == 4
    np.testing.assert_array_equal(split.train_inputs, GREY[:5, ..., None] / 255)


def test_a_full_disk_costs_nothing_but_a_warning(server, tmp_path, monkeypatch):
    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.warns(UserWarning, match="No space left on device"):
        split = cifar10(folder=tmp_path, fetch=server)
    np.testing.assert_array_equal(split.train_labels, LABELS[:5])
    assert list(tmp_path.iterdir()) == []


def test_the_digests_are_those_of_the_published_files():
    files = (*images._MNIST_FILES, *images._SVHN_FILES, images._CIFAR)
    assert len({file.sha256 for file in files}) == 7
    assert all(len(file.sha256) == 64 for file in files)
    assert sum(file.size for file in images._MNIST_FILES) == pytest.approx(12e6, rel=0.05)
    assert sum(file.size for file in images._SVHN_FILES) == pytest.approx(246e6, rel=0.01)
    assert images._CIFAR.size == pytest.approx(170e6, rel=0.01)
