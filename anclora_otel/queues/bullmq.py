"""
BullMQ queues: their depth from Redis, and trace context in their jobs.

Nothing here needs the bullmq package: the depth is read from BullMQ's keys, and the context travels in the
job options ``tm`` and ``omc``, the fields that BullMQ for Node.js uses, so that either side may be the other
one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from opentelemetry import context, propagate, trace
from opentelemetry.context import Context
from opentelemetry.instrumentation.utils import suppress_instrumentation
from opentelemetry.trace import Span, SpanKind

from anclora_otel.catalogue.labels import Priority
from anclora_otel.queues.depth import QueueDepth
from anclora_otel.queues.priorities import BANDS

if TYPE_CHECKING:
    import redis

CONTEXT_OPTION = "tm"
"""Job option with the propagation carrier as a JSON string."""

OMIT_CONTEXT_OPTION = "omc"
"""Job option that, when true, keeps the context out of the job."""

_TRACER_NAME = "anclora_otel.queues.bullmq"


class BullMQDepth:
    """
    Read the depth of a BullMQ queue from its keys in Redis.

    The list ``wait`` is priority normal, score ranges of ``prioritized`` are the others, ``delayed``
    (postponed jobs and retries) counts as other, the failed set is the dead letter. A key that vanished is
    empty.
    One round trip and one moment: the counts come from one transaction, so a job that moves is counted once.

    Args:
        client: a synchronous Redis client; give it a socket timeout, since it is used in the export thread.
        queue: name of the queue.
        prefix: BullMQ's key prefix.
    """

    def __init__(self, client: redis.Redis, queue: str, prefix: str = "bull") -> None:
        self._client = client
        self._queue = queue
        self._keys = f"{prefix}:{queue}"

    @property
    def queue(self) -> str:
        """Name the queue."""
        return self._queue

    def read(self) -> QueueDepth:
        """
        Ask Redis for the depth.

        Raises:
            redis.RedisError: Redis did not answer, or a key is not BullMQ's.
        """
        with suppress_instrumentation(), self._client.pipeline(transaction=True) as pipeline:
            for name in ("wait", "paused", "active"):
                pipeline.llen(f"{self._keys}:{name}")
            for name in ("delayed", "failed"):
                pipeline.zcard(f"{self._keys}:{name}")
            for band in BANDS:
                pipeline.zcount(f"{self._keys}:prioritized", band.minimum_score, f"({band.score_limit}")
            wait, paused, active, delayed, failed, *prioritized = (int(count) for count in pipeline.execute())
        waiting: dict[Priority, int] = {"normal": wait + paused}
        waiting.update({band.priority: count for band, count in zip(BANDS, prioritized, strict=True)})
        waiting["other"] += delayed
        return QueueDepth(waiting=waiting, active=active, dead_letter=failed)


def inject_context(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job options with the current trace context in them, unless they say to omit it."""
    carrier: dict[str, str] = {}
    if not options.get(OMIT_CONTEXT_OPTION):
        propagate.inject(carrier)
    return {**options, CONTEXT_OPTION: json.dumps(carrier)} if carrier else dict(options)


def extract_context(options: Mapping[str, Any] | None) -> Context:
    """Return the trace context of a job's options; an absent, omitted or broken one is an empty context."""
    options = options or {}
    if options.get(OMIT_CONTEXT_OPTION):
        return Context()
    return propagate.extract(_carrier(options.get(CONTEXT_OPTION)), context=Context())


def _carrier(value: object) -> dict[str, str]:
    if not isinstance(value, str):
        return {}
    try:
        decoded = json.loads(value)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(decoded, dict):
        return {}
    return {key: item for key, item in decoded.items() if isinstance(item, str)}


@contextmanager
def producer_span(queue: str) -> Iterator[Span]:
    """
    Hold a span around the adding of a job; take the options from `inject_context` inside it.

    Args:
        queue: name of the queue.
    """
    with trace.get_tracer(_TRACER_NAME).start_as_current_span(
        f"send {queue}", kind=SpanKind.PRODUCER, attributes=_attributes(queue, "send")
    ) as span:
        yield span


@contextmanager
def consumer_span(queue: str, options: Mapping[str, Any] | None) -> Iterator[Span]:
    """
    Hold a span around the processing of a job, as a child of the producer's span.

    An exception that leaves it is recorded and marks the span as failed, so its text must name no person.

    Args:
        queue: name of the queue.
        options: the job's options, as the worker got them.
    """
    # The job's context replaces the worker's altogether, baggage and suppression included.
    token = context.attach(extract_context(options))
    try:
        with trace.get_tracer(_TRACER_NAME).start_as_current_span(
            f"process {queue}", kind=SpanKind.CONSUMER, attributes=_attributes(queue, "process")
        ) as span:
            yield span
    finally:
        context.detach(token)


def _attributes(queue: str, operation: str) -> dict[str, str]:
    # Messaging conventions are still incubating, so their names are written out here rather than imported.
    return {
        "messaging.system": "bullmq",
        "messaging.operation.type": operation,
        "messaging.operation.name": operation,
        "messaging.destination.name": queue,
    }
