"""Wrap what may fail: functions of every kind, and blocks."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator
from types import TracebackType
from typing import Any, Literal, TypeVar, cast

from anclora_otel.pipeline.plain_values import safe_text
from anclora_otel.redaction import contains_personal_data, looks_like_identifier, redact_text
from anclora_otel.sentry.reporting import Report, report

F = TypeVar("F", bound=Callable[..., Any])

_NAME_CHARACTERS = 200


class Operation:
    """
    Report an error that leaves a function or a block, and let it go on.

    Made by `with_sentry` and `with_whatsapp_call`; used as a decorator of functions, coroutine functions, generators
    and asynchronous generators, and by ``with``, in asynchronous code too. It holds no state, so one may be used at
    once by any number of tasks.

    Args:
        about: what is told about the errors.

    """

    def __init__(self, about: Report) -> None:
        self._about = about

    def __call__(self, function: F) -> F:
        """Wrap a function of any kind."""
        if inspect.isasyncgenfunction(function):
            wrapped: Callable[..., Any] = self._of_async_generator(function)
        elif inspect.isgeneratorfunction(function):
            wrapped = self._of_generator(function)
        elif inspect.iscoroutinefunction(function):
            wrapped = self._of_coroutine(function)
        else:
            wrapped = self._of_function(function)
        return cast("F", functools.wraps(function)(wrapped))

    def __enter__(self) -> None:
        """Begin a block."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> Literal[False]:
        """Report the error that leaves the block; cancellation and exit are none."""
        if isinstance(error, Exception):
            report(error, self._about)
        return False

    def _of_function(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return function(*args, **kwargs)

        return call

    def _of_coroutine(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            with self:
                return await function(*args, **kwargs)

        return call

    def _of_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with self:
                return (yield from function(*args, **kwargs))

        return call

    def _of_async_generator(self, function: Callable[..., Any]) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            with self:
                source = function(*args, **kwargs)
                try:
                    item = await source.__anext__()
                    while True:
                        item = await _passed_on(source, (yield item))
                except StopAsyncIteration:
                    return
                finally:
                    await source.aclose()

        return call


async def _passed_on(source: AsyncGenerator[Any, Any], sent: Any) -> Any:
    return await source.asend(sent)


def with_sentry(operation: str) -> Operation:
    """
    Report the errors of an operation: an issue, a log line and a span event for each, whatever wraps it besides.

    The error goes on as it would have. Use it as a decorator, or by ``with`` around a block.

    Args:
        operation: name of the operation, such as ``lead.scoring``; the tag ``operation`` of the issue. Not made of
            what changes from call to call.

    """
    name = redact_text(safe_text(operation))[:_NAME_CHARACTERS]
    return Operation(Report(f"{name} failed", tags={"operation": name}, handled=False, waits=True))


def with_whatsapp_call(endpoint: str) -> Operation:
    """
    Report the errors of a call of the WhatsApp API, with the template of its path and never a number.

    Args:
        endpoint: template of the path, such as ``/message/sendText/{instance}``. A part of it that is a number, an id
            or an address all the same is left out.

    """
    template = "/".join(_template_part(part) for part in safe_text(endpoint).partition("?")[0].split("/"))
    name = template[:_NAME_CHARACTERS]
    tags = {"operation": "whatsapp.call", "whatsapp.endpoint": name}
    return Operation(Report(f"WhatsApp call {name} failed", logger="whatsapp", tags=tags, handled=False, waits=True))


def _template_part(part: str) -> str:
    if part.isdigit() or contains_personal_data(part) or looks_like_identifier(part) or redact_text(part) != part:
        return "{id}"
    return part
