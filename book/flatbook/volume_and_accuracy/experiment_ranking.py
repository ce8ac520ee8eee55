"""Which measure of flatness ranks networks as their test accuracy does, and which keeps doing so.

Even or odd, from handwritten digits, as regression on -1 and 1 with 40 relu units. Every net fits
150 clean training images to rounding, and the more wrongly labelled images it had to fit beside
them, the worse it is on new ones (the attack of Wu et al., equation (12)). All curvature is that
of the mean square on the 150 clean images.
"""

import numpy as np

from flatbook.experiment import Experiment
from flatbook.significant import significant
from flatbook.volume_and_accuracy.curvatures import INVARIANT, MEASURES, OF_LAYERS, RAW, Interpolant
from flatbook.volume_and_accuracy.interpolation import interpolate
from flatlib.data import digits, parity
from flatlib.networks import MLP, Params

CLEAN = 150
NETWORK = MLP((64, 40, 1))
SPREAD = 1.5  # standard deviation of the logarithm of a random scale
DRAWS = 4
ATTACKS = (0, 10, 20, 35, 50, 75, 100, 150, 200, 300, 450, 600)
IMAGES = ("same", "new")
MORE = (0, 75, 150, 300, 600)
KEPT = (
    "test_accuracy",
    "unused_accuracy",
    "train_loss",
    "largest_residual",
    "kink_distance",
    *MEASURES,
)


def net(rng: np.random.Generator, *, attack: int) -> dict:
    """A net that fits 150 images and, beside them, some with the wrong label.

    Draws images, initial weights and random scales, in this order.

    Args:
        rng: randomness.
        attack: images with the wrong label.

    Returns:
        Accuracy on the test images, and on these and all training images that the net was not
        fitted to; losses, distance of the nearest image from a kink; raw and invariant measures;
        traces of the blocks of each unit, from which the trace under any scaling follows;
        logarithms to base 10 of the raw measures under random scalings, one row each.
    """
    chosen = rng.permutation(len(digits().train_inputs))[: CLEAN + attack]
    reached, kept = _fit(chosen, rng)
    incoming, outgoing = reached.unit_traces()
    return {
        **kept,
        "incoming_traces": significant(incoming, 6),
        "outgoing_traces": significant(outgoing, 6),
        "layers_scaled": _under_scalings(reached, rng.normal(size=(DRAWS, 1))),
        "units_scaled": _under_scalings(reached, rng.normal(size=(DRAWS, 40))),
    }


def clean(rng: np.random.Generator, *, images: str) -> dict:
    """A net that fits 150 images, and nothing else.

    Args:
        rng: randomness; of the initial weights alone, or first of the images.
        images: ``"same"`` for the same 150 in every net, ``"new"`` for others in each.

    Returns:
        `KEPT` of what `net` returns, eight digits of each.
    """
    drawn = rng if images == "new" else np.random.default_rng(0)
    kept = _fit(drawn.permutation(len(digits().train_inputs))[:CLEAN], rng)[1]
    return {name: significant(kept[name], 8) for name in KEPT}


def right(rng: np.random.Generator, *, more: int) -> dict:
    """A net that fits 150 images and, beside them, others with their right labels.

    Args:
        rng: draws images and initial weights, as for `net`.
        more: images beside the 150.

    Returns:
        `KEPT` of what `net` returns, eight digits of each: measured on the 150, like all nets here.
    """
    chosen = rng.permutation(len(digits().train_inputs))[: CLEAN + more]
    kept = _fit(chosen, rng, others=1.0)[1]
    return {name: significant(kept[name], 8) for name in KEPT}


def fit(
    chosen: np.ndarray, rng: np.random.Generator, *, others: float = -1.0
) -> tuple[np.ndarray, np.ndarray, Params, float]:
    """Fit the first 150 with their labels, all others with the wrong one.

    Args:
        chosen: numbers of training images.
        rng: draws the initial weights.
        others: what the targets of the others are multiplied by.

    Returns:
        The images, their targets, the params reached, and how good they are on the test images.
    """
    data = digits()
    inputs, targets = data.train_inputs[chosen], parity(data.train_labels[chosen])[:, 0]
    targets[CLEAN:] *= others
    params = interpolate(NETWORK, NETWORK.init(rng), inputs, targets)
    hits = NETWORK.predict(params, data.test_inputs)[:, 0] * parity(data.test_labels)[:, 0] > 0
    return inputs, targets, params, hits.mean()


def unused(chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and right answers of all images but these: the rest for training, and all for testing.

    Args:
        chosen: numbers of training images.
    """
    data = digits()
    inputs, labels = (np.delete(part, chosen, axis=0) for part in data[:2])
    inputs, labels = np.concatenate([inputs, data[2]]), np.concatenate([labels, data[3]])
    return inputs, parity(labels)[:, 0]


def _fit(chosen: np.ndarray, rng: np.random.Generator, **how) -> tuple[Interpolant, dict]:
    inputs, targets, params, accuracy = fit(chosen, rng, **how)
    residuals = NETWORK.predict(params, inputs)[:, 0] - targets
    reached = Interpolant(inputs[:CLEAN], *params[:2], params[2][:, 0], float(params[3][0]))
    fresh, answers = unused(chosen)
    return reached, {
        "test_accuracy": accuracy,
        "unused_accuracy": (NETWORK.predict(params, fresh)[:, 0] * answers > 0).mean(),
        "train_loss": (residuals[:CLEAN] ** 2).mean(),
        "largest_residual": np.abs(residuals).max(),
        "kink_distance": reached.kink_distance(),
        **dict(zip(RAW, reached.raw(), strict=True)),
        **dict(zip((*INVARIANT, *OF_LAYERS), reached.invariant(), strict=True)),
    }


def _under_scalings(reached: Interpolant, normals: np.ndarray) -> np.ndarray:
    values = np.array([reached.scaled(np.exp(SPREAD * row)).raw() for row in normals])
    logs = np.where(np.array(RAW) == "log_volume", values, np.log10(np.abs(values)))
    return np.round(logs, 4)


# The nets are reached quadratically, so another processor's rounding is not passed on: what comes
# out differs by a few 1e-12 of its size (measured on three kinds of processor). Other weights
# change every measure in its first three digits. The arrays may differ by one step of rounding.
_TOLERANCES = {
    **dict.fromkeys((*RAW, *INVARIANT, *OF_LAYERS, "largest_residual"), 1e-5),
    **dict.fromkeys(("test_accuracy", "unused_accuracy"), 0.0),
    **{"train_loss": 1e-20, "kink_distance": 1e-9},
    **dict.fromkeys(("wu_right", "layer_weighted"), 2e-3),
}
_OF_SCALINGS = {
    **dict.fromkeys(("incoming_traces", "outgoing_traces"), 2e-3),
    **dict.fromkeys(("layers_scaled", "units_scaled"), 2e-4),
}

RANKING = Experiment(
    name="ranking",
    function=net,
    settings=tuple({"attack": attack} for attack in ATTACKS),
    seeds=tuple(range(8)),
    tolerances={**_TOLERANCES, **_OF_SCALINGS},
)
RANKING_CLEAN = Experiment(
    name="ranking_clean",
    function=clean,
    settings=tuple({"images": images} for images in IMAGES),
    seeds=tuple(range(200)),
    tolerances={name: _TOLERANCES[name] for name in KEPT},
)
RANKING_RIGHT = Experiment(
    name="ranking_right",
    function=right,
    settings=tuple({"more": more} for more in MORE),
    seeds=tuple(range(10)),
    tolerances={name: _TOLERANCES[name] for name in KEPT},
)
