"""What a log line holds, read from a record of the standard library once for the console and for the files."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from anclora_otel.catalogue.levels import Level


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

    """

    created: float
    level: Level
    logger: str
    message: str
    trace_id: str = ""
    span_id: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    exception: str = ""


def read_record(record: logging.LogRecord) -> LogLine:
    """Read a record in the thread that made it, where its trace is known and its arguments still have their values."""
    raise NotImplementedError


def to_json(line: LogLine) -> str:
    """Write a line as one JSON object without a line break, personal data and secrets masked."""
    raise NotImplementedError
