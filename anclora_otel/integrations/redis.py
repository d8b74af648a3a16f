"""
Record the commands and the connection pools of redis-py without a changed line.

Spans are those of opentelemetry-instrumentation-redis; the metrics ``anclora_redis_*`` come from here. Names of
commands are recorded, keys and values never.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from wrapt import wrap_function_wrapper

from anclora_otel._guard import guarded
from anclora_otel.catalogue.labels import OPERATION, RedisStatus
from anclora_otel.integrations.redis_pools import connection_pools, name_redis_pool
from anclora_otel.queues.reading_client import is_reading
from anclora_otel.recorders.redis import record_redis_operation

__all__ = ["BLOCKING_COMMANDS", "instrument_redis", "instrument_redis_metrics", "name_redis_pool"]

BLOCKING_COMMANDS = frozenset(
    {"blmove", "blmpop", "blpop", "brpop", "brpoplpush", "bzmpop", "bzpopmax", "bzpopmin", "wait", "waitaof"}
)
"""Commands that wait by design: they are counted, and their time is no latency."""

_OPTIONS_START = {"xread": 1, "xreadgroup": 4}
"""Where the options of commands begin that wait only with BLOCK; names of streams follow STREAMS."""

_KNOWN_OPERATIONS = frozenset(OPERATION.values or ())

_COMMANDS = (
    ("redis.client", "Redis.execute_command"),
    ("redis.client", "Pipeline.immediate_execute_command"),
    ("redis.cluster", "RedisCluster.execute_command"),
)
_PIPELINES = (("redis.client", "Pipeline.execute"), ("redis.cluster", "ClusterPipeline.execute"))
_ASYNC_COMMANDS = (
    ("redis.asyncio.client", "Redis.execute_command"),
    ("redis.asyncio.client", "Pipeline.immediate_execute_command"),
    ("redis.asyncio.cluster", "RedisCluster.execute_command"),
)
_ASYNC_PIPELINES = (
    ("redis.asyncio.client", "Pipeline.execute"),
    ("redis.asyncio.cluster", "ClusterPipeline.execute"),
)


class _State:
    """Whether redis-py is wrapped; it is once in a process."""

    wrapped = False


def instrument_redis() -> None:
    """
    Record commands and pools of every redis-py client of this process, and make spans of its commands.

    Under ``anclora-otel run`` it has happened already. Repeated calls change nothing.

    Raises:
        ModuleNotFoundError: if redis is not installed; the text has the command that installs it.

    """
    from opentelemetry.instrumentation.redis import RedisInstrumentor

    instrument_redis_metrics()
    instrumentor = RedisInstrumentor()
    if not instrumentor.is_instrumented_by_opentelemetry:
        instrumentor.instrument()


def instrument_redis_metrics() -> None:
    """
    Record commands and pools of every redis-py client of this process, without spans.

    Raises:
        ModuleNotFoundError: if redis is not installed; the text has the command that installs it.

    """
    if _State.wrapped:
        return
    try:
        importlib.import_module("redis.asyncio.cluster")
        importlib.import_module("redis.cluster")
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("redis is not installed; run: pip install redis", name=error.name) from error
    _State.wrapped = True
    for names, wrapper in (
        (_COMMANDS, _record_command),
        (_PIPELINES, _record_pipeline),
        (_ASYNC_COMMANDS, _record_command_async),
        (_ASYNC_PIPELINES, _record_pipeline_async),
    ):
        for module, name in names:
            wrap_function_wrapper(module, name, wrapper)
    connection_pools.wrap()


def operation_of(arguments: Sequence[object]) -> str:
    """Give the label of a command: its name in lower case, or ``other`` for one that the catalogue does not list."""
    name = _text(arguments[0]).lower() if arguments else ""
    return name if name in _KNOWN_OPERATIONS else "other"


def blocks(arguments: Sequence[object]) -> bool:
    """Say whether a command waits by design."""
    name = _text(arguments[0]).lower() if arguments else ""
    if name not in _OPTIONS_START:
        return name in BLOCKING_COMMANDS
    options = (_text(argument).lower() for argument in arguments[_OPTIONS_START[name] :])
    return next((option == "block" for option in options if option in ("block", "streams")), False)


def status_of(error: BaseException | None) -> RedisStatus:
    """Give the label of an outcome; an optimistic lock that was lost is neither success nor error."""
    import redis

    if error is None:
        return "success"
    if isinstance(error, (redis.TimeoutError, TimeoutError)):
        return "timeout"
    if isinstance(error, redis.WatchError) or not isinstance(error, (redis.RedisError, OSError)):
        return "other"
    return "error"


def _record_command(wrapped: Callable[..., Any], _: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return _timed(wrapped, args, kwargs, args)


def _record_pipeline(wrapped: Callable[..., Any], _: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return _timed(wrapped, args, kwargs, ("pipeline",))


async def _record_command_async(
    wrapped: Callable[..., Awaitable[Any]], _: object, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    return await _timed_async(wrapped, args, kwargs, args)


async def _record_pipeline_async(
    wrapped: Callable[..., Awaitable[Any]], _: object, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Any:
    return await _timed_async(wrapped, args, kwargs, ("pipeline",))


def _timed(
    wrapped: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], command: Sequence[object]
) -> Any:
    if is_reading():
        return wrapped(*args, **kwargs)
    started = time.perf_counter()
    failure: BaseException | None = None
    try:
        return wrapped(*args, **kwargs)
    except BaseException as error:
        failure = error
        raise
    finally:
        _record(command, failure, time.perf_counter() - started)


async def _timed_async(
    wrapped: Callable[..., Awaitable[Any]], args: tuple[Any, ...], kwargs: dict[str, Any], command: Sequence[object]
) -> Any:
    if is_reading():
        return await wrapped(*args, **kwargs)
    started = time.perf_counter()
    failure: BaseException | None = None
    try:
        return await wrapped(*args, **kwargs)
    except BaseException as error:
        failure = error
        raise
    finally:
        _record(command, failure, time.perf_counter() - started)


@guarded
def _record(command: Sequence[object], failure: BaseException | None, seconds: float) -> None:
    record_redis_operation(
        operation_of(command),  # type: ignore[arg-type]  # one of the closed set, by the function's word
        status_of(failure),
        None if blocks(command) else seconds,
    )


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("ascii", "replace")
    return value if isinstance(value, str) else ""
