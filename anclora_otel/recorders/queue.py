"""Record what happens to messages in a queue."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import Protocol

from anclora_otel import instruments
from anclora_otel._guard import guarded
from anclora_otel.catalogue import queue as catalogue
from anclora_otel.catalogue.labels import ErrorType, MessageType, Priority

_BATCH_SIZE_BOUNDS = ((10, "1-10"), (50, "11-50"), (100, "51-100"), (500, "101-500"), (1000, "501-1000"))
_LARGEST_BATCH = "1000+"


class QueueDepthReading(Protocol):
    """How full a queue is; `anclora_otel.queues.QueueDepth` is one."""

    @property
    def waiting(self) -> Mapping[Priority, int]:
        """Messages that wait, by priority."""

    @property
    def active(self) -> int:
        """Messages that are being processed."""

    @property
    def dead_letter(self) -> int:
        """Messages in the dead-letter set."""


class QueueSource(Protocol):
    """A queue whose depth can be read from its broker; `anclora_otel.queues.BullMQDepth` is one."""

    @property
    def queue(self) -> str:
        """Name of the queue."""

    def read(self) -> QueueDepthReading:
        """Read the depth from the broker; called in the export thread at each collection."""


@guarded
def record_queue_message(priority: Priority, message_type: MessageType, *, queue: str | None = None) -> None:
    """
    Record a message that the queue accepted.

    Args:
        priority: its priority.
        message_type: the kind of the WhatsApp message.
        queue: name of the queue; the default queue unless given.

    """
    current = instruments.current()
    current.counter(catalogue.QUEUE_MESSAGES).add(1, queue or current.queue_name, priority, message_type)


@guarded
def record_queue_processed(
    priority: Priority, message_type: MessageType, duration_seconds: float, *, queue: str | None = None
) -> None:
    """
    Record a message that was processed successfully.

    Args:
        priority: its priority.
        message_type: the kind of the WhatsApp message.
        duration_seconds: time from taking the job to its end, in seconds.
        queue: name of the queue; the default queue unless given.

    """
    current = instruments.current()
    labels = (queue or current.queue_name, priority, message_type)
    current.counter(catalogue.QUEUE_MESSAGES_PROCESSED).add(1, *labels)
    current.histogram(catalogue.QUEUE_PROCESSING_DURATION).record(duration_seconds, *labels)


@guarded
def record_queue_failed(
    priority: Priority,
    message_type: MessageType,
    error_type: ErrorType,
    *,
    duration_seconds: float | None = None,
    will_retry: bool = False,
    queue: str | None = None,
) -> None:
    """
    Record an attempt to process a message that failed.

    Args:
        priority: its priority.
        message_type: the kind of the WhatsApp message.
        error_type: the kind of the error.
        duration_seconds: time from taking the job to its failure, in seconds.
        will_retry: whether another attempt follows; then the error is counted but not the message as failed.
        queue: name of the queue; the default queue unless given.

    """
    current = instruments.current()
    name = queue or current.queue_name
    current.counter(catalogue.QUEUE_ERRORS).add(1, name, message_type, error_type)
    if not will_retry:
        current.counter(catalogue.QUEUE_MESSAGES_FAILED).add(1, name, priority, message_type)
    if duration_seconds is not None:
        duration = current.histogram(catalogue.QUEUE_PROCESSING_DURATION)
        duration.record(duration_seconds, name, priority, message_type)


@guarded
def record_queue_wait(
    priority: Priority, message_type: MessageType, wait_seconds: float, *, queue: str | None = None
) -> None:
    """
    Record how long a message waited in the queue.

    Args:
        priority: its priority.
        message_type: the kind of the WhatsApp message.
        wait_seconds: time from enqueueing to taking, in seconds.
        queue: name of the queue; the default queue unless given.

    """
    current = instruments.current()
    wait = current.histogram(catalogue.QUEUE_WAIT_DURATION)
    wait.record(wait_seconds, queue or current.queue_name, priority, message_type)


@guarded
def record_bulk_operation(batch_size: int, *, queue: str | None = None) -> None:
    """
    Record an operation on several messages at once.

    Args:
        batch_size: number of messages; a size below one is a label violation and is not recorded.
        queue: name of the queue; the default queue unless given.

    """
    current = instruments.current()
    size_range = batch_size_range(batch_size)
    current.counter(catalogue.QUEUE_BULK_OPERATIONS).add(1, queue or current.queue_name, size_range)


@guarded
def observe_queue(source: QueueSource) -> None:
    """
    Report a queue's waiting, active and dead-letter messages at each collection.

    Args:
        source: reads the depth from the broker, for example `anclora_otel.queues.BullMQDepth`.

    """
    current = instruments.current()
    cache = _OneReading(source)
    current.gauge(catalogue.QUEUE_WAITING_MESSAGES).add_observer(cache.waiting)
    current.gauge(catalogue.QUEUE_ACTIVE_MESSAGES).add_observer(cache.active)
    current.gauge(catalogue.QUEUE_DLQ_MESSAGES).add_observer(cache.dead_letter)


def batch_size_range(batch_size: object) -> str:
    """Give the range of a batch's size; what is no size of a batch comes back as text and is refused later."""
    if isinstance(batch_size, bool) or not isinstance(batch_size, int) or batch_size < 1:
        return str(batch_size)
    for upper, name in _BATCH_SIZE_BOUNDS:
        if batch_size <= upper:
            return name
    return _LARGEST_BATCH


class _OneReading:
    """Reads a source once for the three gauges of one collection; several readers may collect at the same time."""

    def __init__(self, source: QueueSource) -> None:
        self._source = source
        # A collection is the work of one thread.
        self._collected = threading.local()

    def waiting(self) -> Iterable[instruments.Reading]:
        self._collected.reading = None
        reading = self._collected.reading = self._source.read()
        return [(float(count), (self._source.queue, priority)) for priority, count in reading.waiting.items()]

    def active(self) -> Iterable[instruments.Reading]:
        reading = self._last()
        return [] if reading is None else [(float(reading.active), (self._source.queue,))]

    def dead_letter(self) -> Iterable[instruments.Reading]:
        reading = self._last()
        return [] if reading is None else [(float(reading.dead_letter), (self._source.queue,))]

    def _last(self) -> QueueDepthReading | None:
        return getattr(self._collected, "reading", None)
