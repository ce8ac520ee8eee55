"""Every door refuses bad input with one line: the argument, the rule, what came, and what to do."""

import pytest
from bad_calls import NET, PARAMS
from refusals import RULE, assert_refused
from tables import gather

CASES = gather("*/bad_calls/*.py", "CASES")


@pytest.mark.parametrize(("call", "kind", "words"), [pytest.param(*c[1:], id=c[0]) for c in CASES])
def test_bad_input_is_refused_in_one_line_that_says_what_to_do(call, kind, words):
    assert_refused(call, kind, words)


def test_no_refusal_drags_a_foreign_traceback_along():
    with pytest.raises(ValueError, match="ragged") as error:
        NET.predict(PARAMS, [[1.0, 2.0], [3.0]])
    assert error.value.__suppress_context__


def test_the_rule_about_messages_sees_a_message_without_remedy():
    assert RULE.fullmatch("alpha must be positive, got 0. Pass a number above 0.")
    assert not RULE.fullmatch("alpha must be positive, got 0.")
    assert not RULE.fullmatch("alpha must be positive. Pass a number above 0.")
    assert not RULE.fullmatch("alpha must be positive, got [0\n 1]. Pass a number above 0.")


def test_labels_are_unique():
    assert len({case[0] for case in CASES}) == len(CASES)
