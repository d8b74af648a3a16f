"""What a web server logs of a failed request after its span belongs to its trace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, get_current_span

from anclora_otel.pipeline.request_spans import RequestSpans, context_of, span_context_of

FAILED = Status(StatusCode.ERROR)


@pytest.fixture
def tracer() -> Tracer:
    """Give a tracer whose server spans are remembered."""
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(RequestSpans())
    return provider.get_tracer("test")


def failure(name: str = "uvicorn.error") -> logging.LogRecord:
    """Make the record of an exception that left the application."""
    error = RuntimeError("broken")
    return logging.makeLogRecord({"name": name, "exc_info": (RuntimeError, error, None)})


def after_request(tracer: Tracer, look: Callable[[], object], *, fails: bool = True) -> tuple[int, object]:
    """Serve a request in a task as a web server does; give its trace and what is seen after it."""

    async def application() -> int:
        with tracer.start_as_current_span("GET /", kind=SpanKind.SERVER) as span:
            with tracer.start_as_current_span("inner"):
                pass
            if fails:
                span.set_status(FAILED)
            return span.get_span_context().trace_id

    async def serve() -> tuple[int, object]:
        trace_id = await application()
        return trace_id, look()

    return asyncio.run(serve())


def test_the_line_of_an_exception_has_the_trace_of_its_request(tracer: Tracer) -> None:
    """Although the span has ended; its record leaves with it, too."""
    trace_id, found = after_request(tracer, lambda: span_context_of(failure()).trace_id)
    _, exported = after_request(tracer, lambda: get_current_span(context_of(failure())).get_span_context().is_valid)

    assert found == trace_id
    assert exported is True


@pytest.mark.parametrize(
    ("record", "fails"),
    [
        (failure("web"), True),
        (logging.makeLogRecord({"name": "uvicorn.error"}), True),
        (failure(), False),
    ],
)
def test_other_lines_have_no_trace(tracer: Tracer, record: logging.LogRecord, fails: bool) -> None:
    """Neither those of other loggers, nor those without an exception, nor those after a request that went well."""
    _, found = after_request(tracer, lambda: span_context_of(record).is_valid, fails=fails)

    assert found is False


def test_a_span_that_is_current_comes_first(tracer: Tracer) -> None:
    """A line within another span belongs to that."""

    def look() -> bool:
        with tracer.start_as_current_span("cleaning up") as span:
            return span_context_of(failure()) == span.get_span_context()

    assert after_request(tracer, look)[1] is True


def test_requests_side_by_side_are_not_mixed(tracer: Tracer) -> None:
    """Each task has its own request."""

    async def serve() -> bool:
        with tracer.start_as_current_span("GET /", kind=SpanKind.SERVER) as span:
            await asyncio.sleep(0)
            span.set_status(FAILED)
        await asyncio.sleep(0)
        return span_context_of(failure()) == span.get_span_context()

    async def serve_many() -> list[bool]:
        return await asyncio.gather(*(asyncio.create_task(serve()) for _ in range(5)))

    assert asyncio.run(serve_many()) == [True] * 5
