"""The tests of test_accessibility.py on the other pages: a file of tests is one process's work."""

from pages import page_names
from test_accessibility import (  # noqa: F401
    test_headings_come_in_order,
    test_nothing_serious_bars_the_way,
)

PAGES = page_names()[1::2]
