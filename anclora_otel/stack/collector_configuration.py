"""The part of the collector's configuration that follows from the redaction policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from anclora_otel.errors import StackError
from anclora_otel.redaction.hashing import read_key
from anclora_otel.redaction.keys import BARE_PHONE, KEY_EXPRESSIONS, WEAK_KEYS
from anclora_otel.redaction.pattern import Pattern
from anclora_otel.redaction.patterns import PATTERNS
from anclora_otel.stack.log_records import RECORD_PARTS

FILE = Path("collector") / "config.yaml"
"""The collector's configuration, from the project's folder."""

MASK = "****"
"""What the collector puts in place of what it finds."""

MIN_COLLECTOR_KEY_BYTES = 32
"""The collector's redaction refuses a shorter key for HMAC with SHA-256."""

_BEGIN = "  # begin: rendered from anclora_otel/redaction by `anclora-otel rules render`\n"
_END = "  # end\n"
_RECORDS_BEGIN = "      # begin: rendered from anclora_otel/stack/log_records.py by `anclora-otel rules render`\n"
_RECORDS_END = "      # end\n"

# Names of attributes that carry past `redaction` what it does not read, with where it belongs.
_CARRIED = {
    "trace_statements": (
        ("span", "name", "span.name", ""),
        ("span", "status", "span.status.message", ' where span.status.message != ""'),
        ("spanevent", "name", "spanevent.name", ""),
    ),
    "log_statements": (("log", "event", "log.event_name", ' where log.event_name != ""'),),
}
_PREFIX = "anclora.redaction."


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
    Put the processors that follow from the policy between the two marks of the configuration.

    The collector's processor masks a whole match by `MASK`, while the SDK keeps the ends of a number: both find the
    same, and leave something else.

    Args:
        configuration: the whole text of `collector/config.yaml`.

    Raises:
        StackError: the marks are missing.

    """
    return _put_between(configuration, _BEGIN, _END, "".join(f"  {line}\n" for line in _processors()))


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


def render_overlay(own: Sequence[Pattern], key_file: str = "") -> str:
    """
    Render a second configuration file that adds own patterns and a hash key to the collector's redaction.

    The collector merges its files, and replaces lists: so the built-in rules are in it, too.

    Args:
        own: own patterns, which come first, as in the SDK.
        key_file: file with the key of the hashes that then stand in place of what was found, or an empty string.

    Raises:
        StackError: the key's file cannot be used.

    """
    lines = ["# Give this file to the collector after its own: --config config.yaml --config THIS", "processors:"]
    lines += ["  redaction:", *(f"    {line}" for line in _blocked_values((*own, *PATTERNS)))]
    if key_file:
        try:
            length = len(read_key(key_file))
        except ValueError as error:
            raise StackError(f"{key_file}: {error}") from None
        if length < MIN_COLLECTOR_KEY_BYTES:
            raise StackError(f"{key_file} is of {length} bytes: the collector wants {MIN_COLLECTOR_KEY_BYTES} or more")
        lines += ["    hash_function: hmac-sha256", f"    hmac_key: ${{file:{Path(key_file).resolve()}}}"]
    return "\n".join([*lines, ""])


def _processors() -> Iterator[str]:
    yield "redaction:"
    yield "  allow_all_keys: true"
    yield "  # A telephone number may come as an integer, inside an array or inside a map."
    yield "  redact_all_types: true"
    yield "  blocked_key_patterns:"
    for kind, expression in KEY_EXPRESSIONS:
        if kind != "weak":
            yield f"    # {kind}"
            yield f"    - {_quoted(expression)}"
    yield from (f"  {line}" for line in _blocked_values(PATTERNS))
    yield "  summary: silent"
    yield from _transform("before", _masked_and_carried)
    yield from _transform("after", _put_back)


def _blocked_values(patterns: Sequence[Pattern]) -> Iterator[str]:
    yield "blocked_values:"
    for pattern in patterns:
        yield f"  # {pattern.name}"
        yield f"  - {_quoted(pattern.expression)}"


def _transform(place: str, statements: Callable[[str], Iterator[str]]) -> Iterator[str]:
    yield f"transform/{place}_redaction:"
    yield "  error_mode: ignore"
    for group in _CARRIED:
        yield f"  {group}:"
        yield from (f"    - {statement}" for statement in statements(group))


def _masked_and_carried(group: str) -> Iterator[str]:
    digits_only = BARE_PHONE.replace("$", "$$")
    for context in dict.fromkeys(context for context, *_ in _CARRIED[group]):
        for key in WEAK_KEYS:
            attribute = f'{context}.attributes["{key}"]'
            yield f'set({attribute}, "{MASK}") where IsMatch({attribute}, "{digits_only}")'
    for context, name, source, condition in _CARRIED[group]:
        yield f'set({context}.attributes["{_PREFIX}{name}"], {source}){condition}'


def _put_back(group: str) -> Iterator[str]:
    for context, name, source, _ in _CARRIED[group]:
        attribute = f'{context}.attributes["{_PREFIX}{name}"]'
        yield f"set({source}, {attribute}) where {attribute} != nil"
    for context in dict.fromkeys(context for context, *_ in _CARRIED[group]):
        yield f'delete_matching_keys({context}.attributes, "^{_PREFIX.replace(".", chr(92) * 2 + ".")}")'


def _quoted(expression: str) -> str:
    # A dollar sign would begin a variable of the configuration; JSON's quotes are YAML's, and show every character.
    return json.dumps(expression.replace("$", "$$"))
