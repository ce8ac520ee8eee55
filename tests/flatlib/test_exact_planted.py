"""The test of the test: errors planted in the engine, which the comparison with the oracle sees."""

import pytest
from oracles import assert_hessian
from strategies import make_case

import flatlib
from flatlib.curvature import _assembly, _backprop, exact


def spoil_residual(monkeypatch):
    add = _assembly.add_residual
    monkeypatch.setattr(_assembly, "add_residual", lambda b, a, d, *more: add(b, a, 2 * d, *more))


def spoil_curved_by_a_thousandth(monkeypatch):
    put = _assembly.put_two_layers
    monkeypatch.setattr(
        _assembly, "put_two_layers", lambda b, a, c, g, *more: put(b, a, c, 1.001 * g, *more)
    )


def spoil_bends(monkeypatch):
    straight = property(lambda tape: [0 * z for z in tape.zs[:-1]])
    monkeypatch.setattr(_backprop.Tape, "bends", straight)


def spoil_by_swapping_layers(monkeypatch):
    record = exact.record

    def spoiled(*args):
        tape = record(*args)
        vars(tape).update(deltas=tape.deltas, slopes=tape.slopes[::-1])
        return tape

    monkeypatch.setattr(exact, "record", spoiled)


def spoil_last_example(monkeypatch):
    monkeypatch.setattr(exact, "_slices", lambda num_examples, step: [slice(0, -1)])


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_residual,
        spoil_curved_by_a_thousandth,
        spoil_bends,
        spoil_by_swapping_layers,
        spoil_last_example,
    ],
)
@pytest.mark.parametrize("loss", ["squared", "cross_entropy"])
def test_the_comparison_sees_a_planted_error(monkeypatch, spoil, loss):
    case = make_case((3, 4, 4, 2), "tanh", loss=loss)
    assert_hessian(flatlib.hessian(case.objective, case.params), case)
    spoil(monkeypatch)
    with pytest.raises(AssertionError, match="Not equal to tolerance"):
        assert_hessian(flatlib.hessian(case.objective, case.params), case)
