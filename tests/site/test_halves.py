"""Files that share the pages of a test leave no page and no test out."""

import inspect

import pytest
import test_accessibility
import test_accessibility_others
import test_site
import test_site_others
from pages import page_names

HALVES = [(test_site, test_site_others), (test_accessibility, test_accessibility_others)]


def of_a_page(module):
    """Names of the tests that look at one page after another."""
    return {
        name
        for name, test in inspect.getmembers(module, inspect.isfunction)
        if name.startswith("test_") and "page" in inspect.signature(test).parameters
    }


@pytest.mark.parametrize("halves", HALVES, ids=lambda halves: halves[0].__name__)
def test_each_page_is_in_one_half_and_each_test_in_both(halves):
    one, other = halves
    assert sorted([*one.PAGES, *other.PAGES]) == sorted(page_names())
    assert of_a_page(one) == of_a_page(other) != set()
