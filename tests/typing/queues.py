"""A service with a BullMQ queue, as its author types it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import redis
from opentelemetry.trace import Span

import anclora_otel
from anclora_otel.queues import (
    BullMQDepth,
    QueueDepth,
    QueueDepthSource,
    bullmq_priority,
    consumer_span,
    extract_context,
    inject_context,
    priority_name,
    producer_span,
)


class OwnBroker:
    """A broker of the service's own."""

    queue: str = "campaigns"

    def read(self) -> QueueDepth:
        """Give the depth."""
        return QueueDepth(waiting={"high": 1, "normal": 2}, active=1, dead_letter=0)


def observe(client: redis.Redis) -> int:
    """Observe queues of both kinds."""
    sources: list[QueueDepthSource] = [OwnBroker(), BullMQDepth(client, "campaigns", prefix="bull")]
    for source in sources:
        anclora_otel.observe_queue(source)
    return sum(sum(source.read().waiting.values()) for source in sources)


def produce() -> dict[str, Any]:
    """Put the trace into a job."""
    with producer_span("campaigns") as span:
        span.set_attribute("batch", 5)
        options: dict[str, Any] = inject_context({"priority": bullmq_priority("high")})
    return options


def consume(options: Mapping[str, Any]) -> str:
    """Continue it in the worker."""
    with consumer_span("campaigns", options) as span:
        started: Span = span
        started.add_event("taken")
    print(extract_context(options), extract_context(None))  # noqa: T201 - a user's own
    return priority_name(5).upper()
