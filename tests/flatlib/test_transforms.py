"""One way to use a transform: called, undone by its inverse, differentiated by its Jacobian."""

import inspect
from dataclasses import dataclass

import autograd.numpy as anp
import numpy as np
import pytest

from flatlib import MLP, flatten, transforms, unflatten
from flatlib.transforms import Transform

UNDONE = 1e-12
STEP, DIFFERENCE = 1e-5, 1e-7  # of the largest entry; a central difference errs by about 1e-10

NET, RNG = MLP((3, 4, 5, 2), "tanh"), np.random.default_rng(0)
RELU = MLP((3, 4, 5, 2))
BASES = [RNG.normal(size=(size, size)) + 2 * np.eye(size) for size in (4, 5)]
PARAMS = NET.init(RNG, bias_std=0.5)
ROWS = RNG.normal(size=(6, 3))
CENTER = tuple(0.1 * RNG.normal(size=shape) for shape in NET.param_shapes)
TURN = RNG.normal(size=(3, 3)) + 2 * np.eye(3)
AFFINE = transforms.AffineMap(TURN, center=RNG.normal(size=3))
CUBIC = transforms.Elementwise("cubic")
LAYER, RADIAL = transforms.WeightNormalization(NET), transforms.RadialPower(1.5)
VECTOR, BATCH = transforms.VectorNormalization(3), transforms.BatchNormalization(NET, ROWS)
MIXED = transforms.Bijection(lambda x: anp.arcsinh(x) @ TURN, lambda u: anp.sinh(u @ _BACK))
_BACK = np.linalg.inv(TURN)
DOUBLED = transforms.Substitution(
    lambda eta: [2 * part for part in eta], backward=lambda theta: [part / 2 for part in theta]
)


@dataclass(frozen=True)
class Case:
    """``folds`` if the transform is not one to one, ``one_way`` if it has no inverse."""

    transform: Transform
    point: object = PARAMS
    folds: bool = False
    one_way: bool = False


CASES = {
    "scaling": Case(transforms.alpha_scale(RELU, 3.0)),
    "permutation": Case(transforms.Permutation(NET, 2, RNG.permutation(5))),
    "bases": Case(transforms.BasisChange(MLP((3, 4, 5, 2), "linear"), BASES)),
    "logits": Case(transforms.LogitShift(NET, RNG.normal(size=5), bias=0.7)),
    "input map": Case(transforms.InputMap(NET, AFFINE)),
    "split": Case(transforms.SplitNeuron(NET, 1, 2, fraction=0.3), one_way=True),
    "identity layer": Case(transforms.InsertIdentity(RELU, layer=1), one_way=True),
    "coordinates": Case(transforms.Coordinates(RADIAL)),
    "coordinates of a layer": Case(transforms.Coordinates(LAYER)),
    "affine": Case(AFFINE, ROWS),
    "gaussianization": Case(transforms.gaussianization(ROWS), ROWS),
    "any bijection": Case(MIXED, ROWS),
    "substitution": Case(DOUBLED, list(PARAMS)),
    "composition": Case(CUBIC @ RADIAL),
    "cubic": Case(CUBIC),
    "softplus": Case(transforms.Elementwise("softplus")),
    "power": Case(transforms.Power(CENTER, a=0.5, b=0.3)),
    "radial": Case(transforms.Radial(CENTER, r_hat=0.3, rho=0.6, delta=1e3)),
    "radial power": Case(RADIAL),
    "vector": Case(VECTOR, (2.0, RNG.normal(size=3)), folds=True),
    "weight normalization": Case(LAYER, LAYER.inverse(PARAMS), folds=True),
    "batch normalization": Case(BATCH, BATCH.inverse(PARAMS), folds=True),
}
RETURNING = [name for name, case in CASES.items() if not case.one_way]


def difference_quotient(transform, point):
    """Columns: how the image moves with each entry of the point."""
    theta = flatten(point)
    units = STEP * np.eye(len(theta))
    ends = [
        [flatten(transform(unflatten(theta + s * unit, like=point))) for s in (1, -1)]
        for unit in units
    ]
    return np.stack([(up - down) / (2 * STEP) for up, down in ends], axis=1)


def jacobian(transform, point):
    """Of what maps rows each on its own, the blocks of one matrix."""
    found = transform.jacobian(point)
    if not isinstance(transform, transforms.Representation):
        return found
    count, width, _ = found.shape
    blocks = np.zeros((count, width, count, width))
    blocks[np.arange(count), :, np.arange(count), :] = found
    return blocks.reshape(count * width, -1)


def wrong_derivative(transform, point):
    """Largest error of the Jacobian, relative to its largest entry."""
    expected = difference_quotient(transform, point)
    found = jacobian(transform, point)
    if found.shape != expected.shape:
        return np.inf
    return np.abs(found - expected).max() / np.abs(expected).max()


def astray(there, back, point):
    """How far from the point the way there and back ends."""
    return np.abs(flatten(back(there(point))) - flatten(point)).max()


@pytest.mark.parametrize("name", RETURNING)
def test_the_inverse_undoes(name):
    case, back = CASES[name], CASES[name].transform.inverse
    assert isinstance(back, Transform)
    if not case.folds:
        assert astray(case.transform, back, case.point) < UNDONE * np.abs(flatten(case.point)).max()
    image = case.transform(case.point)
    assert astray(back, case.transform, image) < UNDONE * np.abs(flatten(image)).max()


@pytest.mark.parametrize("name", RETURNING)
def test_the_inverse_of_the_inverse_is_the_transform(name):
    case = CASES[name]
    again = case.transform.inverse.inverse(case.point)
    np.testing.assert_allclose(
        flatten(again), flatten(case.transform(case.point)), rtol=UNDONE, atol=UNDONE
    )


@pytest.mark.parametrize("name", CASES)
def test_the_jacobian_is_the_derivative_of_the_transform(name):
    case = CASES[name]
    assert wrong_derivative(case.transform, case.point) < DIFFERENCE


@pytest.mark.parametrize("name", RETURNING)
def test_the_jacobian_of_the_inverse_is_the_derivative_of_the_inverse(name):
    case = CASES[name]
    assert wrong_derivative(case.transform.inverse, case.transform(case.point)) < DIFFERENCE


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.one_way])
def test_what_has_no_inverse_says_so(name):
    with pytest.raises(TypeError, match="no inverse"):
        _ = CASES[name].transform.inverse


def without_case(cases):
    """Transforms of the room that no case is of."""
    seen = {type(case.transform) for case in cases}
    public = (getattr(transforms, name) for name in transforms.__all__)
    classes = {value for value in public if inspect.isclass(value)}
    return {c for c in classes - seen if issubclass(c, Transform) and not inspect.isabstract(c)}


def test_every_transform_has_a_case():
    assert without_case(CASES.values()) == set()
    assert without_case([case for case in CASES.values() if case != CASES["power"]])


@pytest.mark.parametrize("name", ["scaling", "affine", "coordinates", "radial"])
def test_a_jacobian_of_the_opposite_direction_is_seen(name):
    case = CASES[name]
    opposite = jacobian(case.transform.inverse, case.transform(case.point))
    expected = difference_quotient(case.transform, case.point)
    assert np.abs(opposite - expected).max() > 100 * DIFFERENCE * np.abs(expected).max()


def test_an_inverse_that_leads_elsewhere_is_seen():
    case = CASES["scaling"]
    off = transforms.Scaling(RELU, case.transform.inverse.multipliers * (1 + 1e-9))
    assert astray(case.transform, off, case.point) > UNDONE * np.abs(flatten(case.point)).max()
