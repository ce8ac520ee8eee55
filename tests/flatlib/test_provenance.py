"""What a table says of its making: which machine, how long each net took, and from what data."""

import hashlib
import socket
import struct
import time

import numpy as np
import pytest
from sweep_jobs import draw, logged

from flatlib.data import Split
from flatlib.training import read_table, sweep
from flatlib.training._machine import machine
from flatlib.training._nets import Net, full_name
from flatlib.training._store import Record, Store, encode


def run(function, folder, settings, seeds=range(3)):
    return sweep(function, settings, seeds, folder, jobs=1, progress=False)


def waits(rng, seconds):
    time.sleep(seconds)
    return {"number": rng.normal()}


def test_the_processor_is_named_and_the_host_is_not(tmp_path):
    (named,) = run(draw, tmp_path, [{"size": 2}]).provenance["machines"]
    assert named == machine()
    assert named.endswith(" cores")
    assert len(named.rpartition(", ")[0]) > 2
    assert socket.gethostname() not in named


def test_each_net_says_how_long_it_took_and_waiting_is_no_work(tmp_path):
    table = run(waits, tmp_path, [{"seconds": 0.05}, {"seconds": 0.0}], range(2))
    wall, worked = (np.array(table.provenance["each"][f"{k}seconds"]) for k in ("", "processor_"))
    assert wall.shape == worked.shape == (4,)
    assert (wall[:2] >= 0.05).all()
    assert (worked[:2] < wall[:2]).all()
    np.testing.assert_allclose(wall.sum(), table.provenance["seconds"], atol=1e-9)


def test_nets_are_made_seed_by_seed_and_stand_setting_by_setting(tmp_path):
    settings = [{"log": str(tmp_path / "log"), "size": size} for size in (1, 2)]
    table = run(logged, tmp_path / "nets", settings)
    assert list(table["seed"]) == [0, 1, 2, 0, 1, 2]
    expected = [np.random.default_rng(seed).normal() for seed in (0, 0, 1, 1, 2, 2)]
    lines = (tmp_path / "log").read_text(encoding="utf-8").splitlines()
    np.testing.assert_allclose([float(line) for line in lines], expected, rtol=1e-15)


def test_a_net_of_an_older_library_is_used_and_what_it_does_not_say_is_left_open(tmp_path):
    table = run(draw, tmp_path, [{"size": 2}], [0])
    older = {k: table.provenance[k] for k in ("code",)}
    older |= {"flatlib": "0.1", "numpy": "1.26", "seconds": 1.5, "finished": "2025-01-01T00:00:00"}
    net, store = Net(full_name(draw), {"size": 2}, 0), Store(tmp_path)
    result = store.read(net).result
    store.path(net).write_bytes(encode(net, Record(result, older)))
    about = run(draw, tmp_path, [{"size": 2}], [0]).provenance
    assert about["machines"] == ["unknown"]
    assert about["each"] == {"seconds": [1.5], "processor_seconds": [None]}


def split(**fields):
    numbers = np.arange(6.0).reshape(3, 2)
    made = {"train_inputs": numbers, "train_labels": np.arange(3), "test_inputs": -numbers}
    return Split(**{**made, "test_labels": np.arange(3), **fields})


def test_digests_are_of_the_numbers_in_their_order():
    packed = hashlib.sha256(struct.pack("<6d", *range(6))).hexdigest()
    assert split().digests()["train_inputs"] == packed
    labels = hashlib.sha256(struct.pack("<3q", *range(3))).hexdigest()
    assert split().digests()["test_labels"] == labels


@pytest.mark.parametrize("dtype", [">f8", "<f8"])
def test_digests_are_the_same_on_another_kind_of_machine(dtype):
    other = split(train_inputs=np.asfortranarray(np.arange(6.0, dtype=dtype).reshape(3, 2)))
    assert other.digests() == split().digests()


def test_one_other_pixel_is_seen_and_where():
    planted = np.arange(6.0).reshape(3, 2)
    planted[2, 1] = np.nextafter(5.0, 6.0)
    found, wrong = split().digests(), split(train_inputs=planted).digests()
    assert {name for name in found if found[name] != wrong[name]} == {"train_inputs"}


def test_digests_stand_in_the_file_if_there_are_some(tmp_path):
    table = run(draw, tmp_path / "nets", [{"size": 2}])
    table.write(tmp_path / "table.json", command="make sweeps", data=split().digests())
    assert read_table(tmp_path / "table.json").provenance["data"] == split().digests()
    table.write(tmp_path / "table.json", command="make sweeps")
    assert "data" not in read_table(tmp_path / "table.json").provenance


@pytest.mark.parametrize("data", [["a"], {"train": 5}, {1: "a"}, "abc"])
def test_what_is_no_dict_of_digests_is_refused(tmp_path, data):
    table = run(draw, tmp_path / "nets", [{"size": 2}])
    with pytest.raises(TypeError, match=r"data must be a dict of digests by name, got .* Pass"):
        table.write(tmp_path / "table.json", command="make sweeps", data=data)
    assert not (tmp_path / "table.json").exists()
