"""
Spans of producers and consumers, by the messaging conventions.

The conventions are still incubating, so the names are pinned here rather than imported.
Source: OpenTelemetry semantic conventions 1.38, "Semantic conventions for messaging spans".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from opentelemetry import context, trace
from opentelemetry.context import Context
from opentelemetry.trace import Link, Span, SpanKind, StatusCode
from opentelemetry.util.types import AttributeValue

from anclora_otel.queues.messaging_metrics import measured_processing, measured_sending

SYSTEM = "messaging.system"
DESTINATION = "messaging.destination.name"
OPERATION_TYPE = "messaging.operation.type"
OPERATION_NAME = "messaging.operation.name"
MESSAGE_ID = "messaging.message.id"
BATCH_COUNT = "messaging.batch.message_count"
GROUP = "messaging.consumer.group.name"
ERROR_TYPE = "error.type"

# A proxy until a provider is set; asking for it once saves a look-up in each job.
_tracer = trace.get_tracer("anclora_otel.queues")
_PROCESSING = context.create_key("anclora-queue-processing")


@contextmanager
def producing(system: str, queue: str, *, count: int | None = None) -> Iterator[Span]:
    """
    Hold a span around the adding of jobs.

    Args:
        system: the library or the broker.
        queue: name of the queue.
        count: how many jobs, where they are added at once.
    """
    attributes = _attributes(system, queue, "send")
    told = attributes if count is None else {**attributes, BATCH_COUNT: count}
    with _span(f"send {queue}", SpanKind.PRODUCER, told) as span, measured_sending(attributes, count or 1):
        yield span


@contextmanager
def consuming(
    system: str, queue: str, sent_in: Context, *, message_id: str = "", more: Mapping[str, AttributeValue] | None = None
) -> Iterator[Span]:
    """
    Hold a span around the processing of a job, as a child of the producer's span.

    Args:
        system: the library or the broker.
        queue: name of the queue.
        sent_in: the context that came with the job; it replaces the worker's altogether, suppression included.
        message_id: the job's id, where it has one.
        more: further attributes.
    """
    attributes = _attributes(system, queue, "process")
    told = {**attributes, **(more or {})}
    if message_id:
        told[MESSAGE_ID] = message_id
    with (
        _replaced_by(sent_in),
        _span(f"process {queue}", SpanKind.CONSUMER, told) as span,
        measured_processing(attributes, 1),
    ):
        yield span


@contextmanager
def consuming_batch(system: str, queue: str, sent_in: Iterable[Context]) -> Iterator[Span]:
    """
    Hold one span around the processing of several jobs, linked to the producer's span of each.

    Args:
        system: the library or the broker.
        queue: name of the queue.
        sent_in: the context that came with each job.
    """
    contexts = list(sent_in)
    producers = [trace.get_current_span(each).get_span_context() for each in contexts]
    attributes = _attributes(system, queue, "process")
    links = [Link(producer) for producer in producers if producer.is_valid]
    with (
        _replaced_by(Context()),
        _span(f"process {queue}", SpanKind.CONSUMER, {**attributes, BATCH_COUNT: len(contexts)}, links) as span,
        measured_processing(attributes, len(contexts)),
    ):
        yield span


def is_processing() -> bool:
    """Say whether the current context is that of a job's function, and not that of the library around it."""
    return context.get_value(_PROCESSING) is not None


def mark_failed(span: Span, error_class: str) -> None:
    """Mark a span as failed by an error that was seen elsewhere, with the event that stands for an exception."""
    span.set_attribute(ERROR_TYPE, error_class)
    span.set_status(StatusCode.ERROR)
    span.add_event("exception", {"exception.type": error_class})


def class_name(error: BaseException) -> str:
    """Name the class of an error as `error.type` and `exception.type` have it."""
    kind = type(error)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


@contextmanager
def _replaced_by(replacement: Context) -> Iterator[None]:
    token = context.attach(context.set_value(_PROCESSING, True, replacement))
    try:
        yield
    finally:
        context.detach(token)


@contextmanager
def _span(
    name: str, kind: SpanKind, attributes: Mapping[str, AttributeValue], links: list[Link] | None = None
) -> Iterator[Span]:
    # An exception that leaves it is recorded and marks the span as failed.
    with _tracer.start_as_current_span(name, kind=kind, attributes=attributes, links=links) as span:
        try:
            yield span
        except BaseException as error:
            span.set_attribute(ERROR_TYPE, class_name(error))
            raise


def _attributes(system: str, queue: str, operation: str) -> dict[str, AttributeValue]:
    return {SYSTEM: system, OPERATION_TYPE: operation, OPERATION_NAME: operation, DESTINATION: queue}
