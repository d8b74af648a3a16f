"""The parts of the collector's configuration that follow from code: the redaction policy, and records of log files."""

from __future__ import annotations

import json
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.redaction.patterns import PATTERNS
from anclora_otel.stack.log_records import RECORD_PARTS

FILE = Path("collector") / "config.yaml"
"""The collector's configuration, from the project's folder."""

_BEGIN = "    # begin: rendered from anclora_otel/redaction/patterns.py by `anclora-otel rules render`\n"
_END = "    # end\n"
_RECORDS_BEGIN = "      # begin: rendered from anclora_otel/stack/log_records.py by `anclora-otel rules render`\n"
_RECORDS_END = "      # end\n"


def render_configuration(configuration: str) -> str:
    """
    Put everything that follows from code between the marks of the configuration.

    Args:
        configuration: the whole text of `collector/config.yaml`.

    Raises:
        StackError: marks are missing.

    """
    return render_records(render_redaction(configuration))


def render_redaction(configuration: str) -> str:
    """
    Put the policy's expressions between the two marks of the configuration.

    The collector's processor masks a whole match by `****`, while the SDK keeps the ends of a number: both find the
    same, and leave something else.

    Args:
        configuration: the whole text of `collector/config.yaml`.

    Raises:
        StackError: the marks are missing.

    """
    items = (f"      # {pattern.name}\n      - {_quoted(pattern.expression)}\n" for pattern in PATTERNS)
    return _put_between(configuration, _BEGIN, _END, "".join(("    blocked_values:\n", *items)))


def render_records(configuration: str) -> str:
    """
    Put the expression that tells the records of a log file apart between its two marks.

    Args:
        configuration: the whole text of `collector/config.yaml`.

    Raises:
        StackError: the marks are missing.

    """
    # A backslash at the end of a line within quotes joins it with the next, whose indentation does not count.
    parts = "\\\n        ".join(_quoted(part)[1:-1] for part in RECORD_PARTS)
    text = f'      line_start_pattern: "\\\n        {parts}"\n'
    return _put_between(configuration, _RECORDS_BEGIN, _RECORDS_END, text)


def _put_between(configuration: str, begin: str, end: str, text: str) -> str:
    before, found_begin, rest = configuration.partition(begin)
    _, found_end, after = rest.partition(end)
    if not (found_begin and found_end):
        raise StackError(f"{FILE} lacks a mark: expected the lines {begin.strip()!r} and {end.strip()!r}")
    return before + begin + text + end + after


def _quoted(expression: str) -> str:
    # A dollar sign would begin a variable of the configuration; JSON's quotes are YAML's, and show every character.
    return json.dumps(expression.replace("$", "$$"))
