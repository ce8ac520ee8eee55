"""The experiment on ResNet-32 in small: what it keeps of a net, against matrices written out."""

from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')

from flatbook.own_networks import experiment_resnet32_cifar10 as experiment  # noqa: E402
from flatlib.data import Split, _cache  # noqa: E402
from flatlib.pytorch import dense_hessian, published  # noqa: E402
from flatlib.training._machine import machine  # noqa: E402

RANDOM = np.random.default_rng(0)
IMAGES = Split(
    RANDOM.uniform(size=(50, 8, 8, 3)), RANDOM.integers(10, size=50),
    RANDOM.uniform(size=(10, 8, 8, 3)), RANDOM.integers(10, size=10),
)  # fmt: skip
STARTED = published.resnet32


@pytest.fixture
def small(monkeypatch):
    """20 images of 8 x 8 and three blocks."""
    monkeypatch.setattr(experiment, "images_of_cifar", lambda: IMAGES)
    monkeypatch.setattr(experiment, "CLEAN", 20)
    monkeypatch.setattr(experiment, "POOL", 30)
    monkeypatch.setattr(experiment, "EPOCHS", 60)
    monkeypatch.setattr(experiment, "LOSS", 2.2)
    start = partial(STARTED, widths=(2, 3, 4), blocks=1)
    monkeypatch.setattr(published, "resnet32", start)


def made(**setting):
    return experiment.net(np.random.default_rng(0), **setting)


def test_a_net_comes_out_again_and_has_what_the_table_has(small):
    first, again = (made(labels="wrong", others=10) for _ in range(2))
    for name in first:
        np.testing.assert_array_equal(first[name], again[name])
    assert set(first) == set(experiment.KEPT)


def test_the_others_are_wrong_in_every_label_or_in_none():
    for labels, hits in (("wrong", 0), ("right", 10)):
        images, given = problem(labels)
        right = [
            IMAGES.train_labels[(IMAGES.train_inputs == image).all(axis=(1, 2, 3))].item()
            for image in images
        ]
        assert (np.array(right)[:20] == given[:20]).all()
        assert (np.array(right)[20:] == given[20:]).sum() == hits


def problem(labels, clean=20):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(experiment, "CLEAN", clean)
        patch.setattr(experiment, "POOL", 30)
        return experiment.problem(IMAGES, np.random.default_rng(1), labels=labels, others=10)


def test_outputs_times_one_factor_have_the_loss_and_the_same_answers():
    module = STARTED(np.random.default_rng(0), widths=(2, 3, 4), blocks=1)
    images, labels = IMAGES.train_inputs[:20], IMAGES.train_labels[:20]
    published.fit(module, images, labels, np.random.default_rng(1), epochs=60)
    said = published.outputs(module, images)
    for loss in (1.0, 0.2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(experiment, "LOSS", loss)
            louder, factor = experiment.at_loss(module, said, said.argmax(axis=1))
        heard = published.outputs(louder, images)
        np.testing.assert_allclose(heard, factor * said, rtol=0, atol=1e-5)  # float32
        targets = torch.as_tensor(said.argmax(axis=1))
        found = torch.nn.functional.cross_entropy(torch.as_tensor(heard), targets)
        np.testing.assert_allclose(found, loss, atol=1e-5)
        np.testing.assert_array_equal(heard.argmax(axis=1), said.argmax(axis=1))


def test_the_norms_are_those_of_the_whole_matrix(small, monkeypatch):
    """With many directions, the mean of squares is the squared norm to its own error."""
    monkeypatch.setattr(experiment, "NUM_SAMPLES", 40)
    monkeypatch.setattr(experiment, "STEP", 1e-4)
    module = published.resnet32(np.random.default_rng(2))
    images, labels = IMAGES.train_inputs[:20], IMAGES.train_labels[:20]
    published.fit(module, images, labels, np.random.default_rng(3), epochs=60)
    found = experiment.curvature(module, images, labels, np.random.default_rng(4))
    tensors = published.as_images(images).double(), labels
    matrix = dense_hessian(module.double(), "cross_entropy", *tensors)
    factors = dict(zip(("block1", "block2", "block3"), found["factors"], strict=True))
    _, moved = published.rescaled_blocks(module, factors)
    ends = np.cumsum([sum(p.numel() for p in part.parameters()) for part in module.children()])
    rows = np.split(np.arange(len(matrix)), np.unique(ends)[1:-1])  # stem and norm are one part
    for name, whole in (("", matrix), ("_rescaled", matrix / np.outer(moved, moved))):
        samples, norm = found[f"exact{name}"], np.square(whole).sum()
        error = samples.std() / np.sqrt(40)
        assert abs(samples.mean() - norm) < 4 * error
        assert 4 * error < norm  # twice as much would be seen
        shares = [np.square(whole[part]).sum() / norm for part in rows]
        np.testing.assert_allclose(found[f"shares{name}"], shares, atol=0.2)


def test_the_first_net_of_the_table_comes_out_again(monkeypatch):
    """Some minutes, where CIFAR-10 has been fetched, and on a processor that made the table."""

    def no_network(url, size):
        raise OSError("tests fetch nothing")

    found = experiment.RESNET32_CIFAR10
    monkeypatch.setattr(_cache, "download", no_network)
    try:
        digests = experiment.images_of_cifar().digests()
    except ConnectionError as error:
        pytest.skip(f"its images are not here: {error}")
    table = found.table()
    assert digests == table.provenance["data"]
    if machine() not in table.provenance["machines"]:
        pytest.skip("another processor leads to another net")
    torch.set_num_threads(1)
    found.check(table, 0)
