"""
Record an exception on a span once, however many spans it leaves on its way up.

Source: OpenTelemetry semantic conventions, "Recording errors": it is not recommended to record the same exception more
than once as it goes through several spans.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from opentelemetry.sdk.trace import Span
from opentelemetry.trace import Status, StatusCode
from wrapt import wrap_function_wrapper

from anclora_otel import sightings
from anclora_otel._guard import report_fault
from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.pipeline.records import stack_trace


class _Patch:
    """Whether `Span.record_exception` is wrapped; that is done once and stays."""

    done = False


def record_exceptions_once() -> None:
    """Let every span of the SDK leave out exceptions that another span has."""
    if not _Patch.done:
        _Patch.done = True
        wrap_function_wrapper("opentelemetry.sdk.trace", "Span.record_exception", _record)


def record_on(span: Any, error: BaseException) -> None:
    """
    Record an error on a span, with the status of an error; does nothing where the span does not record.

    Args:
        span: a span of OpenTelemetry.
        error: the error.

    """
    if span.is_recording():
        span.set_status(Status(StatusCode.ERROR, f"{type(error).__name__}: {safe_text(error)}"))
        span.record_exception(error)


def _record(wrapped: Callable[..., None], span: Span, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    error = args[0] if args else kwargs.get("exception")
    if not isinstance(error, BaseException) or not span.is_recording():
        wrapped(*args, **kwargs)
        return
    if sightings.first(error, "span", span):
        try:
            wrapped(*args, **kwargs)
        except Exception as fault:  # such as the text of the exception: it must not take the exception's place
            report_fault("span event", fault)
            _record_by_hand(span, error)
    sightings.name_transaction(error, span.name)


def _record_by_hand(span: Span, error: BaseException) -> None:
    span.add_event(
        "exception",
        {
            "exception.type": type(error).__qualname__,
            "exception.message": safe_text(error),
            "exception.stacktrace": stack_trace(error),
        },
    )
