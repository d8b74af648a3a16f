"""
Read a record of the standard library, whatever its makers put into it.

Everything here runs in the thread that logs, so that values are read before they change, and loses no record: what
cannot be read is replaced by a text that says so.
"""

from __future__ import annotations

import logging
import math
import traceback
from collections.abc import Mapping
from itertools import islice

from opentelemetry import trace
from opentelemetry.trace import Span

from anclora_otel import sightings
from anclora_otel._guard import report_fault
from anclora_otel.catalogue.levels import COMPONENTS, LEVELS_BY_NAME, Level, level_of

ACCESS_LOGGERS = frozenset({"uvicorn.access", "gunicorn.access", "hypercorn.access", "aiohttp.access"})
"""The loggers of web servers that write one line a request; their information is of level http."""

MAX_FIELDS = 100
"""Fields of one record, and items of one list or mapping in it, that are kept."""

CUT_MARK = "[further items left out]"
"""Stands for what is beyond the depth or the number of items that are kept."""

_MAX_DEPTH = 6
_INT64_LIMIT = 2**63
_STANDARD_FIELDS = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}
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
        return well_formed(record.getMessage()).rstrip("\n")
    except Exception as error:
        report_fault(f"log arguments of {record.name}", error)
        return safe_text(record.msg)


def fields_of(record: logging.LogRecord) -> dict[str, object]:
    """Give what was given by ``extra`` as plain values: texts, numbers, booleans, None, lists and dictionaries."""
    given = ((key, value) for key, value in list(vars(record).items()) if _is_extra(key))
    return {safe_text(key): plain_value(value) for key, value in islice(given, MAX_FIELDS)}


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
        return well_formed("".join(traceback.format_exception(error)))
    except Exception:
        return f"{type(error).__name__} whose stack trace cannot be read"


def plain_value(value: object, depth: int = 0) -> object:
    """Copy a value into plain ones that JSON and OTLP can carry; nothing in it is left to change later."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, (int, float)):
        return _plain_number(value)
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, (Mapping, list, tuple, set, frozenset)):
        return CUT_MARK if depth >= _MAX_DEPTH else _plain_container(value, depth + 1)
    return safe_text(value)


def safe_text(value: object) -> str:
    """Give the text of any object, well-formed; one whose text cannot be read is named by its type."""
    try:
        return well_formed(str(value))
    except Exception:
        return f"<{type(value).__name__} whose text cannot be read>"


def well_formed(text: str) -> str:
    """Write lone surrogates as escapes, since neither UTF-8 nor protobuf can carry them."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode()


def _is_extra(key: object) -> bool:
    return not isinstance(key, str) or (key not in _STANDARD_FIELDS and not key.startswith("_"))


def _plain_number(value: float) -> object:
    if isinstance(value, int):
        return int(value) if -_INT64_LIMIT <= value < _INT64_LIMIT else safe_text(value)
    return float(value) if math.isfinite(value) else safe_text(value)


def _plain_container(
    value: Mapping[object, object] | list[object] | tuple[object, ...] | set[object] | frozenset[object], depth: int
) -> object:
    try:
        if isinstance(value, Mapping):
            items = list(islice(value.items(), MAX_FIELDS + 1))
            kept: dict[str, object] = {safe_text(key): plain_value(item, depth) for key, item in items[:MAX_FIELDS]}
            return {**kept, "…": CUT_MARK} if len(items) > MAX_FIELDS else kept
        found = [plain_value(item, depth) for item in islice(value, MAX_FIELDS)]
        return [*found, CUT_MARK] if len(value) > MAX_FIELDS else found
    except Exception:
        return f"<{type(value).__name__} whose items cannot be read>"
