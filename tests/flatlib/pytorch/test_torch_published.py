"""ResNet-32 and what is done to it, against another writing of its layers and dense matrices."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')
from torch.nn import functional  # noqa: E402

from flatlib.networks import resnet_parts  # noqa: E402
from flatlib.pytorch import dense_hessian, difference_operator, examples, published  # noqa: E402

STEP = 1e-8  # so short that no unit changes its sign between the two points of these nets


IMAGES, RNG = np.ones((2, 8, 8, 3)), np.random.default_rng(0)


def small(seed=0):
    """A net of three blocks on images of 8 x 8, in float64, whose statistics have seen data."""
    rng = np.random.default_rng(seed)
    net = published.resnet32(rng, widths=(2, 3, 4), blocks=1)
    images, labels = rng.uniform(size=(12, 8, 8, 3)), rng.integers(10, size=12)
    published.fit(net, images, labels, rng, epochs=3)
    return net.double(), published.as_images(images).double(), labels


def by_hand(net, images):
    """The same numbers through functions of PyTorch, shortcuts by pooling and concatenation."""
    state = net.state_dict()

    def normalized(maps, name):
        mean, variance = state[f"{name}.running_mean"], state[f"{name}.running_var"]
        scale = state[f"{name}.weight"] / (variance + 1e-5).sqrt()
        shift = state[f"{name}.bias"] - mean * scale
        return maps * scale[:, None, None] + shift[:, None, None]

    maps = normalized(functional.conv2d(images, state["stem.weight"], padding=1), "norm").relu()
    for number in range(1, 4):
        name, stride = f"block{number}.inner", 1 if number == 1 else 2
        inner = functional.conv2d(maps, state[f"{name}.conv1.weight"], stride=stride, padding=1)
        inner = normalized(inner, f"{name}.norm1").relu()
        inner = functional.conv2d(inner, state[f"{name}.conv2.weight"], padding=1)
        inner = normalized(inner, f"{name}.norm2")
        kept = functional.avg_pool2d(maps, 1, stride)
        zeros = torch.zeros_like(inner[:, kept.shape[1] :])
        maps = (inner + torch.cat([kept, zeros], dim=1)).relu()
    return maps.mean(dim=(2, 3)) @ state["head.weight"].T + state["head.bias"]


def test_it_has_the_parameters_that_are_counted_part_by_part():
    net = published.resnet32(np.random.default_rng(0))
    sizes = {name: sum(p.numel() for p in part.parameters()) for name, part in net.named_children()}
    stages = [sum(sizes[f"block{5 * s + b}"] for b in range(1, 6)) for s in range(3)]
    found = [sizes["stem"] + sizes["norm"], *stages, sizes["head"]]
    assert found == list(resnet_parts("ResNet-32").values())
    assert net(torch.zeros(2, 3, 32, 32)).shape == (2, 10)


def test_its_layers_are_those_of_the_paper():
    net, images, _ = small()
    with torch.no_grad():
        found = net(images)
    # float64, some ten layers
    np.testing.assert_allclose(found, by_hand(net, images), rtol=0, atol=1e-12 * found.abs().max())


def test_pixels_become_entries_from_minus_two_to_two():
    images = np.linspace(0, 1, 24).reshape(1, 2, 4, 3)
    found = published.as_images(images)
    assert found.dtype == torch.float32
    np.testing.assert_allclose(found.permute(0, 2, 3, 1), 4 * images - 2, rtol=0, atol=1e-6)


def test_weights_of_examples_are_those_of_their_losses():
    """Twice the weight at half the rate is the same training; another weight is another."""

    def trained(labels, rate):
        module = examples.small_resnet(np.random.default_rng(0), channels=2)
        images = examples.digits()[0][:20]
        steps = torch.optim.SGD(module.parameters(), lr=rate, momentum=0.9)
        options = {"epochs": 2, "optimizer": steps}
        examples.train(module, images, labels, np.random.default_rng(1), **options)
        return torch.cat([p.detach().ravel() for p in module.parameters()])

    labels = examples.digits()[1][:20]
    rows = torch.eye(10, dtype=torch.float64)[labels]
    plain = trained(labels, 0.05)
    # the order of sums, over four steps
    np.testing.assert_allclose(trained(2 * rows, 0.025), plain, rtol=0, atol=1e-12)
    other = torch.linspace(0.5, 1.5, 20, dtype=torch.float64)[:, None] * rows
    assert (trained(other, 0.05) - plain).abs().max() > 1e-4


def test_rescaled_blocks_do_the_same_and_have_the_hessian_of_theorem_3():
    net, images, labels = small()
    factors = {"block1": 0.2, "block2": 3.0, "block3": 7.0}
    scaled, moved = published.rescaled_blocks(net, factors)
    with torch.no_grad():
        np.testing.assert_allclose(scaled(images), net(images), rtol=0, atol=1e-12)
    theta, shifted = (
        torch.cat([p.detach().ravel() for p in one.parameters()]) for one in (net, scaled)
    )
    np.testing.assert_allclose(shifted, theta * torch.as_tensor(moved), rtol=1e-12)
    before, after = (dense_hessian(one, "cross_entropy", images, labels) for one in (net, scaled))
    expected = before / np.outer(moved, moved)
    np.testing.assert_allclose(after, expected, rtol=0, atol=1e-10 * np.abs(expected).max())
    owners = [name for name, p in net.named_parameters() for _ in range(p.numel())]
    for name, factor in factors.items():
        filters = [k for k, owner in enumerate(owners) if name in owner and "conv" in owner]
        np.testing.assert_allclose(moved[filters], factor, rtol=1e-15)


def test_statistics_that_stay_behind_are_seen():
    net, images, _ = small()
    scaled, _ = published.rescaled_blocks(net, {"block1": 3.0})
    scaled.block1.inner.norm1.running_var /= 9.0
    with torch.no_grad():
        assert (scaled(images) - net(images)).abs().max() > 1e-3


@pytest.mark.parametrize("batch_size", [None, 5])
@pytest.mark.parametrize("loss", ["cross_entropy", "squared"])
def test_differences_over_a_short_step_are_products_with_the_hessian(loss, batch_size):
    net, images, labels = small()
    targets = labels if loss == "cross_entropy" else np.eye(10)[labels]
    matrix = dense_hessian(net, loss, images, targets)
    directions = np.random.default_rng(0).normal(size=(len(matrix), 2))
    moves = difference_operator(net, loss, images, targets, step=STEP, batch_size=batch_size)
    expected = matrix @ directions
    # rounding of a gradient, 1e-15, by the step
    np.testing.assert_allclose(
        moves @ directions, expected, rtol=0, atol=1e-5 * np.abs(expected).max()
    )


def test_differences_leave_the_module_where_it_was():
    net, images, labels = small()
    moves = difference_operator(net, "cross_entropy", images, labels)
    before = net(images).detach()
    first = moves @ np.ones(moves.shape[0])
    np.testing.assert_array_equal(moves @ np.ones(moves.shape[0]), first)
    np.testing.assert_array_equal(net(images).detach(), before)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda net, x, y: difference_operator(net, "cross_entropy", x, y, step=0.0), "step must"),
        (lambda net, x, y: difference_operator(net, "hinge", x, y), "loss must"),
        (lambda net, x, y: published.rescaled_blocks(net, {"block1": 0.0}), "positive"),
        (lambda net, x, y: published.rescaled_blocks(net.train(), {"block1": 2.0}), "evaluation"),
        (lambda net, x, y: published.rescaled_blocks(net, {"block9": 2.0}), "factors must"),
        (lambda net, x, y: published.as_images(np.ones((3, 4))), "inputs must"),
        (lambda net, x, y: published.resnet32(np.random.default_rng(0), blocks=0), "blocks must"),
        (lambda net, x, y: published.fit(net, IMAGES, [0, 1], RNG, epochs=1, weights=[1.0]),
         "weights must"),
        (lambda net, x, y: published.fit(net, IMAGES, [0, 10], RNG, epochs=1), "labels must"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused(call, words):
    net, images, labels = small()
    with pytest.raises(ValueError, match=words):
        call(net, images, labels)
