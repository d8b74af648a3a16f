"""Spans of your own code."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from anclora_otel.tracing import record_span_error, set_span_attributes, span, traced


@pytest.fixture
def finished(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], tuple[ReadableSpan, ...]]]:
    """Give the spans that have ended, without a global provider."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr("anclora_otel.tracing.trace.get_tracer", provider.get_tracer)
    yield exporter.get_finished_spans
    provider.shutdown()


def current_name() -> str:
    """Name the span that is current."""
    return str(getattr(trace.get_current_span(), "name", ""))


def test_a_block_has_a_span_with_its_attributes(finished: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """What is set within is on it, and afterwards it is not current."""
    with span("score lead", {"lead.source": "web"}, kind="client"):
        set_span_attributes({"lead.score": 7})
    found = finished()[0]

    assert (found.name, found.kind, dict(found.attributes or {})) == (
        "score lead",
        trace.SpanKind.CLIENT,
        {"lead.source": "web", "lead.score": 7},
    )
    assert current_name() == ""


def test_an_error_that_leaves_a_block_goes_through_and_is_recorded(
    finished: Callable[[], tuple[ReadableSpan, ...]],
) -> None:
    """Once, with the status."""
    with pytest.raises(ValueError, match="no"), span("score lead"):
        raise ValueError("no")
    found = finished()[0]

    assert [event.name for event in found.events] == ["exception"]
    assert found.status.status_code is trace.StatusCode.ERROR


def test_an_error_that_was_caught_can_be_recorded(finished: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """The span says what went wrong although nothing left it."""
    with span("score lead"):
        record_span_error(ValueError("no"))
    found = finished()[0]

    assert (found.status.description, [event.name for event in found.events]) == ("ValueError", ["exception"])


@traced()
def plain(value: int) -> int:
    """Return a value."""
    return value if current_name().endswith("plain") else -1


@traced("coroutine", {"part": "test"})
async def coroutine(value: int) -> int:
    """Return a value after a turn of the loop."""
    await asyncio.sleep(0)
    return value if current_name() == "coroutine" else -1


@traced("generator")
def generator(count: int) -> Iterator[str]:
    """Give the current span's name some times."""
    for _ in range(count):
        yield current_name()


@traced("async generator")
async def async_generator(count: int) -> AsyncIterator[str]:
    """Give the current span's name some times."""
    for _ in range(count):
        await asyncio.sleep(0)
        yield current_name()


def test_functions_of_every_kind_are_traced(finished: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """Results are as ever, the span is current inside and not while the caller has an item."""

    async def collect() -> list[str]:
        return [item + current_name() async for item in async_generator(2)]

    assert plain(3) == 3
    assert asyncio.run(coroutine(4)) == 4
    assert [item + current_name() for item in generator(2)] == ["generator", "generator"]
    assert asyncio.run(collect()) == ["async generator", "async generator"]
    assert [each.name for each in finished()] == [f"{__name__}.plain", "coroutine", "generator", "async generator"]
    assert (plain.__name__, plain.__doc__) == ("plain", "Return a value.")
    assert dict(finished()[1].attributes or {}) == {"part": "test"}


def test_a_generator_keeps_its_protocol(finished: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """What is sent, thrown and returned passes through."""

    @traced("talk")
    def talk() -> Any:
        heard = yield "first"
        try:
            yield heard
        except KeyError:
            yield "caught"
        return "end"

    conversation = talk()
    assert next(conversation) == "first"
    assert conversation.send("said") == "said"
    assert conversation.throw(KeyError()) == "caught"
    with pytest.raises(StopIteration) as ended:
        next(conversation)

    assert ended.value.value == "end"
    assert [each.name for each in finished()] == ["talk"]


def test_a_generator_that_is_left_ends_its_span(finished: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """Without an error: its caller had enough."""
    items = generator(5)
    next(items)
    items.close()  # type: ignore[attr-defined]

    assert [each.status.status_code for each in finished()] == [trace.StatusCode.UNSET]


def test_an_error_in_a_generator_is_recorded_once(finished: Callable[[], tuple[ReadableSpan, ...]]) -> None:
    """And goes through."""

    @traced("broken")
    def broken() -> Iterator[int]:
        yield 1
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        list(broken())

    assert [event.name for event in finished()[0].events] == ["exception"]


def test_the_helpers_never_raise_for_what_they_are_given() -> None:
    """Without a span, with rubbish."""
    set_span_attributes({"a": object()})  # type: ignore[dict-item]
    set_span_attributes(None)  # type: ignore[arg-type]
    record_span_error("no error")  # type: ignore[arg-type]
