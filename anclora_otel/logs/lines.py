"""What a log line holds, read from a record of the standard library once for the console and for the files."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone

from opentelemetry import trace

from anclora_otel.catalogue.levels import Level, LevelName
from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.pipeline.records import (
    component_of,
    exception_of,
    fields_of,
    level_of_record,
    message_of,
    span_of_record,
)
from anclora_otel.redaction import redact_attributes, redact_text

_LINE_BREAKS = re.compile("[\x7f-\x9f\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_RESET = "\x1b[0m"
_DIM = "\x1b[2m"
_COLOURS: dict[LevelName, str] = {
    "fatal": "\x1b[1;31m",
    "error": "\x1b[31m",
    "warn": "\x1b[33m",
    "info": "\x1b[32m",
    "http": "\x1b[35m",
    "debug": "\x1b[36m",
    "trace": "\x1b[2m",
}


@dataclass(frozen=True)
class LogLine:
    """
    A log record as it is written, before it is redacted.

    Args:
        created: Unix time in seconds.
        level: its level.
        logger: name of its logger.
        message: its text, arguments filled in.
        trace_id, span_id: of the span it was written in, as hexadecimal digits, or empty strings.
        fields: what was given by `extra`.
        exception: the exception's stack trace, or an empty string.
        component: the component it belongs to, such as ``queue``, or an empty string.
        process_id: the process that wrote it.

    """

    created: float
    level: Level
    logger: str
    message: str
    trace_id: str = ""
    span_id: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    exception: str = ""
    component: str = ""
    process_id: int = 0


def read_record(record: logging.LogRecord) -> LogLine:
    """
    Read a record in the thread that made it, where its trace is known and its arguments still have their values.

    Never raises: what cannot be read is replaced by a text that says so.
    """
    span = span_of_record(record).get_span_context()
    fields = fields_of(record)
    fields.pop("component", None)
    return LogLine(
        created=record.created,
        level=level_of_record(record),
        logger=safe_text(record.name),
        message=message_of(record),
        trace_id=trace.format_trace_id(span.trace_id) if span.is_valid else "",
        span_id=trace.format_span_id(span.span_id) if span.is_valid else "",
        fields=fields,
        exception=exception_of(record),
        component=component_of(record),
        process_id=record.process or 0,
    )


def to_json(line: LogLine, *, ascii_only: bool = False) -> str:
    """
    Write a line as one JSON object without a line break, personal data and secrets masked.

    Its keys: ``timestamp`` (UTC), ``level``, ``level_number``, ``logger``, ``message``, ``process_id``, and where there
    is something to tell ``component``, ``trace_id``, ``span_id``, ``fields``, ``exception``.

    Args:
        line: the line.
        ascii_only: whether other characters are escaped, for streams that cannot carry them.

    """
    written: dict[str, object] = {
        "timestamp": timestamp(line.created),
        "level": line.level.name,
        "level_number": line.level.number,
        "logger": redact_text(line.logger),
        "component": redact_text(line.component),
        "message": redact_text(line.message),
        "trace_id": line.trace_id,
        "span_id": line.span_id,
        "process_id": line.process_id,
        "fields": redact_attributes(line.fields),
        "exception": redact_text(line.exception),
    }
    text = json.dumps(
        {key: value for key, value in written.items() if value not in ("", {}) or key == "message"},
        ensure_ascii=ascii_only,
        default=str,
    )
    # JSON escapes the line breaks of ASCII alone; some readers break lines at these, too.
    return text if text.isascii() else _LINE_BREAKS.sub(_as_json_escape, text)


def to_pretty(line: LogLine, *, colours: bool = False) -> str:
    """
    Write a line for people: local time, level, logger, message, fields, trace and span.

    Personal data and secrets are masked; control characters are escaped and further lines indented, so that no message
    can pass itself off as another line.

    Args:
        line: the line.
        colours: whether to colour it for a terminal.

    """
    clock = datetime.fromtimestamp(line.created).astimezone().strftime("%H:%M:%S.%f")[:-3]
    head = [
        _painted(clock, _DIM, colours),
        _painted(f"{line.level.name:<5}", _COLOURS[line.level.name], colours),
        _painted(_printable(redact_text(_source(line))), _DIM, colours),
        _printable(redact_text(line.message)),
    ]
    told = [f"{_printable(key)}={_pretty_value(value)}" for key, value in redact_attributes(line.fields).items()]
    if line.trace_id:
        told.append(f"trace={line.trace_id} span={line.span_id}")
    if told:
        head.append(_painted(" ".join(told), _DIM, colours))
    text = " ".join(head)
    return f"{text}\n    {_printable(redact_text(line.exception))}" if line.exception else text


def timestamp(created: float) -> str:
    """Write Unix seconds as ISO 8601 in UTC with milliseconds, such as ``2026-03-01T09:30:00.125Z``."""
    return datetime.fromtimestamp(created, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _source(line: LogLine) -> str:
    return line.component if line.component and line.logger == line.component else _named(line)


def _named(line: LogLine) -> str:
    below = line.logger.startswith(f"{line.component}.") if line.component else True
    return line.logger if below else f"{line.component}/{line.logger}"


def _pretty_value(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return _printable(text)


def _printable(text: str) -> str:
    return _CONTROLS.sub(_as_python_escape, text.rstrip("\n")).replace("\n", "\n    ")


def _painted(text: str, colour: str, colours: bool) -> str:
    return f"{colour}{text}{_RESET}" if colours else text


def _as_json_escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found.group()):04x}"


def _as_python_escape(found: re.Match[str]) -> str:
    return repr(found.group())[1:-1]
