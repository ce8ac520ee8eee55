"""Descent to one loss by PyTorch: step by step that of the library, and exact at its end."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason='needs pip install ".[torch]"')

import flatlib  # noqa: E402
from flatlib.networks import Conv, ConvNet, Dense, MaxPool  # noqa: E402
from flatlib.params import flatten  # noqa: E402
from flatlib.pytorch import _way, descents, down_to  # noqa: E402
from flatlib.training import descent  # noqa: E402

NUMBER = 40
NETWORKS = {
    "convolutional": ConvNet((6, 6, 1), (Conv(4, 3), MaxPool(2), Dense(3))),
    "dense": flatlib.MLP((36, 6, 3)),
}


@pytest.fixture(params=NETWORKS)
def objective(request):
    network, rng = NETWORKS[request.param], np.random.default_rng(0)
    labels = rng.integers(3, size=NUMBER)
    inputs = rng.normal(size=(NUMBER, 36)) + rng.normal(size=(3, 36))[labels]
    shape = network.input_shape if isinstance(network, ConvNet) else (36,)
    return flatlib.Objective(network, "cross_entropy", inputs.reshape(-1, *shape), labels)


def starting(objective):
    return objective.network.init(np.random.default_rng(1))


@pytest.mark.parametrize("batch_size", [NUMBER, 7])
def test_it_takes_the_steps_of_the_library(objective, batch_size):
    """Three passes without an end: the same draws, and the same gradients to rounding."""
    start, most = starting(objective), 3 * -(-NUMBER // batch_size)
    how = {"rate": 0.02, "batch_size": batch_size, "most": most, "kind": "float64"}
    found = down_to(objective, start, np.random.default_rng(2), loss=1e-9, **how)
    expected = descent(
        objective, start, np.random.default_rng(2),
        epochs=3, learning_rate=0.02, momentum=0.9, batch_size=batch_size,
    )  # fmt: skip
    assert (found.steps, found.reached) == (most, False)
    np.testing.assert_allclose(flatten(found.params), flatten(expected.params), atol=1e-12)


@pytest.mark.parametrize("kind", ["float32", "float64"])
@pytest.mark.parametrize("batch_size", [NUMBER, 7])
def test_it_ends_at_the_loss_of_the_objective(objective, batch_size, kind):
    start, rounding = starting(objective), {"float32": 1e-6, "float64": 1e-12}[kind]
    how = {"rate": 0.02, "batch_size": batch_size, "most": 900, "kind": kind}
    found = down_to(objective, start, np.random.default_rng(2), loss=0.1, **how)
    assert found.reached
    np.testing.assert_allclose(objective(found.params), 0.1, atol=rounding)


@pytest.mark.parametrize("batch_size", [NUMBER, 7])
def test_only_the_last_step_is_shortened_and_none_before_it_is_below(objective, batch_size):
    """Point by point: one step less is above the loss, and the whole last step below."""
    start = starting(objective)
    how = {"rate": 0.02, "batch_size": batch_size, "kind": "float64"}
    found = down_to(objective, start, np.random.default_rng(2), loss=0.1, most=900, **how)
    points = [start]
    for most in range(1, found.steps + 1):
        run = down_to(objective, start, np.random.default_rng(2), loss=1e-9, most=most, **how)
        points.append(run.params)
    losses = np.array([objective(point) for point in points])
    assert (losses[:-1] > 0.1).all()
    assert losses[-1] <= 0.1
    before, after, there = (flatten(point) for point in (*points[-2:], found.params))
    share = (there - before) @ (after - before) / ((after - before) ** 2).sum()
    assert 0 < share <= 1
    np.testing.assert_allclose(there, before + share * (after - before), atol=1e-10)


def test_a_start_that_is_below_already_is_refused(objective):
    how = {"rate": 0.01, "batch_size": 7, "most": 9}
    with pytest.raises(ValueError, match="must be passed by the last step"):
        down_to(objective, starting(objective), np.random.default_rng(2), loss=50.0, **how)


@pytest.mark.parametrize("batch_size", [NUMBER, 7])
def test_whoever_looks_too_late_is_told_and_gets_no_net(objective, batch_size, monkeypatch):
    """As if the loss had first been looked at when a whole pass was far below it."""
    monkeypatch.setattr(descents, "_NEAR", 0.2)
    how = {"rate": 0.02, "batch_size": batch_size, "most": 900}
    with pytest.raises(ValueError, match="must be passed by the last step"):
        down_to(objective, starting(objective), np.random.default_rng(2), loss=0.1, **how)


def test_parts_change_nothing(objective, monkeypatch):
    how = {"rate": 0.02, "batch_size": NUMBER, "most": 900, "loss": 0.1, "kind": "float64"}
    whole = down_to(objective, starting(objective), np.random.default_rng(2), **how)
    monkeypatch.setattr(_way, "_PART", 9)
    parts = down_to(objective, starting(objective), np.random.default_rng(2), **how)
    assert whole.steps == parts.steps
    np.testing.assert_allclose(flatten(whole.params), flatten(parts.params), atol=1e-10)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"loss": 0.0}, "loss"),
        ({"rate": -1.0}, "rate"),
        ({"batch_size": 0}, "batch_size"),
        ({"most": 0}, "most"),
        ({"momentum": -0.1}, "momentum"),
        ({"momentum": 1.0}, "momentum"),
        ({"kind": "float16"}, "kind"),
    ],
)
def test_numbers_out_of_range_are_refused(objective, changed, words):
    how = {"rate": 0.02, "batch_size": 7, "most": 9, "loss": 0.1} | changed
    with pytest.raises(ValueError, match=words):
        down_to(objective, starting(objective), np.random.default_rng(2), **how)


def test_a_descent_to_infinity_is_no_net(objective):
    how = {"rate": 1e30, "batch_size": 7, "most": 99, "loss": 1e-6}
    with pytest.raises(ValueError, match="rate must be one at which the loss stays finite"):
        down_to(objective, starting(objective), np.random.default_rng(2), **how)


def test_a_start_without_a_finite_loss_is_told_from_a_rate_that_is_too_large(objective):
    start = [1e40 * array for array in starting(objective)]
    how = {"rate": 1e-9, "batch_size": 7, "most": 9, "loss": 0.1}
    with pytest.raises(ValueError, match="start must have a finite loss in float32"):
        down_to(objective, start, np.random.default_rng(2), **how)
    down_to(objective, start, np.random.default_rng(2), **how, kind="float64")


def test_what_is_no_generator_or_no_params_is_refused(objective):
    how = {"rate": 0.02, "batch_size": 7, "most": 9, "loss": 0.1}
    with pytest.raises(TypeError, match="rng must be"):
        down_to(objective, starting(objective), 0, **how)
    start = [np.full_like(array, np.nan) for array in starting(objective)]
    for wrong in (start, starting(objective)[:-1]):
        with pytest.raises(ValueError, match="params"):
            down_to(objective, wrong, np.random.default_rng(2), **how)


def test_another_loss_is_refused():
    net = flatlib.MLP((1, 2))
    squared = flatlib.Objective(net, "squared", [[1.0]], [[1.0, 2.0]])
    decayed = flatlib.Objective(net, "cross_entropy", [[1.0]], [1], l2=0.1)
    for objective in (squared, decayed):
        with pytest.raises(ValueError, match="cross_entropy"):
            down_to(objective, net.init(np.random.default_rng(0)), np.random.default_rng(0),
                    loss=0.1, rate=0.1, batch_size=1, most=1)  # fmt: skip
