"""
Read a record of the standard library, whatever its makers put into it.

Everything here runs in the thread that logs, so that values are read before they change, and loses no record: what
cannot be read is replaced by a text that says so.
"""

from __future__ import annotations

import logging
import traceback

from opentelemetry import trace
from opentelemetry.trace import Span

from anclora_otel import sightings
from anclora_otel._guard import report_fault
from anclora_otel.catalogue.levels import COMPONENTS, LEVELS_BY_NAME, Level, level_of
from anclora_otel.pipeline.plain_values import plain_fields, safe_text, shortened, well_formed

ACCESS_LOGGERS = frozenset({"uvicorn.access", "gunicorn.access", "hypercorn.access", "aiohttp.access"})
"""The loggers of web servers that write one line a request; their information is of level http."""

_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
# What uvicorn and OpenTelemetry's instrumentation of logging add, and a line has already.
_REPEATED_FIELDS = frozenset({"color_message", "otelSpanID", "otelTraceID", "otelTraceSampled", "otelServiceName"})
_NO_FIELDS = _STANDARD_FIELDS | _REPEATED_FIELDS
_components = set(COMPONENTS)


def register_component(name: str) -> None:
    """Count a logger, and those below it, as a component."""
    _components.add(name)


def component_of(record: logging.LogRecord) -> str:
    """Give the component of a record: what ``extra`` says, or the component whose logger wrote it, or nothing."""
    given = vars(record).get("component")
    if isinstance(given, str):
        return well_formed(given)
    name = record.name
    while name and name not in _components:
        name = name.rpartition(".")[0]
    return name


def number_of_level(record: logging.LogRecord) -> int:
    """Give the level of a record in the standard library's numbers, a web server's line about a request as http."""
    if record.levelno == logging.INFO and record.name in ACCESS_LOGGERS:
        return LEVELS_BY_NAME["http"].stdlib
    return record.levelno


def level_of_record(record: logging.LogRecord) -> Level:
    """Give the level of a record; a web server's line about a request is of level http."""
    return level_of(number_of_level(record))


def message_of(record: logging.LogRecord) -> str:
    """
    Give the message of a record.

    Arguments that do not fit their format lose no record: the format itself is the message.
    """
    try:
        return shortened(well_formed(record.getMessage()).rstrip("\n"))
    except Exception as error:
        report_fault(f"log arguments of {record.name}", error)
        return safe_text(record.msg)


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Give what was given by ``extra`` as plain values: texts, numbers, booleans, None, lists and dictionaries."""
    given = [(key, value) for key, value in vars(record).copy().items() if key not in _NO_FIELDS]
    return plain_fields([(key, value) for key, value in given if not _is_private(key)]) if given else {}


def exception_of(record: logging.LogRecord) -> str:
    """Give the stack trace of the record's exception as text, and the stack where ``stack_info`` asked for it."""
    parts = [record.stack_info] if record.stack_info else []
    if isinstance(record.exc_info, tuple) and record.exc_info[0] is not None:
        parts.insert(0, stack_trace(record.exc_info[1]))
    elif record.exc_text:
        parts.insert(0, record.exc_text)
    return "\n".join(safe_text(part).rstrip("\n") for part in parts)


def error_of(record: logging.LogRecord) -> BaseException | None:
    """Give the exception that the record tells of, or None."""
    return record.exc_info[1] if isinstance(record.exc_info, tuple) else None


def span_of_record(record: logging.LogRecord) -> Span:
    """
    Give the span that the record belongs to.

    That is the current span, or where there is none the one in which the record's exception was seen: a web server
    writes of an exception when the request's span has ended.
    """
    current = trace.get_current_span()
    if current.get_span_context().is_valid:
        return current
    return sightings.span_of(error_of(record)) or current


def stack_trace(error: BaseException | None) -> str:
    """Give the stack trace of an exception, also of one whose text cannot be read."""
    try:
        return shortened(well_formed("".join(traceback.format_exception(error))))
    except Exception:
        return f"{type(error).__name__} whose stack trace cannot be read"


def exception_type(error: BaseException | type[BaseException]) -> str:
    """Name the type of an exception with its module. Source: semantic conventions, "exception.type"."""
    kind = error if isinstance(error, type) else type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _is_private(key: object) -> bool:
    return isinstance(key, str) and key.startswith("_")
