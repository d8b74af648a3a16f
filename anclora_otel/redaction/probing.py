"""See by trying whether an expression takes more than linear time, in bounded time itself."""

from __future__ import annotations

import re
import time

_UNITS = ("a", "A", "1", " ", "-", ".", "@", "_", "/", ":", "+", "=", "a1", "a.", "1 ", "a@", "-1")
_UNITS_FROM_EXPRESSION = 20
_SHORT_TEXTS = range(8, 42, 2)
_SHORT_LIMIT_SECONDS = 0.01
_LONG_TEXTS = (1_024, 2_048, 4_096, 8_192, 16_384)
_LONG_LIMIT_SECONDS = 0.05
_END = "\x00"


def takes_too_long(expression: re.Pattern[str]) -> bool:
    """
    Say whether an expression takes far longer than its text is long, on texts made to mislead it.

    Exponential and polynomial ones are found as far as repeated pieces of the expression show them; texts grow until
    the limit, so that trying takes well under a second. Processor time counts, so that a busy machine changes nothing.

    Args:
        expression: what is tried.

    """
    literals = re.findall(r"[0-9A-Za-z_ @:/#%-]", expression.pattern)
    units = dict.fromkeys((*_UNITS, *list(dict.fromkeys(literals))[:_UNITS_FROM_EXPRESSION]))
    return any(
        _seconds(expression, unit * (length // len(unit)) + _END) > limit
        for lengths, limit in ((_SHORT_TEXTS, _SHORT_LIMIT_SECONDS), (_LONG_TEXTS, _LONG_LIMIT_SECONDS))
        for unit in units
        for length in lengths
    )


def _seconds(expression: re.Pattern[str], text: str) -> float:
    before = time.thread_time()
    expression.sub("", text)
    return time.thread_time() - before
