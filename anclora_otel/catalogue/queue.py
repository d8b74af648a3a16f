"""Messages in the queue, from acceptance to the dead letter."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue.metric import Kind, Metric

QUEUE_MESSAGES = Metric(
    "anclora.queue.messages",
    Kind.COUNTER,
    "{message}",
    "messages accepted by the queue",
    (labels.QUEUE, labels.PRIORITY, labels.MESSAGE_TYPE),
)
QUEUE_MESSAGES_PROCESSED = Metric(
    "anclora.queue.messages.processed",
    Kind.COUNTER,
    "{message}",
    "messages processed successfully",
    (labels.QUEUE, labels.PRIORITY, labels.MESSAGE_TYPE),
)
QUEUE_MESSAGES_FAILED = Metric(
    "anclora.queue.messages.failed",
    Kind.COUNTER,
    "{message}",
    "messages whose processing failed (an attempt that will not be retried)",
    (labels.QUEUE, labels.PRIORITY, labels.MESSAGE_TYPE),
)
QUEUE_ERRORS = Metric(
    "anclora.queue.errors",
    Kind.COUNTER,
    "{error}",
    "every processing error with its type, retried or not",
    (labels.QUEUE, labels.MESSAGE_TYPE, labels.ERROR_TYPE),
)
QUEUE_PROCESSING_DURATION = Metric(
    "anclora.queue.processing.duration",
    Kind.HISTOGRAM,
    "s",
    "time from taking a job to its end, failed or not",
    (labels.QUEUE, labels.PRIORITY, labels.MESSAGE_TYPE),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30),
)
QUEUE_WAIT_DURATION = Metric(
    "anclora.queue.wait.duration",
    Kind.HISTOGRAM,
    "s",
    "time from enqueueing to taking",
    (labels.QUEUE, labels.PRIORITY, labels.MESSAGE_TYPE),
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300, 900),
)
QUEUE_WAITING_MESSAGES = Metric(
    "anclora.queue.waiting.messages",
    Kind.GAUGE,
    "{message}",
    "messages waiting, read from the broker; every worker reports the same value",
    (labels.QUEUE, labels.PRIORITY),
    observable=True,
    aggregate="max",
)
QUEUE_ACTIVE_MESSAGES = Metric(
    "anclora.queue.active.messages",
    Kind.GAUGE,
    "{message}",
    "being processed, read from the broker",
    (labels.QUEUE,),
    observable=True,
    aggregate="max",
)
QUEUE_DLQ_MESSAGES = Metric(
    "anclora.queue.dlq.messages",
    Kind.GAUGE,
    "{message}",
    "in the dead-letter set, read from the broker",
    (labels.QUEUE,),
    observable=True,
    aggregate="max",
)
QUEUE_BULK_OPERATIONS = Metric(
    "anclora.queue.bulk.operations",
    Kind.COUNTER,
    "{operation}",
    "bulk operations by the range of their size",
    (labels.QUEUE, labels.BATCH_SIZE_RANGE),
)

METRICS = (
    QUEUE_MESSAGES,
    QUEUE_MESSAGES_PROCESSED,
    QUEUE_MESSAGES_FAILED,
    QUEUE_ERRORS,
    QUEUE_PROCESSING_DURATION,
    QUEUE_WAIT_DURATION,
    QUEUE_WAITING_MESSAGES,
    QUEUE_ACTIVE_MESSAGES,
    QUEUE_DLQ_MESSAGES,
    QUEUE_BULK_OPERATIONS,
)
"""The metrics of the domain, in the order of the contract."""
