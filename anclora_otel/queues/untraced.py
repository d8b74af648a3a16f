"""Leave a library's own traffic to its broker out of the traces."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from opentelemetry import context
from opentelemetry.context import Context
from opentelemetry.instrumentation.utils import suppress_instrumentation

from anclora_otel.queues.spans import is_processing


@contextmanager
def untraced() -> Iterator[None]:
    """
    Make no spans of the calls within: for a loop of your own that asks a broker for work, over and over.

    In the function of a job nothing changes.
    """
    if is_processing():
        yield
        return
    with suppress_instrumentation():
        yield


@contextmanager
def traced_again() -> Iterator[None]:
    """Undo `untraced` for a while: for the user's own code that a library calls."""
    token = context.attach(Context())
    try:
        yield
    finally:
        context.detach(token)


def untraced_call(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function, blocking or asynchronous, with what it does itself left out of the traces."""
    return _around(function, untraced)


def traced_call(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give the function, blocking or asynchronous, with `traced_again` around it."""
    return _around(function, traced_again)


def _around(function: Callable[..., Any], scope: Callable[[], Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    async def call_async(*args: Any, **kwargs: Any) -> Any:
        with scope():
            return await function(*args, **kwargs)

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        with scope():
            return function(*args, **kwargs)

    return call_async if inspect.iscoroutinefunction(function) else call


def within(wanted: Context, function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a blocking function that runs in another context than its caller's."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        token = context.attach(wanted)
        try:
            return function(*args, **kwargs)
        finally:
            context.detach(token)

    return call
