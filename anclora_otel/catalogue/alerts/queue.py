"""Alerts on the queue: they join on environment and queue, since several services see one queue."""

from __future__ import annotations

from anclora_otel.catalogue import labels
from anclora_otel.catalogue import queue as metrics
from anclora_otel.catalogue.alerts import declarations as d
from anclora_otel.catalogue.alerts.forms import above, limit_of, slow_quantile
from anclora_otel.catalogue.alerts.model import DURATION, PERCENTAGE, Alert, Expression, Group, Record, Severity
from anclora_otel.catalogue.alerts.promql import (
    ENVIRONMENT,
    SERVICE,
    aggregate,
    at_least,
    events,
    lately,
    observations,
    or_zero,
    quantile,
    rate,
    ratio,
    select,
)
from anclora_otel.catalogue.alerts.scope import Scope
from anclora_otel.catalogue.alerts.setting import Setting

QUEUE = labels.QUEUE.key
BY_QUEUE = (ENVIRONMENT, QUEUE)
BY_WORKER = (SERVICE, ENVIRONMENT, QUEUE)

LATENCY_P99 = Record(
    "service_queue:anclora_queue_processing_duration_seconds:p99",
    "P99 of processing, seconds",
    lambda s: quantile(s, 0.99, metrics.QUEUE_PROCESSING_DURATION, d.RATE, BY_WORKER),
)
OBSERVATIONS = Record(
    "service_queue:anclora_queue_processing_duration_seconds_count:increase",
    "jobs that ended in the window of the P99",
    lambda s: observations(s, metrics.QUEUE_PROCESSING_DURATION, d.RATE, BY_WORKER),
)
PROCESSED = Record(
    "environment_queue:anclora_queue_messages_processed:rate",
    "messages processed per second",
    lambda s: rate(s, metrics.QUEUE_MESSAGES_PROCESSED, d.RATE, BY_QUEUE),
)
FAILED = Record(
    "environment_queue:anclora_queue_messages_failed:rate",
    "messages failed per second",
    lambda s: rate(s, metrics.QUEUE_MESSAGES_FAILED, d.RATE, BY_QUEUE),
)
FINISHED = Record(
    "environment_queue:anclora_queue_messages_finished:rate",
    "messages processed or failed per second",
    lambda _: f"{or_zero(PROCESSED.name, FAILED.name)} + {or_zero(FAILED.name, PROCESSED.name)}",
)
ERROR_RATIO = Record(
    "environment_queue:anclora_queue_messages_failed:ratio",
    "share of finished messages that failed",
    lambda _: ratio(FAILED.name, FINISHED.name),
)
WAITING = Record(
    "environment_queue:anclora_queue_waiting_messages:sum",
    "messages waiting, of all priorities",
    lambda s: aggregate(
        "sum",
        BY_QUEUE,
        aggregate("max", (*BY_QUEUE, labels.PRIORITY.key), lately(s, metrics.QUEUE_WAITING_MESSAGES)),
    ),
)
DEAD_LETTERS = Record(
    "environment_queue:anclora_queue_dlq_messages:max",
    "messages in the dead-letter set",
    lambda s: aggregate("max", BY_QUEUE, lately(s, metrics.QUEUE_DLQ_MESSAGES)),
)
LATELY_PROCESSED = Record(
    "environment_queue:anclora_queue_messages_processed:increase",
    "messages processed in the window of QueueProcessingStopped, first ones included",
    lambda s: events(s, metrics.QUEUE_MESSAGES_PROCESSED, d.STOPPED, BY_QUEUE),
)
LATELY_FAILED = Record(
    "environment_queue:anclora_queue_messages_failed:increase",
    "messages failed in the window of QueueProcessingStopped, first ones included",
    lambda s: events(s, metrics.QUEUE_MESSAGES_FAILED, d.STOPPED, BY_QUEUE),
)
STOPPED = Record(
    "environment_queue:anclora_queue_waiting_messages:stopped",
    "messages waiting in a queue from which none is processed or failed",
    lambda _: (
        f"{WAITING.name} > 0"
        f" unless on ({ENVIRONMENT}, {QUEUE}) {LATELY_PROCESSED.name} > 0.5"
        f" unless on ({ENVIRONMENT}, {QUEUE}) {LATELY_FAILED.name} > 0.5"
    ),
)
CONSUMERS = Record(
    "service_queue:anclora_queue_consumers:group",
    "1 for each service that finished messages of a queue in the last day",
    lambda s: aggregate(
        "group",
        BY_WORKER,
        f"last_over_time({select(s, metrics.QUEUE_MESSAGES_PROCESSED)}[{s.duration('1d')}])"
        f" or last_over_time({select(s, metrics.QUEUE_MESSAGES_FAILED)}[{s.duration('1d')}])",
    ),
)


RECORDS = (
    LATENCY_P99,
    OBSERVATIONS,
    PROCESSED,
    FAILED,
    FINISHED,
    ERROR_RATIO,
    WAITING,
    DEAD_LETTERS,
    LATELY_PROCESSED,
    LATELY_FAILED,
    STOPPED,
)
"""What dashboards and alerts read, in the order of evaluation."""


def _latency(bound: Setting) -> Expression:
    return slow_quantile(
        LATENCY_P99,
        OBSERVATIONS,
        metrics.QUEUE_PROCESSING_DURATION,
        window=d.RATE,
        labels=BY_WORKER,
        bound=bound,
    )


def _errors(limit: Setting) -> Expression:
    def write(s: Scope) -> str:
        enough = f"{FINISHED.name} * {s.seconds(d.RATE)} > {at_least(s, d.RATIO_MINIMUM)}"
        return f"{ERROR_RATIO.name} > {s.number(limit)} and on ({ENVIRONMENT}, {QUEUE}) {enough}"

    return write


def _stopped(_: Scope) -> str:
    on = f"on ({ENVIRONMENT}, {QUEUE})"
    return f"{STOPPED.name} * {on} group_right () {CONSUMERS.name} or {on} {STOPPED.name}"


def _stuck(s: Scope) -> str:
    on = f"on ({ENVIRONMENT}, {QUEUE})"
    past = s.duration("10m")
    return (
        f"{WAITING.name} > {at_least(s, d.STUCK_MINIMUM)}"
        f" and {on} deriv({WAITING.name}[{past}]) > 0"
        f" unless {on} {STOPPED.name}"
    )


HIGH_LATENCY = Alert(
    "HighQueueLatency",
    "QueueLatency",
    Severity.WARNING,
    "queue",
    "5m",
    _latency(d.LATENCY_WARNING),
    "Messages take long to process.",
    "P99 of processing above <limit>",
    "Replies to customers come late; the backlog may grow.",
    limit_of(d.LATENCY_WARNING, " s"),
    DURATION,
)
CRITICAL_LATENCY = Alert(
    "CriticalQueueLatency",
    "QueueLatency",
    Severity.CRITICAL,
    "queue",
    "2m",
    _latency(d.LATENCY_CRITICAL),
    "Messages take far too long to process.",
    "P99 of processing above <limit>",
    "Customers wait; workers no longer keep up with what comes in.",
    limit_of(d.LATENCY_CRITICAL, " s"),
    DURATION,
)
HIGH_BACKLOG = Alert(
    "HighQueueBacklog",
    "QueueBacklog",
    Severity.WARNING,
    "queue",
    "10m",
    above(WAITING, d.BACKLOG_WARNING),
    "Many messages wait.",
    "waiting messages above <limit>",
    "Replies are delayed by the time that it takes to work this off.",
    limit_of(d.BACKLOG_WARNING),
)
CRITICAL_BACKLOG = Alert(
    "CriticalQueueBacklog",
    "QueueBacklog",
    Severity.CRITICAL,
    "queue",
    "5m",
    above(WAITING, d.BACKLOG_CRITICAL),
    "Far too many messages wait.",
    "waiting messages above <limit>",
    "Replies are late by hours, and the memory of Redis fills up.",
    limit_of(d.BACKLOG_CRITICAL),
)
HIGH_ERRORS = Alert(
    "HighQueueErrorRate",
    "QueueErrors",
    Severity.WARNING,
    "queue",
    "5m",
    _errors(d.QUEUE_ERRORS_WARNING),
    "Messages fail.",
    "failed / (processed + failed) above <limit>",
    "These customers get no reply.",
    limit_of(d.QUEUE_ERRORS_WARNING, "%"),
    PERCENTAGE,
)
CRITICAL_ERRORS = Alert(
    "CriticalQueueErrorRate",
    "QueueErrors",
    Severity.CRITICAL,
    "queue",
    "2m",
    _errors(d.QUEUE_ERRORS_CRITICAL),
    "Many messages fail.",
    "failed / (processed + failed) above <limit>",
    "Many customers get no reply; the dead-letter set grows.",
    limit_of(d.QUEUE_ERRORS_CRITICAL, "%"),
    PERCENTAGE,
)
HIGH_DLQ = Alert(
    "HighDLQMessages",
    "QueueDLQ",
    Severity.WARNING,
    "queue",
    "15m",
    above(DEAD_LETTERS, d.DEAD_LETTERS),
    "Many messages were given up.",
    "dead-letter messages above <limit>",
    "These messages are answered only when somebody retries them.",
    limit_of(d.DEAD_LETTERS),
)
PROCESSING_STOPPED = Alert(
    "QueueProcessingStopped",
    "QueueStopped",
    Severity.CRITICAL,
    "queue",
    "5m",
    _stopped,
    "Messages wait and none is processed.",
    "messages wait, and none was processed or failed",
    "Nobody gets a reply until a worker takes messages again.",
    names_absence=True,
)
STUCK = Alert(
    "QueueStuck",
    "QueueStopped",
    Severity.WARNING,
    "queue",
    "15m",
    _stuck,
    "The backlog grows without pause.",
    "at least <limit> messages wait and their number grows while processing goes on",
    "Workers are slower than what comes in: waiting times grow until this changes.",
    limit_of(d.STUCK_MINIMUM),
)

GROUPS = (
    Group("anclora_queue_recording", "recording.yaml", RECORDS),
    Group("anclora_queue_consumers", "recording.yaml", (CONSUMERS,), interval="1m"),
    Group(
        "anclora_queue_alerts",
        "alerts.yaml",
        (
            HIGH_LATENCY,
            CRITICAL_LATENCY,
            HIGH_BACKLOG,
            CRITICAL_BACKLOG,
            HIGH_ERRORS,
            CRITICAL_ERRORS,
            HIGH_DLQ,
            PROCESSING_STOPPED,
            STUCK,
        ),
    ),
)
"""The rules of the domain."""
