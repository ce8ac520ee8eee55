"""Figure 3 of Wu et al. with its own large network: ResNet-32 on the first images of CIFAR-10.

Every net is fitted to the first 1000 training images and, beside them, to up to 3000 of the next
with a wrong label each (equation (12) with weight 1), or with their right ones as a control. All
curvature is that of the cross-entropy of the 1000, with batch normalization in evaluation.
PyTorch trains, and `flatlib.pytorch` measures. CIFAR-10 is fetched when this is first run.
"""

import copy
from functools import cache
from typing import Any

import numpy as np
from scipy.special import log_softmax

from flatbook.experiment import LongNets
from flatlib.data import Split, cifar10
from flatlib.training import wrong_labels

CLEAN, POOL, TEST = 1000, 3000, 1000
KINDS = (("wrong", 0), ("wrong", 500), ("wrong", 1000), ("wrong", 2000), ("wrong", 3000),
         ("right", 1000), ("right", 2000), ("right", 3000))  # fmt: skip
EPOCHS = 30  # passes over all images of a net; in a trial 21 were enough for 3000 wrong labels
LOSS = 0.01  # to which the nets are also brought, by a factor on their last layer
NUM_SAMPLES = 3  # directions; a product with one takes 20 s
STEP = 1e-5  # of equation (14), the paper's
BATCH = 100


def net(rng: np.random.Generator, *, labels: str, others: int) -> dict[str, Any]:
    """Train one net, and measure it.

    Args:
        rng: draws the others, their labels, weights, batches, factors of blocks and directions.
        labels: ``"wrong"`` or ``"right"``, of the others.
        others: images beside the 1000.

    Returns:
        What `fitted` and `curvature` say.
    """
    from flatlib.pytorch import published

    images, given = problem(images_of_cifar(), rng, labels=labels, others=others)
    module = published.resnet32(rng)
    weights = np.full(len(given), len(given) / CLEAN)
    weights[CLEAN:] = len(given) / max(others, 1)
    published.fit(module, images, given, rng, epochs=EPOCHS, weights=weights)
    measured = curvature(module, images[:CLEAN], given[:CLEAN], rng)
    return {**fitted(module, images, given), **measured}


def problem(
    data: Split, rng: np.random.Generator, *, labels: str, others: int
) -> tuple[np.ndarray, np.ndarray]:
    """The images that a net is fitted to, and the labels it is given; the clean ones first."""
    chosen = CLEAN + rng.permutation(POOL)[:others]
    right = data.train_labels[chosen]
    given = wrong_labels(right, 10, rng) if labels == "wrong" else right
    images = np.concatenate([data.train_inputs[:CLEAN], data.train_inputs[chosen]])
    return images, np.concatenate([data.train_labels[:CLEAN], given])


def fitted(module: Any, images: np.ndarray, given: np.ndarray) -> dict[str, float]:
    """Mean cross-entropy and accuracy on the 1000, on the others, and accuracy on the test set."""
    from flatlib.pytorch import published

    data, said = images_of_cifar(), published.outputs(module, images)
    right = said.argmax(axis=1) == given
    losses = -log_softmax(said, axis=1)[np.arange(len(given)), given]
    tested = published.outputs(module, data.test_inputs).argmax(axis=1) == data.test_labels
    has_others = len(given) > CLEAN
    return {
        "train_loss": float(losses[:CLEAN].mean()),
        "train_accuracy": float(right[:CLEAN].mean()),
        "others_loss": float(losses[CLEAN:].mean()) if has_others else 0.0,
        "others_accuracy": float(right[CLEAN:].mean()) if has_others else 1.0,
        "test_accuracy": float(tested.mean()),
    }


def curvature(
    module: Any, images: np.ndarray, labels: np.ndarray, rng: np.random.Generator
) -> dict[str, Any]:
    """Squared Frobenius norms along the same directions, before and after blocks are rescaled.

    Every filter of a block is multiplied by a factor of the block, from 0.1 to 10, which changes
    no output. ``exact`` are samples ``|Hz|^2`` from products with the Hessian, ``printed`` those of
    equation (14) as printed. ``shares`` are the parts that the rows of each part of the module have
    in ``exact``: the first convolution, 15 blocks, the output layer. ``exact_matched`` are those of
    the module whose outputs are multiplied by ``loudness``, so that its loss is 0.01.
    """
    from flatlib import pytorch
    from flatlib.pytorch import published

    blocks = [name for name, _ in module.named_children() if name.startswith("block")]
    factors = 10.0 ** rng.uniform(-1, 1, size=len(blocks))
    scaled, moved = published.rescaled_blocks(module, dict(zip(blocks, factors, strict=True)))
    probes = rng.standard_normal((NUM_SAMPLES, len(moved))).T
    data = ("cross_entropy", published.as_images(images), labels)
    hessian = pytorch.hessian_operator(module, *data, batch_size=BATCH)
    both = hessian @ np.concatenate([probes, probes / moved[:, None]], axis=1)
    exact = both[:, :NUM_SAMPLES], both[:, NUM_SAMPLES:] / moved[:, None]
    outputs = [published.outputs(one, images) for one in (module, scaled)]
    changed = float(np.abs(np.subtract(*outputs)).max())
    kept = {"factors": factors, "output_change": changed}
    kept |= _matched(module, outputs[0], data, probes)
    for one, products, name in zip((module, scaled), exact, ("", "_rescaled"), strict=True):
        moves = pytorch.difference_operator(one, *data, step=STEP, batch_size=BATCH)
        kept[f"printed{name}"] = 2 * np.square(moves @ probes).sum(axis=0)
        kept[f"exact{name}"] = np.square(products).sum(axis=0)
        kept[f"shares{name}"] = _shares(module, products)
    return kept


def _matched(module: Any, said: np.ndarray, data: Any, probes: np.ndarray) -> dict[str, Any]:
    """The factor that brings the loss to 0.01, and the squared norms with it."""
    from flatlib import pytorch

    louder, loudness = at_loss(module, said, data[-1])
    products = pytorch.hessian_operator(louder, *data, batch_size=BATCH) @ probes
    return {"loudness": loudness, "exact_matched": np.square(products).sum(axis=0)}


def at_loss(module: Any, said: np.ndarray, labels: np.ndarray) -> tuple[Any, float]:
    """The module with all outputs times one factor, which no prediction notices; and the factor.

    With it the mean cross-entropy of ``labels``, given what the module has ``said``, is 0.01.
    """
    from scipy.optimize import brentq

    def excess(log_factor: float) -> float:
        terms = log_softmax(np.exp(log_factor) * said, axis=1)[np.arange(len(labels)), labels]
        return float(np.log(-terms.mean() / LOSS))

    loudest = 0 if excess(0) < 0 else 5  # a loss that is below already needs less
    factor = float(np.exp(brentq(excess, -5, loudest, xtol=1e-12)))
    louder = copy.deepcopy(module)
    for parameter in louder.head.parameters():
        parameter.data *= factor
    return louder, factor


def _shares(module: Any, products: np.ndarray) -> np.ndarray:
    """Of the first convolution with its normalization, each block, and the output layer."""
    sizes = [sum(p.numel() for p in part.parameters()) for _, part in module.named_children()]
    stem, norm, *rest = [size for size in sizes if size]
    starts = np.cumsum([0, stem + norm, *rest[:-1]])
    squares = np.add.reduceat(np.square(products).mean(axis=1), starts)
    return squares / squares.sum()


@cache
def images_of_cifar() -> Split:
    """The first 4000 training images and the first 1000 to test on."""
    return cifar10(num_train=CLEAN + POOL, num_test=TEST)


# With one thread on the processor that made a net, all of it comes out again. On another one the
# roundings of a thousand steps in bfloat16 lead to another net, as another seed does.
KEPT = ("train_loss", "train_accuracy", "others_loss", "others_accuracy", "test_accuracy",
        "factors", "output_change", "loudness", "exact_matched", "exact", "printed", "shares",
        "exact_rescaled", "printed_rescaled", "shares_rescaled")  # fmt: skip

RESNET32_CIFAR10 = LongNets(
    name="resnet32_cifar10",
    function=net,
    settings=tuple({"labels": labels, "others": others} for labels, others in KINDS),
    seeds=(0, 1),
    tolerances=dict.fromkeys(KEPT, 0.0),
    data=images_of_cifar,
)
