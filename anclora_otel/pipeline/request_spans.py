"""
Know the span of a log record, also of one that a web server writes when the request's span has ended.

Uvicorn logs "Exception in ASGI application" after the instrumented application has left its span.
"""

from __future__ import annotations

import logging
from contextvars import ContextVar

from opentelemetry.context import Context, get_current
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor
from opentelemetry.trace import SpanContext, SpanKind, StatusCode, get_current_span, set_span_in_context

ERROR_LOGGERS = frozenset({"uvicorn.error", "hypercorn.error", "gunicorn.error"})
"""The loggers of web servers that tell of an exception which left the application."""

_request_span: ContextVar[Span | None] = ContextVar("anclora_request_span", default=None)


class RequestSpans(SpanProcessor):
    """Remember the last server span of each task, or of each thread of a server without tasks."""

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:  # noqa: ARG002 - the interface's
        """Remember the span of a request."""
        if span.kind is SpanKind.SERVER:
            _request_span.set(span)


def context_of(record: logging.LogRecord) -> Context:
    """Give the context in which a record is written, with the span of the request that it tells of."""
    ended = _ended_request(record)
    return get_current() if ended is None else set_span_in_context(ended)


def span_context_of(record: logging.LogRecord) -> SpanContext:
    """Give the ids of the span in which a record is written; they are invalid where there is none."""
    return (_ended_request(record) or get_current_span()).get_span_context()


def _ended_request(record: logging.LogRecord) -> Span | None:
    if not record.exc_info or record.name not in ERROR_LOGGERS or get_current_span().get_span_context().is_valid:
        return None
    span = _request_span.get()
    # Where a server's thread serves on, a span without an error is that of another request.
    return span if span is not None and _has_failed(span) else None


def _has_failed(span: ReadableSpan) -> bool:
    return span.status.status_code is StatusCode.ERROR
