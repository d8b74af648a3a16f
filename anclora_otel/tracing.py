"""
Spans of your own code, in one line each.

They go to the tracer provider in use, so that they are no-ops before `anclora_otel.configure`. What an attribute or an
error says is redacted on its way out, as everything is.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Literal, TypeVar, cast

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.util.types import AttributeValue

from anclora_otel._guard import guarded

__all__ = ["record_span_error", "set_span_attributes", "span", "traced"]

F = TypeVar("F", bound=Callable[..., Any])

Kind = Literal["internal", "client", "server", "producer", "consumer"]
"""What a span stands for. Source: OpenTelemetry specification, "SpanKind"."""

_TRACER_NAME = "anclora_otel"
_KINDS = {"internal": SpanKind.INTERNAL, "client": SpanKind.CLIENT, "server": SpanKind.SERVER}
_KINDS |= {"producer": SpanKind.PRODUCER, "consumer": SpanKind.CONSUMER}


@contextmanager
def span(
    name: str, attributes: Mapping[str, AttributeValue] | None = None, *, kind: Kind = "internal"
) -> Iterator[Span]:
    """
    Hold a span around a block, in synchronous and in asynchronous code.

    An exception that leaves the block is recorded and marks the span as failed.

    Args:
        name: what happens, with few different values, such as ``score lead``; never an id.
        attributes: texts, numbers, booleans, or lists of one of these.
        kind: internal, client, server, producer or consumer.

    """
    tracer = trace.get_tracer(_TRACER_NAME)
    with tracer.start_as_current_span(name, kind=_KINDS.get(kind, SpanKind.INTERNAL), attributes=attributes) as current:
        yield current


def traced(name: str = "", attributes: Mapping[str, AttributeValue] | None = None) -> Callable[[F], F]:
    """
    Hold a span around each call of a function: synchronous, asynchronous, or a generator of either kind.

    The span of a generator lasts from its first item to its end, and is current while the generator runs.

    Args:
        name: the span's name; that of the function with its module's unless given.
        attributes: as in `span`.

    """

    def decorate(function: F) -> F:
        called = name or f"{function.__module__}.{function.__qualname__}"
        if inspect.isasyncgenfunction(function):
            wrapped: Any = _traced_async_generator(function, called, attributes)
        elif inspect.iscoroutinefunction(function):
            wrapped = _traced_coroutine(function, called, attributes)
        elif inspect.isgeneratorfunction(function):
            wrapped = _traced_generator(function, called, attributes)
        else:
            wrapped = _traced_call(function, called, attributes)
        return cast("F", functools.wraps(function)(wrapped))

    return decorate


@guarded
def set_span_attributes(attributes: Mapping[str, AttributeValue]) -> None:
    """
    Add attributes to the current span; nothing happens where there is none.

    Args:
        attributes: texts, numbers, booleans, or lists of one of these.

    """
    trace.get_current_span().set_attributes(attributes)


@guarded
def record_span_error(error: BaseException) -> None:
    """
    Mark the current span as failed by an error that your code has caught, and record it there.

    Args:
        error: what went wrong.

    """
    current = trace.get_current_span()
    current.record_exception(error)
    current.set_status(Status(StatusCode.ERROR, type(error).__name__))


def _traced_call(function: Callable[..., Any], name: str, attributes: Any) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with span(name, attributes):
            return function(*args, **kwargs)

    return call


def _traced_coroutine(function: Callable[..., Any], name: str, attributes: Any) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        with span(name, attributes):
            return await function(*args, **kwargs)

    return call


def _traced_generator(function: Callable[..., Any], name: str, attributes: Any) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        # The span must not stay current while the caller has an item: each step enters it anew.
        current = trace.get_tracer(_TRACER_NAME).start_span(name, attributes=attributes)
        items = function(*args, **kwargs)
        step = functools.partial(next, items)
        try:
            while True:
                with _entered(current):
                    try:
                        item = step()
                    except StopIteration as end:
                        return end.value
                try:
                    step = functools.partial(items.send, (yield item))
                except GeneratorExit:
                    raise
                except BaseException as thrown:
                    step = functools.partial(items.throw, thrown)
        finally:
            items.close()
            current.end()

    return call


def _traced_async_generator(function: Callable[..., Any], name: str, attributes: Any) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        current = trace.get_tracer(_TRACER_NAME).start_span(name, attributes=attributes)
        items = function(*args, **kwargs)
        step = items.__anext__
        try:
            while True:
                with _entered(current):
                    try:
                        item = await step()
                    except StopAsyncIteration:
                        return
                try:
                    step = functools.partial(items.asend, (yield item))
                except GeneratorExit:
                    raise
                except BaseException as thrown:
                    step = functools.partial(items.athrow, thrown)
        finally:
            await items.aclose()
            current.end()

    return call


@contextmanager
def _entered(current: Span) -> Iterator[None]:
    with trace.use_span(current, end_on_exit=False, record_exception=True, set_status_on_exception=True):
        yield
