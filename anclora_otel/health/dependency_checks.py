"""Ready-made checks of what a service depends on: Redis and a queue."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Mapping
from typing import Any, Protocol

from opentelemetry.instrumentation.utils import suppress_instrumentation

from anclora_otel.catalogue import health as thresholds
from anclora_otel.health.check import ReadyCheck
from anclora_otel.health.limits import usable_number
from anclora_otel.health.results import CheckAnswer, CheckResult


class Pingable(Protocol):
    """A client that can ask its server for a sign of life; those of redis-py can, synchronous and asynchronous."""

    def ping(self) -> Any:
        """Ask, and give the answer or an awaitable of it."""


class Depth(Protocol):
    """How many messages a queue holds."""

    @property
    def waiting(self) -> Mapping[Any, int]:
        """Messages not yet taken, by priority."""

    @property
    def active(self) -> int:
        """Messages being processed."""

    @property
    def dead_letter(self) -> int:
        """Messages given up."""


class DepthSource(Protocol):
    """What can tell a queue's depth; `anclora_otel.queues.BullMQDepth` can."""

    def read(self) -> Depth:
        """Ask the broker."""


def redis_check(client: Pingable) -> ReadyCheck:
    """
    Check that a Redis answers a ping; add one for each Redis, such as ``redis`` and ``analytics_redis``.

    The ping leaves no span and no metric of its own. A client of asyncio belongs to one event loop: probe it there.

    Args:
        client: a client of redis-py, synchronous or of asyncio.

    """

    def check() -> CheckAnswer | Awaitable[CheckAnswer]:
        with suppress_instrumentation():
            answer = client.ping()
        return _awaited(answer) if inspect.isawaitable(answer) else _judge_answer(answer)

    return ReadyCheck(check)


def queue_check(
    source: DepthSource,
    *,
    warn_waiting: int = thresholds.QUEUE_WAITING_WARN,
    warn_failed: int = thresholds.QUEUE_FAILED_WARN,
) -> ReadyCheck:
    """
    Check how deep a queue is; details are ``waiting``, ``active`` and ``failed``.

    A deep queue warns and never fails: the service that takes messages in is not what is wrong. A broker that does
    not answer fails.

    Args:
        source: tells the depth, such as ``BullMQDepth(client, "queue")``.
        warn_waiting: warns above this number of waiting messages.
        warn_failed: warns above this number of messages given up.

    """
    warn_waiting = int(usable_number("warn_waiting of queue_check()", warn_waiting, thresholds.QUEUE_WAITING_WARN))
    warn_failed = int(usable_number("warn_failed of queue_check()", warn_failed, thresholds.QUEUE_FAILED_WARN))

    def check() -> CheckResult:
        with suppress_instrumentation():
            depth = source.read()
        waiting, failed = sum(depth.waiting.values()), depth.dead_letter
        deep = waiting > warn_waiting or failed > warn_failed
        return CheckResult("warn" if deep else "pass", {"waiting": waiting, "active": depth.active, "failed": failed})

    return ReadyCheck(check)


async def _awaited(answer: Awaitable[object]) -> CheckAnswer:
    with suppress_instrumentation():
        return _judge_answer(await answer)


def _judge_answer(answer: object) -> CheckAnswer:
    if answer in (True, b"PONG", "PONG"):
        return None
    return CheckResult("fail", {"error": "Redis did not answer PONG"})
