"""Which lines of a log file belong together, by the expression that the collector's reader is given."""

from __future__ import annotations

import re

import pytest

from anclora_otel.stack.log_records import RECORD

EXPRESSION = re.compile(RECORD.replace(r"\z", r"\Z"), re.MULTILINE)

TRACEBACK = 'Traceback (most recent call last):\n  File "shop.py", line 1, in sell\n    raise ValueError\n'
CHAINED = (
    f"{TRACEBACK}KeyError: 'k'\n\nDuring handling of the above exception, another exception occurred:\n\n"
    f"{TRACEBACK}shop.errors.Refused: not today\n"
)
CAUSED = (
    f"{TRACEBACK}KeyError: 'k'\n\nThe above exception was the direct cause of the following exception:\n\n"
    f"{TRACEBACK}shop.errors.Refused: not today\n"
)
GROUP = (
    "  + Exception Group Traceback (most recent call last):\n"
    '  |   File "shop.py", line 1, in sell\n'
    "  | ExceptionGroup: two (2 sub-exceptions)\n"
    "  +-+---------------- 1 ----------------\n"
    "    | ValueError: one\n"
    "    +------------------------------------\n"
)
JAVA = (
    "java.lang.IllegalStateException: boom\n\tat a.b.C.d(C.java:1)\n\tSuppressed: java.io.IOException\n"
    "Caused by: java.io.IOException: disk\n\tat x.Y.z(Y.java:9)\n\t... 2 more\n"
)
NODE_ERROR = (
    "Error: refused\n    at f (/app/x.js:3:7) {\n  code: 'ECONNREFUSED',\n  [cause]: Error: x\n      at g (y:1)\n}\n"
)
NODE_UNCAUGHT = f"/app/x.js:3\nthrow new Error('refused')\n^\n\n{NODE_ERROR}"
NODE_INDENTED = f"/app/x.js:3\n  throw new Error('refused')\n  ^\n\n{NODE_ERROR}"

WHOLE = {
    "a line": "hello\n",
    "an indented line": "first\n  second\n\tthird\n",
    "a blank line": "first\n\n\n",
    "Python": f"2026-03-01 09:30:00,125 ERROR shop failed\n{TRACEBACK}ValueError\n",
    "Python alone": f"{TRACEBACK}ValueError: no\n",
    "Python with carriage returns": f"failed\n{TRACEBACK}ValueError: no\n".replace("\n", "\r\n"),
    "Python chained": f"ERROR failed\n{CHAINED}",
    "Python caused": f"ERROR failed\n{CAUSED}",
    "Python chained alone": CHAINED,
    "Python group": f"ERROR failed\n{GROUP}",
    "Java below a line": f"2026-03-01 09:30:00.125 [main] ERROR c.e.Shop - failed\n{JAVA}",
    "Java alone": JAVA,
    "Java uncaught": f'Exception in thread "main" {JAVA}',
    "Node logged": NODE_ERROR,
    "Node uncaught": NODE_UNCAUGHT,
    "Node uncaught in a function": NODE_INDENTED,
    "JSON over several lines": '{\n  "a": [\n    1\n  ]\n}\n',
}
"""Texts that are one record each."""


def split(text: str) -> list[str]:
    """
    Split a text as the collector's reader does.

    A record ends where the next begins, and the last is kept back; source: LineStartSplitFunc of stanza's split.go.
    """
    records = []
    while (first := EXPRESSION.match(text)) is not None:
        starts = (found.start() for found in EXPRESSION.finditer(text) if found.start() > first.end())
        start = next(starts, None)
        if first.end() == len(text) or start is None:
            break
        records.append(text[:start])
        text = text[start:]
    return [*records, text]


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_what_belongs_together_stays_together(text: str) -> None:
    """Each text is one record, and the lines after it are others."""
    assert [text, "next\n", "after\n"] == split(f"{text}next\nafter\n")


@pytest.mark.parametrize("text", WHOLE.values(), ids=WHOLE)
def test_nothing_is_split_while_it_is_being_written(text: str) -> None:
    """However much of a record has been written, no part of it is taken for a record of its own."""
    torn = [position for position in range(1, len(text)) if len(split(text[:position])) > 1]

    assert torn == []


def test_lines_are_records_of_their_own() -> None:
    """Lines without any sign of belonging together are not joined, whatever they say of exceptions."""
    lines = ["hello\n", "Error: alone\n", "java.lang.Exception: no frame below\n", "ValueError: x\n", "T\n", "Last"]

    assert lines == split("".join(lines))


def test_an_unfinished_line_does_not_hold_back_the_one_before() -> None:
    """A line without its end waits alone, unless it may become one that goes on."""
    assert split("first\nSec") == ["first\n", "Sec"]
    assert split("first\nTraceb") == ["first\nTraceb"]
    assert split("first\nCaused b") == ["first\nCaused b"]


def test_two_exceptions_of_java_are_two_records() -> None:
    """A second stack trace right after the first begins a record."""
    assert split(f"{JAVA}{JAVA}next\n") == [JAVA, JAVA, "next\n"]
