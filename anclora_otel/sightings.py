"""
Remember of an exception where telemetry has seen it, so that one error is one issue, one log line and one span event.

An error is one exception object in one trace: raised on through wrappers and frameworks it stays the same, while an
exception that is raised from it is another one. The memory is a dictionary of plain values on the exception itself,
since builtin exceptions take no weak references, and so that it goes along when the exception is pickled to another
process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, Literal

from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, Span, SpanContext, TraceFlags

Place = Literal["issue", "log", "span"]
"""Where an error is seen: as an issue of Sentry, as a log line, as an event of a span."""

REMEMBERED_SECONDS = 60.0
"""How long the memory holds where no trace tells whether an exception object is raised anew."""

_MEMORY = "_anclora_otel_sightings"
_MAX_MEMBERS = 1000


def first(error: BaseException, place: Place, span: Span | None = None) -> bool:
    """
    Say whether the error is seen at this place for the first time, and remember that it was.

    A group of exceptions is known where all of its members are; seeing it is seeing them.

    Args:
        error: the exception.
        place: where it is seen.
        span: the span that it is seen in; the current one unless given.

    """
    try:
        context = (span or trace.get_current_span()).get_span_context()
        known = is_known(error, place, span)
        if not known:
            for each in (error, *_members(error)):
                _remember(each, place, context)
        return not known
    except Exception:  # an exception that takes no attributes is reported twice rather than not at all
        return True


def is_known(error: BaseException, place: Place, span: Span | None = None) -> bool:
    """Say whether the error was seen at this place; arguments as those of `first`."""
    try:
        context = (span or trace.get_current_span()).get_span_context()
        members = list(_members(error))
        if members and all(_knows(each, place, context) for each in members):
            return True
        return _knows(error, place, context)
    except Exception:
        return False


def span_of(error: BaseException | None) -> Span | None:
    """Give a stand-in for the span in which the error was first seen, for what is told of it after the span's end."""
    memory = _memory(error)
    if not memory or not memory.get("trace_id"):
        return None
    flags = TraceFlags(int(memory["flags"]))
    return NonRecordingSpan(SpanContext(int(memory["trace_id"]), int(memory["span_id"]), False, flags))


def transaction_of(error: BaseException | None) -> str:
    """Give the name of the outermost span that the error has left, such as ``GET /properties/{reference}``."""
    memory = _memory(error)
    return str(memory.get("transaction", "")) if memory else ""


def name_transaction(error: BaseException, name: str) -> None:
    """Remember the name of a span that the error leaves; a later one is further out."""
    memory = _memory(error)
    if memory is not None:
        memory["transaction"] = name


def _memory(error: BaseException | None) -> dict[str, Any] | None:
    try:
        found = object.__getattribute__(error, "__dict__").get(_MEMORY)
    except Exception:
        return None
    return found if isinstance(found, dict) else None


def _knows(error: BaseException, place: Place, context: SpanContext) -> bool:
    memory = _memory(error)
    if memory is None or place not in memory:
        return False
    if context.is_valid and memory["trace_id"]:
        return bool(memory["trace_id"] == context.trace_id)
    seen_at = memory[place]
    return isinstance(seen_at, float) and time.time() - seen_at < REMEMBERED_SECONDS


def _remember(error: BaseException, place: Place, context: SpanContext) -> None:
    memory = _memory(error)
    is_other_trace = memory is not None and context.is_valid and memory["trace_id"] not in (0, context.trace_id)
    if memory is None or is_other_trace:
        memory = {"trace_id": 0, "span_id": 0, "flags": 0}
        object.__getattribute__(error, "__dict__")[_MEMORY] = memory
    if not memory["trace_id"] and context.is_valid:
        memory.update(trace_id=context.trace_id, span_id=context.span_id, flags=int(context.trace_flags))
    memory[place] = time.time()


def _members(error: BaseException) -> Iterator[BaseException]:
    """Give the exceptions of a group that are no groups themselves; of any other exception nothing."""
    waiting = list(_parts(error))
    for _ in range(_MAX_MEMBERS):
        if not waiting:
            return
        each = waiting.pop()
        parts = _parts(each)
        if parts:
            waiting.extend(parts)
        else:
            yield each


def _parts(error: BaseException) -> tuple[BaseException, ...]:
    # ExceptionGroup is of Python 3.11; the backport has the same attribute.
    parts = getattr(error, "exceptions", None) if "Group" in type(error).__name__ else None
    return tuple(part for part in parts if isinstance(part, BaseException)) if isinstance(parts, tuple) else ()
