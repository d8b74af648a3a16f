"""
Where a record of a log file begins and ends: which lines belong together.

The collector's reader takes one match of an expression as one record. It must tell from the text alone, without looking
ahead (RE2 cannot), also while the last line is still being written: a line that may yet become one of those that go on
is taken along, so that the record waits for the rest of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LINE = r"[^\n]*"
_INDENTED = r"[ \t][^\n]*"
_NOT_INDENTED = r"[^\s][^\n]*"
_END_OF_LINE = r"\r?$"
_END_OF_TEXT = r"\z"

_TRACEBACK = "Traceback (most recent call last):"
_CONTINUATIONS = (
    "Caused by: ",
    "During handling of the above exception",
    "The above exception was the direct cause",
)
"""Lines that begin with one of these go on with what stands above them."""


def _beginnings(text: str) -> str:
    """Match any beginning of a text, the empty one included."""
    pattern = ""
    for character in reversed(text):
        pattern = f"(?:{_quoted(character)}{pattern})?"
    return pattern


def _quoted(text: str) -> str:
    # `re.escape` also escapes what RE2 refuses to see escaped, such as a blank.
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)


def _either(expressions: Iterable[str]) -> str:
    return f"(?:{'|'.join(expressions)})"


PYTHON_TRACEBACK = rf"{_quoted(_TRACEBACK)}{_LINE}(?:\n{_INDENTED})*(?:\n{_NOT_INDENTED})?"
"""From its first line to the one that names the exception, which is the first that is not indented."""

_NODE_MARK = rf"[ \t]*\^+[ \t]*\r?\n\r?\n{_NOT_INDENTED}"
_NODE_PLACE = r"(?:file://)?/[^\n:]*:[0-9]+\r?"
_NODE_BEGUN = rf"{_NODE_PLACE}(?:\n{_LINE}(?:\n[ \t]*\^*[ \t]*\r?(?:\n\r?\n?)?)?)?\z"
NODE_EXCERPT = rf"{_NODE_PLACE}\n{_LINE}\n{_NODE_MARK}"
"""What Node.js writes of an uncaught error: the place, the line of source, a mark below it, a blank line, the error."""

_JAVA_EXCEPTION = r"[\w$.]*[.][\w$]*(?:Exception|Error|Throwable)[^\n]*"
_JAVA_BEGUN = r"[a-z]\w*(?:[.][\w$]*)*"
JAVA_BELOW = rf"\n(?:{_JAVA_EXCEPTION}(?:\n[ \t]+at [^\n]*|(?:\n[ \t]*(?:at?)?)?\z)|{_JAVA_BEGUN}\z)"
"""A Java exception that a logger writes below its line: a name with a package, and a frame below it."""

_HEAD = _either((PYTHON_TRACEBACK, NODE_EXCERPT, _NODE_BEGUN, rf"{_LINE}(?:{JAVA_BELOW})?"))
_GOING_ON = _either(
    (
        rf"\n{_NODE_MARK}",
        rf"\n{_INDENTED}",
        rf"\n{_END_OF_LINE}",
        rf"\n{PYTHON_TRACEBACK}",
        *(rf"\n{_quoted(text)}{_LINE}" for text in _CONTINUATIONS),
        rf"\n[\])}}]+[,;]?{_END_OF_LINE}",
    )
)
_UNFINISHED = rf"(?:\n{_either(_beginnings(text) for text in (_TRACEBACK, *_CONTINUATIONS))}{_END_OF_TEXT})?"

RECORD_PARTS = ("^", _HEAD, f"{_GOING_ON}*", _UNFINISHED)
"""The expression in its parts: beginning, first lines, lines that go on, one of which only the beginning is there."""

RECORD = "".join(RECORD_PARTS)
"""Matches a whole record, with the flag by which ``^`` and ``$`` stand for the ends of lines."""
