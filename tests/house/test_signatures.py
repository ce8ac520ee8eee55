"""One way to call things: what a call is about by position, its options by name, rng last.

The first argument of a call is its subject, and may be left out where there is a default:
``leaky_relu(0.2)``, ``SquaredLoss(1.0)``, ``mnist1d(500)``. Every other argument with a default is
an option, and is given by name.
"""

import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import flatlib

ROOT = Path(flatlib.__file__).parent
ROOMS = (
    "_guards",
    "estimate",
    "params",
    "activations",
    "losses",
    "networks",
    "objective",
    "data",
    "curvature",
    "transforms",
    "training",
    "measures",
    "invariance",
    "plots",
    "pytorch",
)
#: Arguments with a default that come by position though they are not the first, and why.
EXCEPTIONS = {
    ("flatlib.activations.activation.Activation", "slope"): "a function and two derivatives",
    ("flatlib.activations.activation.Activation", "curvature"): "the second of them",
    ("flatlib.losses.own.Loss", "gradient"): "as an activation: a function and its derivatives",
    ("flatlib.losses.own.Loss", "curvature"): "the second of them",
    ("flatlib.networks.mlp.MLP", "activation"): "a net is its sizes and its activation",
    ("flatlib.networks.convnet.ConvNet", "activation"): "as for MLP",
    ("flatlib.invariance.laws.Law", "ratio"): "a law is its words and its formula",
    ("flatlib.invariance.measure.Measure", "laws"): "a row: name, function, laws",
    ("flatlib.pytorch.operators.hessian_operator", "targets"): "none where batches of both come",
    ("flatlib.pytorch.operators.gauss_newton_operator", "targets"): "the same",
    ("flatlib.pytorch.operators.dense_hessian", "targets"): "the same",
    ("flatlib.pytorch.measures.fisher_rao", "targets"): "the same",
    ("flatlib.pytorch.convert.to_flatlib", "input_shape"): "a module, and what it is shown",
    ("flatlib.pytorch.convert.parameter_order", "input_shape"): "the same",
    ("flatlib.plots.slice.slice", "direction"): "a slice is of a loss, from a point, along a way",
    ("flatlib.plots.surface.surface", "directions"): "as for slice",
}


def modules(room):
    """The room and the files in it."""
    if room == "pytorch":
        pytest.importorskip("torch")
    module = importlib.import_module(f"flatlib.{room}")
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", []), f"{module.__name__}."):
        yield importlib.import_module(found.name)


def is_private(name):
    return any(part.startswith("_") for part in name.split("."))


def public(room):
    """Functions and classes that a room exports, or that a file without underscore defines."""
    first, *files = modules(room)
    doors = [vars(first)[name] for name in getattr(first, "__all__", ())]
    found = {value for value in doors if is_call(value)}
    for file in [first, *files]:
        if file is first or not is_private(file.__name__):
            found |= {value for name, value in written(file) if not name.startswith("_")}
    return {f"{value.__module__}.{value.__name__}": value for value in found}


def written(module):
    """Functions and classes of a file that are not imported."""
    for name, value in vars(module).items():
        if is_call(value) and value.__module__ == module.__name__:
            yield name, value


def is_call(value):
    return inspect.isfunction(value) or inspect.isclass(value)


def calls(name, value):
    """The function or constructor, and the methods that the class writes itself."""
    if not inspect.isclass(value):
        yield name, value
        return
    if issubclass(value, BaseException):
        return
    yield name, value
    for method, member in vars(value).items():
        function = getattr(member, "__func__", member)
        if inspect.isfunction(function) and not method.startswith("_"):
            yield f"{name}.{method}", function


def by_position(function):
    parameters = inspect.signature(function).parameters.values()
    return [p for p in parameters if p.kind == p.POSITIONAL_OR_KEYWORD and p.name != "self"]


def options_by_position(name, function):
    """Arguments with a default, not the first, that can be given without their name."""
    later = by_position(function)[1:]
    return {(name, p.name) for p in later if p.default is not p.empty}


@pytest.mark.parametrize("room", ROOMS)
def test_options_come_by_name(room):
    found = set()
    for name, value in public(room).items():
        for call, function in calls(name, value):
            found |= options_by_position(call, function)
    assert found - set(EXCEPTIONS) == set(), "put a * before it, or say here why not"


@pytest.mark.parametrize("room", sorted({name.split(".")[1] for name, _ in EXCEPTIONS}))
def test_no_exception_is_forgotten(room):
    found = set()
    for name, value in public(room).items():
        found |= options_by_position(name, value)
    assert {pair for pair in EXCEPTIONS if pair[0].startswith(f"flatlib.{room}.")} <= found


def rng_too_early(source):
    """Functions in which another positional argument follows rng, private ones too."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            names = [argument.arg for argument in [*node.args.posonlyargs, *node.args.args]]
            if "rng" in names[:-1]:
                yield f"line {node.lineno}: {names}"


def rng_by_name_only(source):
    """Functions that take rng as an option; randomness is no option."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.FunctionDef, ast.Lambda)):
            if "rng" in [argument.arg for argument in node.args.kwonlyargs]:
                yield f"line {node.lineno}: rng"


def test_randomness_is_the_last_argument():
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        wrong = [*rng_too_early(source), *rng_by_name_only(source)]
        found += [f"{path.relative_to(ROOT)}, {sentence}" for sentence in wrong]
    assert found == []


def test_what_breaks_the_rule_is_seen():
    def planted(objective, params=None, *, tolerance=1.0):
        """With an option by position."""

    assert options_by_position("planted", planted) == {("planted", "params")}
    assert list(rng_too_early("def f(rng, number): pass"))
    assert list(rng_too_early("draw = lambda rng, strength: None"))
    assert list(rng_by_name_only("def f(x, *, rng): pass"))


def test_what_keeps_it_is_not_reported():
    def kept(size=3, *, rest=None):
        """The first argument may have a default."""

    assert options_by_position("kept", kept) == set()
    source = "def f(self, number, rng, *, bias=True): pass\ndef g(rng): pass"
    assert [*rng_too_early(source), *rng_by_name_only(source)] == []
