"""The images that travel with the book are MNIST's first, to the last bit."""

import json
from pathlib import Path

import numpy as np
import pytest

from flatbook import mnist_sample as module
from flatbook.mnist_sample import mnist_sample
from flatlib.data import _cache, mnist

# Of the 512 training and 500 test images as `mnist` returns them, computed from the official files.
DIGESTS = {
    "train_inputs": "272facbb35f8d98cf4b63bb9b46e4a8388061d0fce10f5f1c614942c31caf18c",
    "train_labels": "2247a83eb2a179e9d924d35a82a77d1eb9c69f73f075905974ed80b6bbab3acf",
    "test_inputs": "05bfc4a4dc23f81dc9cd4e593f45947c713fb943dc5f3e86a10c5d3275f897ae",
    "test_labels": "d9c1ee129708614296525e1d5d088e7f6c31867941fca58d4df714564188c7d2",
}


def official(monkeypatch):
    """As cut from the files with the published digests; skipped where these are not."""

    def no_network(url, size):
        raise OSError("tests fetch nothing")

    monkeypatch.setattr(_cache, "download", no_network)
    try:
        return mnist(num_train=512, num_test=500)
    except ConnectionError as error:
        pytest.skip(f"the official files are not here: {error}")


def test_the_sample_has_the_digests_of_the_official_files():
    assert mnist_sample().digests() == DIGESTS


def test_the_digests_are_those_of_the_official_files(monkeypatch):
    assert official(monkeypatch).digests() == DIGESTS


def test_one_other_pixel_is_seen(monkeypatch):
    """The planted error: one pixel of one image, by one step of 255."""
    images = mnist_sample().test_inputs.copy()
    images[17, 14, 14, 0] += 1 / 255
    planted = mnist_sample()._replace(test_inputs=images).digests()
    assert {name for name in DIGESTS if planted[name] != DIGESTS[name]} == {"test_inputs"}


def test_it_looks_like_mnist():
    sample = mnist_sample()
    assert sample.train_inputs.shape == (512, 28, 28, 1)
    assert sample.test_inputs.shape == (500, 28, 28, 1)
    for images, labels in (sample[:2], sample[2:]):
        assert (images.min(), images.max()) == (0.0, 1.0)
        assert set(np.unique(labels)) == set(range(10))
    assert list(sample.train_labels[:5]) == [5, 0, 4, 1, 9]


def test_the_file_names_its_source_and_its_licence():
    kept = json.loads(Path(module.__file__).with_suffix(".json").read_text(encoding="utf-8"))
    assert "lecun.com" in kept["source"]
    assert kept["licence"].startswith("CC BY-SA 3.0")
    assert "LeCun" in kept["authors"]
