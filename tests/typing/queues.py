"""A service with a BullMQ queue, as its author types it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import redis
from opentelemetry.trace import Span

import anclora_otel
from anclora_otel import instrument_queue, instrument_worker, queue_batch, queue_job, queue_send
from anclora_otel.queues import (
    ArqDepth,
    ArqJob,
    BullMQDepth,
    JobSource,
    QueueDepth,
    QueueDepthSource,
    RedisStreamDepth,
    RQDepth,
    bullmq_priority,
    consumer_span,
    error_type_of,
    extract_context,
    inject_context,
    priority_name,
    producer_span,
    redis_stream,
    untraced,
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


def observe_others(client: redis.Redis) -> list[QueueDepthSource]:
    """Observe the queues of other libraries."""
    return [ArqDepth(client), RQDepth(client, "mail"), RedisStreamDepth(client, "events", "workers")]


class Worker:
    """A worker of a library."""


def instrument() -> Worker:
    """Instrument both ends."""
    instrument_queue(Worker, message_type="text")
    worker: Worker = instrument_worker(Worker(), message_type="text", priority="high")
    return worker


def carrier_of(job: dict[str, str]) -> dict[str, str]:
    """Give the fields with the context."""
    return {"traceparent": job["traceparent"]}


@queue_job(JobSource("mail", system="own", carrier=carrier_of), message_type="text")
def handle(job: dict[str, str]) -> int:
    """Do a job."""
    return len(job)


@queue_job(redis_stream("events"), will_retry=lambda error: error_type_of(error) == "timeout")
async def handle_event(message_id: str, fields: dict[str, str]) -> str:
    """Do a job of a stream."""
    with untraced():
        return message_id + fields["name"]


def handle_many(jobs: list[dict[str, str]]) -> int:
    """Do several jobs at once, and send another."""
    with queue_batch("mail", jobs) as span:
        span.add_event("handled")
    with queue_send("mail", system="own", count=1, message_type="text", priority="low") as carrier:
        fields: dict[str, str] = carrier
    return len(fields)


def arq_job(job: ArqJob) -> str:
    """Name a job of arq."""
    return repr(job)


handled: int = handle({})


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
