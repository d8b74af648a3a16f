"""
Trace context in BullMQ jobs: the job options ``tm`` and ``omc``, as BullMQ's telemetry for Node.js has them.

Either side may be the other one. Nothing here needs the bullmq package.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from opentelemetry.context import Context
from opentelemetry.trace import Span

from anclora_otel.queues.carriers import context_of, current_carrier
from anclora_otel.queues.spans import consuming, producing

SYSTEM = "bullmq"
"""Value of ``messaging.system``."""

CONTEXT_OPTION = "tm"
"""Job option with the propagation carrier as a JSON string."""

OMIT_CONTEXT_OPTION = "omc"
"""Job option that, when true, keeps the context out of the job."""


def inject_context(options: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the job options with the current trace context in them, unless they say to omit it.

    Args:
        options: BullMQ's options of a job.

    """
    carrier = {} if options.get(OMIT_CONTEXT_OPTION) else current_carrier()
    return {**options, CONTEXT_OPTION: json.dumps(carrier)} if carrier else dict(options)


def extract_context(options: Mapping[str, Any] | None) -> Context:
    """
    Return the trace context of a job's options; an absent, omitted or broken one is an empty context.

    Args:
        options: BullMQ's options of a job, as the worker got them.

    """
    return context_of(job_carrier(options))


def job_carrier(options: Mapping[str, Any] | None) -> object:
    """Return what the job's options hold as carrier, whatever it is; None where there is none."""
    if not options or options.get(OMIT_CONTEXT_OPTION):
        return None
    value = options.get(CONTEXT_OPTION)
    if not isinstance(value, str):
        return None
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


@contextmanager
def producer_span(queue: str) -> Iterator[Span]:
    """
    Hold a span around the adding of a job; take the options from `inject_context` inside it.

    `anclora_otel.instrument_queue` does both, and records the job.

    Args:
        queue: name of the queue.
    """
    with producing(SYSTEM, queue) as span:
        yield span


@contextmanager
def consumer_span(queue: str, options: Mapping[str, Any] | None) -> Iterator[Span]:
    """
    Hold a span around the processing of a job, as a child of the producer's span.

    An exception that leaves it is recorded and marks the span as failed, so its text must name no person.
    `anclora_otel.instrument_worker` does this, and records the job.

    Args:
        queue: name of the queue.
        options: the job's options, as the worker got them.
    """
    with consuming(SYSTEM, queue, extract_context(options)) as span:
        yield span
