"""How a descent ends: at infinity, by hand, and what the run then says."""

import numpy as np
import pytest
from descent_runs import linear_problem, run
from strategies import make_case

import flatlib
from flatlib.training import IncompleteRun, descent

RNG = np.random.default_rng


def test_a_descent_that_diverges_returns_the_run_so_far():
    case, design = linear_problem()
    stable = 1.9 / np.linalg.eigvalsh(design.T @ design / 20)[-1]
    options = {"epochs": 1000, "momentum": 0.0, "batch_size": 20}
    with pytest.warns(IncompleteRun, match=r"diverged in epoch (\d+) of 1000, learning_rate 100:"):
        cut = descent(case.objective, case.params, RNG(0), learning_rate=100.0, **options)
    assert cut.ended == "diverged"
    epochs = len(cut.losses) - 1
    assert (
        repr(cut)
        == f"Run({epochs} epochs, loss {cut.losses[0]:.3g} to {cut.losses[-1]:.3g}, diverged)"
    )
    assert np.isfinite(cut.losses).all()
    np.testing.assert_allclose(case.objective(cut.params), cut.losses[-1], rtol=1e-12)
    assert (
        descent(case.objective, case.params, RNG(0), learning_rate=stable, **options).ended
        == "epochs"
    )


@pytest.mark.parametrize("scale", [1.0, 1e8])
def test_a_loss_that_is_finite_still_has_diverged(scale):
    """The loss grows a thousandfold in each epoch, and has none left in which to be infinite."""
    curve, params = (lambda params: scale * params[0][0] ** 2), (np.array([1.0]),)
    options = {"momentum": 0.0, "batch_size": None, "learning_rate": 16.3 / scale}
    with pytest.warns(IncompleteRun, match="diverged in epoch 4 of 5"):
        cut = descent(curve, params, RNG(0), epochs=5, **options)
    assert len(cut.losses) == 4
    assert cut.losses[-1] / scale == pytest.approx(31.6**6)
    assert descent(curve, params, RNG(0), epochs=3, **options).ended == "epochs"


@pytest.mark.parametrize("activation", ["relu", "tanh", "square"])
def test_a_deep_net_that_diverges_stays_finite(activation):
    case = make_case((3, 5, 5, 2), activation)
    with pytest.warns(IncompleteRun, match=r"Pass a smaller learning_rate"):
        cut = descent(
            case.objective, case.params, RNG(0), epochs=2000, learning_rate=1e8, batch_size=6
        )
    assert np.isfinite(flatlib.flatten(cut.params)).all()


def test_the_advice_for_a_run_that_diverged_works_when_followed():
    case, _ = linear_problem()
    with pytest.warns(IncompleteRun, match="smaller learning_rate"):
        cut = descent(case.objective, case.params, RNG(0), epochs=1000, learning_rate=100.0)
    again = descent(case.objective, case.params, RNG(0), epochs=1000, learning_rate=0.01)
    assert (cut.ended, again.ended) == ("diverged", "epochs")


def test_ctrl_c_returns_the_run_so_far():
    case, _ = linear_problem()

    def press(params, seen=[]):  # noqa: B006 -- it counts its calls
        seen.append(params)
        if len(seen) == 3:
            raise KeyboardInterrupt

    options = {"learning_rate": 0.1, "batch_size": 20}
    with pytest.warns(
        IncompleteRun, match=r"was interrupted in epoch 4 of 9, .* Go on from run\.params"
    ):
        cut = descent(case.objective, case.params, RNG(0), epochs=9, stop=press, **options)
    whole = descent(case.objective, case.params, RNG(0), epochs=3, **options)
    assert cut.ended == "interrupted"
    np.testing.assert_array_equal(cut.losses, whole.losses)
    np.testing.assert_array_equal(flatlib.flatten(cut.params), flatlib.flatten(whole.params))


def test_the_bar_shows_the_loss(capsys):
    case, _ = linear_problem()
    done = descent(case.objective, case.params, RNG(0), epochs=3, learning_rate=0.1, progress=True)
    assert f"loss={done.losses[-1]:.3g}" in capsys.readouterr().err


def test_progress_goes_to_stderr_and_is_silent_unless_asked(capsys):
    case, _ = linear_problem()
    run(case, epochs=2, learning_rate=0.1)
    assert capsys.readouterr().err == ""
    run(case, epochs=2, learning_rate=0.1, progress=True)
    assert "epoch" in capsys.readouterr().err
