"""params <-> theta: order, inverse, names in the refusals."""

from collections import OrderedDict, defaultdict
from functools import partial

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import cases, make_case

import flatlib
from flatlib import block_sizes, flatten, unflatten

LEAVES = st.lists(st.integers(0, 3), max_size=3).map(lambda shape: np.zeros(shape))
STRUCTURES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.tuples(inner, inner)
        | st.dictionaries(st.sampled_from("zab"), inner, min_size=1)
    ),
)


def leaves_of(structure):
    if isinstance(structure, dict):
        return leaves_of(list(structure.values()))
    if isinstance(structure, (list, tuple)):
        return [leaf for item in structure for leaf in leaves_of(item)]
    return [structure]


@given(like=STRUCTURES)
def test_unflatten_inverts_flatten_for_any_nesting(like):
    theta = np.arange(sum(leaf.size for leaf in leaves_of(like)), dtype=float)
    filled = unflatten(theta, like)
    np.testing.assert_array_equal(flatten(filled), theta)
    assert type(filled) is type(like)
    shapes = [leaf.shape for leaf in leaves_of(filled)]
    assert shapes == [leaf.shape for leaf in leaves_of(like)]


@given(case=cases())
def test_theta_is_w1_b1_w2_b2_read_row_by_row(case):
    desired = [entry for array in case.params for entry in array.flat]
    np.testing.assert_array_equal(flatten(case.params), desired)
    assert block_sizes(case.params) == tuple(array.size for array in case.params)
    assert len(desired) == case.network.num_params


def test_fortran_order_and_views_are_read_row_by_row_too():
    array = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(flatten([np.asfortranarray(array)]), np.arange(6.0))
    np.testing.assert_array_equal(flatten([array.T]), [0.0, 3.0, 1.0, 4.0, 2.0, 5.0])


def test_integers_and_float32_become_float64():
    assert flatten((np.array([1, 2]), np.array([0.5], dtype=np.float32))).dtype == np.float64


def test_unflatten_does_not_use_the_values_of_like():
    filled = unflatten([1.0, 2.0], like=[np.full(2, np.nan)])
    np.testing.assert_array_equal(filled[0], [1.0, 2.0])


def test_flatten_and_unflatten_are_traceable():
    case = make_case((2, 3, 1), "tanh")

    def norm(theta):
        return anp.sum(flatten(unflatten(theta, like=case.params)) ** 2)

    np.testing.assert_allclose(autograd.grad(norm)(case.theta), 2 * case.theta, rtol=1e-15)


def test_flatten_copies():
    params = (np.zeros(2),)
    flatten(params)[0] = 1.0
    np.testing.assert_array_equal(params[0], np.zeros(2))


def test_refusals_name_the_array_by_its_place():
    with pytest.raises(ValueError, match=r"params\[1\]\[0\] must be finite"):
        flatten((np.ones(2), [np.array([np.nan])]))
    with pytest.raises(ValueError, match=r"the 3 entries of like, got 2\. Pass as like"):
        unflatten(np.ones(2), like=(np.ones(3),))


def test_index_arrays_tell_where_an_entry_is():
    net = flatlib.MLP((2, 3, 1))
    places = unflatten(np.arange(net.num_params), like=net.init(np.random.default_rng(0)))
    np.testing.assert_array_equal(places[1], [6, 7, 8])
    np.testing.assert_array_equal(places[3], [12])


def test_a_structure_that_autograd_traces_is_filled_like_any_other():
    like = (np.array([[1.0, 2.0], [3.0, 4.0]]), [np.array([0.5, 0.25]), 2.0])

    def of_traced(params):
        filled = unflatten(flatten(params) ** 2, like=params)
        assert type(filled) is tuple
        assert type(filled[1]) is list
        return anp.sum(filled[0]) * filled[1][1]

    slope = flatten(autograd.grad(of_traced)(like))
    np.testing.assert_allclose(slope, [8.0, 16.0, 24.0, 32.0, 0.0, 0.0, 30.0 * 4.0], rtol=1e-15)


def test_a_dict_is_read_in_the_order_in_which_its_keys_were_put_in():
    params = {"z": np.array([1.0, 2.0]), "a": {"b": 3.0}}
    np.testing.assert_array_equal(flatten(params), [1, 2, 3])
    np.testing.assert_array_equal(flatten({"a": {"b": 3.0}, "z": [1, 2]}), [3, 1, 2])
    filled = unflatten([4.0, 5.0, 6.0], params)
    assert list(filled) == ["z", "a"]
    assert filled["a"] == {"b": 6.0}
    assert params["a"] == {"b": 3.0}  # nothing of the pattern has moved


@pytest.mark.parametrize("kind", [OrderedDict, partial(defaultdict, list)])
def test_other_dicts_stay_what_they_are(kind):
    filled = unflatten([1.0, 2.0], kind({"b": np.zeros(1), "a": 0.0}))
    assert type(filled) is type(kind())
    assert list(filled) == ["b", "a"]


def test_autograd_follows_a_dict_in_a_box():
    def square(params):
        return anp.sum(flatten(unflatten(flatten(params), params)) ** 2)

    slope = autograd.grad(square)({"b": np.array([1.0, 2.0]), "a": (3.0,)})
    np.testing.assert_array_equal(slope["b"], [2, 4])
    assert slope["a"] == (6.0,)


def test_a_refusal_names_the_key():
    with pytest.raises(ValueError, match=r"params\['a'\]\[0\] must be finite"):
        flatten({"b": 1.0, "a": [np.nan]})
