"""What every refusal says in one line: the argument, the rule, what came, and what to do."""

import re

import pytest

RULE = re.compile(r"[^\n]+, got [^\n]+\. [A-Z][^\n]+\.")


def assert_refused(call, kind, words, *, longest=240):
    """By an error of this very kind, whose message has these words and keeps the rule."""
    with pytest.raises(kind) as error:
        call()
    message = str(error.value)
    assert type(error.value) is kind, type(error.value)
    assert words in message, message
    assert RULE.fullmatch(message), message
    assert len(message) <= longest, message
