"""The tests of test_site.py on the other pages: a file of tests is the work of one process."""

from pages import page_names
from test_site import (  # noqa: F401
    test_every_image_says_what_it_shows,
    test_every_slider_belongs_to_a_figure,
    test_little_stands_before_the_first_thing_seen,
    test_maths_is_typeset,
    test_no_sideways_scroll_on_a_phone,
    test_nothing_is_missing_and_no_script_complains,
    test_nothing_leaves_the_machine,
    test_sliders_move_their_figure,
    test_what_a_page_loads_is_light,
)

PAGES = page_names()[1::2]
